import { MigrationInterface, QueryRunner } from 'typeorm';

/** What a merchant says it issued, kept while a reconciliation compares it, and the differences that only it can tell. */
export class Statements1763800000113 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE statement_lines (
        run_id uuid NOT NULL,
        appid text NOT NULL,
        order_id text NOT NULL,
        line integer NOT NULL,
        invoice_number text,
        fee bigint,
        state text NOT NULL,
        CONSTRAINT statement_lines_pkey PRIMARY KEY (run_id, appid, order_id),
        CONSTRAINT statement_lines_state CHECK (state IN ('issued', 'inserted', 'cancelled'))
      );
      GRANT SELECT, INSERT, DELETE ON statement_lines TO piaoka_engine;

      ALTER TABLE reconciliation_runs
        ADD COLUMN statement_sha256 bytea,
        ADD COLUMN statement_lines integer,
        DROP CONSTRAINT reconciliation_runs_source,
        ADD CONSTRAINT reconciliation_runs_source CHECK (source IN ('schedule', 'person', 'statement')),
        ADD CONSTRAINT reconciliation_runs_statement CHECK (
          (source = 'statement') = (statement_sha256 IS NOT NULL AND statement_lines IS NOT NULL));

      ALTER TABLE findings
        DROP CONSTRAINT findings_source,
        ADD CONSTRAINT findings_source CHECK (source IN ('ledger', 'wechat', 'statement')),
        DROP CONSTRAINT findings_class,
        ADD CONSTRAINT findings_class CHECK (
          class IN ('missing', 'extra', 'amount', 'number', 'state', 'code_unknown', 'aged'));
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DELETE FROM findings WHERE source = 'statement';
      ALTER TABLE findings
        DROP CONSTRAINT findings_class,
        ADD CONSTRAINT findings_class CHECK (class IN ('amount', 'number', 'state', 'code_unknown', 'aged')),
        DROP CONSTRAINT findings_source,
        ADD CONSTRAINT findings_source CHECK (source IN ('ledger', 'wechat'));
      DELETE FROM reconciliation_runs WHERE source = 'statement';
      ALTER TABLE reconciliation_runs
        DROP CONSTRAINT reconciliation_runs_statement,
        DROP CONSTRAINT reconciliation_runs_source,
        ADD CONSTRAINT reconciliation_runs_source CHECK (source IN ('schedule', 'person')),
        DROP COLUMN statement_lines,
        DROP COLUMN statement_sha256;
      DROP TABLE statement_lines;
    `);
  }
}
