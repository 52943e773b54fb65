import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What happens to an insertion outside its attempts: begun anew by a person, settled by people or evidence, rejected by
 * the merchant. A doubt that people denied is remembered. Evidence of a card ends a doubt in whatever state it is found.
 */
export class Settlements1763800000020 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE insertions
        ADD doubt_denied boolean NOT NULL DEFAULT false,
        ADD reinserted boolean NOT NULL DEFAULT false;
    `);
    await queryRunner.query(guard(`['uploaded', 'sending', 'in_doubt', 'refused', 'rejected', 'needs_human']`, true));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(guard(`['uploaded', 'sending', 'in_doubt', 'refused', 'needs_human']`, false));
    await queryRunner.query('ALTER TABLE insertions DROP doubt_denied, DROP reinserted');
  }
}

/** `begun`: where an order may go that is accepted or uploaded (which `uploaded` stands for `accepted` in the second). */
function guard(begun: string, evidence: boolean): string {
  return `
    CREATE OR REPLACE FUNCTION piaoka_guard_insertion() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.fence < OLD.fence THEN
        RAISE EXCEPTION 'the fence of an insertion never decreases' USING ERRCODE = 'check_violation';
      END IF;
      IF OLD.card_code IS NOT NULL AND NEW.card_code IS DISTINCT FROM OLD.card_code THEN
        RAISE EXCEPTION 'a known card code never changes' USING ERRCODE = 'check_violation';
      END IF;
      IF NEW.state <> OLD.state AND NOT NEW.state = ANY (CASE OLD.state
        WHEN 'accepted' THEN ARRAY${begun}
        WHEN 'uploaded' THEN ARRAY${begun.replace('uploaded', 'accepted')}
        WHEN 'sending' THEN ARRAY['accepted', 'uploaded', 'awaiting_authorization', 'in_doubt', 'likely_inserted',
                                  'needs_human', 'inserted', 'refused', 'rejected']
        WHEN 'awaiting_authorization' THEN ARRAY['accepted', 'uploaded', 'sending', 'in_doubt', 'refused', 'rejected',
                                                   'needs_human']
        WHEN 'in_doubt' THEN ARRAY['sending', 'likely_inserted', 'needs_human', 'inserted']
        WHEN 'likely_inserted' THEN ARRAY['sending', 'in_doubt', 'needs_human', 'inserted']
        WHEN 'needs_human' THEN ARRAY['accepted', 'uploaded', 'in_doubt', 'inserted', 'rejected']
        WHEN 'inserted' THEN ARRAY['cancelled']
        WHEN 'refused' THEN ARRAY['accepted']
        ELSE ARRAY[]::text[] END)${
          evidence
            ? `
        AND NOT (NEW.state = 'inserted' AND OLD.doubt_since IS NOT NULL
                 AND OLD.state IN ('accepted', 'uploaded', 'awaiting_authorization'))`
            : ''
        }
      THEN
        RAISE EXCEPTION 'an insertion cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END $$`;
}
