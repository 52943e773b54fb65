import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Two people may err: evidence that comes after they said "there is no card" ends the order as inserted, wherever it has
 * got to but for its ends. And while nobody knows which card a code belongs to, such an order is one of those it may be.
 */
export class EvidenceAfterDenial1763800000100 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(guard('(OLD.doubt_since IS NOT NULL OR OLD.doubt_denied)'));
    await queryRunner.query(candidates('OR doubt_since IS NOT NULL OR doubt_denied'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(candidates('OR doubt_since IS NOT NULL'));
    await queryRunner.query(guard('OLD.doubt_since IS NOT NULL'));
  }
}

function candidates(doubtful: string): string {
  return `
    DROP INDEX insertions_code_unknown;
    CREATE INDEX insertions_code_unknown ON insertions (issuer_appid)
      WHERE card_code IS NULL AND (card_code_state = 'unknown' ${doubtful});`;
}

function guard(doubted: string): string {
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
        WHEN 'accepted' THEN ARRAY['uploaded', 'sending', 'in_doubt', 'refused', 'rejected', 'needs_human']
        WHEN 'uploaded' THEN ARRAY['accepted', 'sending', 'in_doubt', 'refused', 'rejected', 'needs_human']
        WHEN 'sending' THEN ARRAY['accepted', 'uploaded', 'awaiting_authorization', 'in_doubt', 'likely_inserted',
                                  'needs_human', 'inserted', 'refused', 'rejected']
        WHEN 'awaiting_authorization' THEN ARRAY['accepted', 'uploaded', 'sending', 'in_doubt', 'refused', 'rejected',
                                                   'needs_human']
        WHEN 'in_doubt' THEN ARRAY['sending', 'likely_inserted', 'needs_human', 'inserted']
        WHEN 'likely_inserted' THEN ARRAY['sending', 'in_doubt', 'needs_human', 'inserted']
        WHEN 'needs_human' THEN ARRAY['accepted', 'uploaded', 'in_doubt', 'inserted', 'rejected']
        WHEN 'inserted' THEN ARRAY['cancelled']
        WHEN 'refused' THEN ARRAY['accepted']
        ELSE ARRAY[]::text[] END)
        AND NOT (NEW.state = 'inserted' AND ${doubted}
                 AND OLD.state IN ('accepted', 'uploaded', 'awaiting_authorization'))
      THEN
        RAISE EXCEPTION 'an insertion cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END $$`;
}
