import { MigrationInterface, QueryRunner } from 'typeorm';

/** Reports of one merchant's day: what they say, their files in parts, and what each file's bytes hash to. */
export class Reports1763800000105 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE reports (
        id uuid PRIMARY KEY,
        merchant_id uuid NOT NULL,
        day date NOT NULL,
        requested_by text NOT NULL,
        run_id uuid,
        requested_at timestamptz NOT NULL DEFAULT now(),
        state text NOT NULL DEFAULT 'queued',
        tries integer NOT NULL DEFAULT 0,
        error text,
        as_of timestamptz,
        summary jsonb,
        files jsonb,
        CONSTRAINT reports_once_a_run UNIQUE (run_id, merchant_id, day),
        CONSTRAINT reports_state CHECK (state IN ('queued', 'done', 'failed')),
        CONSTRAINT reports_done CHECK (
          (state = 'done') = (as_of IS NOT NULL AND summary IS NOT NULL AND files IS NOT NULL))
      );
      CREATE INDEX reports_queued ON reports (id) WHERE state = 'queued';
      CREATE INDEX reports_by_day ON reports (merchant_id, day, id);

      CREATE TABLE report_parts (
        report_id uuid NOT NULL REFERENCES reports,
        file text NOT NULL,
        n integer NOT NULL,
        body bytea NOT NULL,
        CONSTRAINT report_parts_pkey PRIMARY KEY (report_id, file, n)
      );

      GRANT SELECT, INSERT, UPDATE ON reports TO piaoka_engine;
      GRANT SELECT, INSERT ON report_parts TO piaoka_engine;
      ALTER TABLE reports ENABLE ROW LEVEL SECURITY;
      ALTER TABLE reports FORCE ROW LEVEL SECURITY;
      CREATE POLICY of_the_engine ON reports TO piaoka_engine USING (true) WITH CHECK (true);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE report_parts, reports');
  }
}
