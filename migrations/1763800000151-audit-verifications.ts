import { MigrationInterface, QueryRunner } from 'typeorm';

/** Checks of the audit trail that were asked for, the anchors from a log to hold it against, and what they found. */
export class AuditVerifications1763800000151 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE audit_verifications (
        id uuid NOT NULL,
        requested_by text NOT NULL,
        requested_at timestamptz NOT NULL DEFAULT now(),
        state text NOT NULL DEFAULT 'queued',
        anchors jsonb NOT NULL DEFAULT '[]',
        ended_at timestamptz,
        result jsonb,
        error text,
        CONSTRAINT audit_verifications_pkey PRIMARY KEY (id),
        CONSTRAINT audit_verifications_state CHECK (state IN ('queued', 'done', 'failed')),
        CONSTRAINT audit_verifications_ended CHECK ((state = 'queued') = (ended_at IS NULL)),
        CONSTRAINT audit_verifications_result CHECK ((state = 'done') = (result IS NOT NULL))
      );
      CREATE INDEX audit_verifications_queued ON audit_verifications (id) WHERE state = 'queued';
      GRANT SELECT, INSERT, UPDATE ON audit_verifications TO piaoka_engine;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE audit_verifications');
  }
}
