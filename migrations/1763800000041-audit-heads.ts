import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The head of each audit chain stands beside it, so that removed last rows are missed; it moves one step at a time and
 * never back. `audit_anchors` are heads signed with a key the database does not hold: whoever rewrites a whole chain and
 * its head cannot rewrite what was anchored. Nobody but the tables' owner may empty any of them.
 */
export class AuditHeads1763800000041 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE audit_heads (
        chain uuid PRIMARY KEY,
        seq bigint NOT NULL,
        sha256 bytea NOT NULL
      );
      INSERT INTO audit_heads SELECT DISTINCT ON (chain) chain, seq, sha256 FROM audit ORDER BY chain, seq DESC;

      CREATE FUNCTION piaoka_next_head() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP <> 'UPDATE' OR NEW.chain <> OLD.chain OR NEW.seq <> OLD.seq + 1 THEN
          RAISE EXCEPTION 'the head of an audit chain moves one step at a time' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER one_step BEFORE UPDATE OR DELETE ON audit_heads FOR EACH ROW EXECUTE FUNCTION piaoka_next_head();
      CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_heads
        FOR EACH STATEMENT EXECUTE FUNCTION piaoka_written_once();

      CREATE TABLE audit_anchors (
        chain uuid NOT NULL,
        seq bigint NOT NULL,
        at timestamptz NOT NULL,
        sha256 bytea NOT NULL,
        signature bytea NOT NULL,
        CONSTRAINT audit_anchors_pkey PRIMARY KEY (chain, seq)
      );
      CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON audit_anchors
        FOR EACH ROW EXECUTE FUNCTION piaoka_written_once();
      CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_anchors
        FOR EACH STATEMENT EXECUTE FUNCTION piaoka_written_once();

      CREATE INDEX audit_by_time ON audit (at, chain, seq);
      GRANT SELECT, INSERT, UPDATE ON audit_heads TO piaoka_engine;
      GRANT SELECT, INSERT ON audit_anchors TO piaoka_engine;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX audit_by_time;
      DROP TABLE audit_anchors, audit_heads;
      DROP FUNCTION piaoka_next_head();
    `);
  }
}
