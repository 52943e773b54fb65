import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The promises, kept by the database even where a program errs: states move along legal edges only and ends are left only
 * as the rules say; a fence never goes back; a card code belongs to one order and never changes; attempts, events and
 * evidence are written once.
 */
export class Guards1763800000005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION piaoka_guard_insertion() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.fence < OLD.fence THEN
          RAISE EXCEPTION 'the fence of an insertion never decreases' USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.card_code IS NOT NULL AND NEW.card_code IS DISTINCT FROM OLD.card_code THEN
          RAISE EXCEPTION 'a known card code never changes' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.state <> OLD.state AND NOT NEW.state = ANY (CASE OLD.state
          WHEN 'accepted' THEN ARRAY['uploaded', 'sending', 'in_doubt', 'refused', 'needs_human']
          WHEN 'uploaded' THEN ARRAY['accepted', 'sending', 'in_doubt', 'refused', 'needs_human']
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
        THEN
          RAISE EXCEPTION 'an insertion cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER guard BEFORE UPDATE ON insertions FOR EACH ROW
        WHEN (NEW.state <> OLD.state OR NEW.fence < OLD.fence OR NEW.card_code IS DISTINCT FROM OLD.card_code)
        EXECUTE FUNCTION piaoka_guard_insertion();

      CREATE UNIQUE INDEX insertions_one_card ON insertions (issuer_appid, card_code) WHERE card_code IS NOT NULL;

      CREATE TABLE evidence (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        kind text NOT NULL,
        card_code text,
        person bytea,
        data jsonb NOT NULL DEFAULT '{}',
        CONSTRAINT evidence_pkey PRIMARY KEY (merchant_id, id, at),
        CONSTRAINT evidence_kind CHECK (kind IN ('late_answer', 'event', 'person'))
      );
      ALTER TABLE evidence ENABLE ROW LEVEL SECURITY;
      ALTER TABLE evidence FORCE ROW LEVEL SECURITY;
      CREATE POLICY of_the_engine ON evidence TO piaoka_engine USING (true) WITH CHECK (true);
      GRANT SELECT, INSERT ON evidence TO piaoka_engine;

      CREATE FUNCTION piaoka_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION '% is written once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
      END $$;
      CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON attempts FOR EACH ROW EXECUTE FUNCTION piaoka_written_once();
      CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION piaoka_written_once();
      CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON evidence FOR EACH ROW EXECUTE FUNCTION piaoka_written_once();
      CREATE TRIGGER opened_once BEFORE UPDATE ON open_attempts FOR EACH ROW EXECUTE FUNCTION piaoka_written_once();

      CREATE TABLE installation (
        one boolean PRIMARY KEY DEFAULT true,
        identity text NOT NULL,
        seen_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT installation_one CHECK (one)
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE installation;
      DROP TRIGGER opened_once ON open_attempts;
      DROP TRIGGER written_once ON events;
      DROP TRIGGER written_once ON attempts;
      DROP TABLE evidence;
      DROP FUNCTION piaoka_written_once();
      DROP INDEX insertions_one_card;
      DROP TRIGGER guard ON insertions;
      DROP FUNCTION piaoka_guard_insertion();
    `);
  }
}
