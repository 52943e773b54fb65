import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Reconciliation: its runs, the differences that were found, and what was spent of WeChat's quotas. A difference that holds is one row however often it is seen.
 */
export class Reconciliation1763800000031 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE reconciliation_runs (
        id uuid PRIMARY KEY,
        merchant_id uuid,
        source text NOT NULL,
        requested_by text NOT NULL,
        scheduled_for timestamptz,
        from_at timestamptz,
        to_at timestamptz,
        state text NOT NULL DEFAULT 'queued',
        step integer NOT NULL DEFAULT 0,
        place jsonb,
        counts jsonb NOT NULL DEFAULT '{}',
        claims integer NOT NULL DEFAULT 0,
        claimed_by uuid,
        lease_until timestamptz,
        error text,
        created_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        ended_at timestamptz,
        CONSTRAINT reconciliation_runs_source CHECK (source IN ('schedule', 'person')),
        CONSTRAINT reconciliation_runs_state CHECK (state IN ('queued', 'running', 'done', 'failed'))
      );
      CREATE UNIQUE INDEX reconciliation_runs_one_a_time ON reconciliation_runs (scheduled_for) WHERE scheduled_for IS NOT NULL;
      CREATE INDEX reconciliation_runs_open ON reconciliation_runs (created_at) WHERE state IN ('queued', 'running');

      CREATE TABLE findings (
        id uuid PRIMARY KEY,
        merchant_id uuid NOT NULL,
        source text NOT NULL,
        class text NOT NULL,
        subject text NOT NULL,
        order_uuid uuid,
        order_id text NOT NULL,
        order_at timestamptz NOT NULL,
        facts jsonb NOT NULL,
        since timestamptz NOT NULL,
        state text NOT NULL DEFAULT 'open',
        opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        opened_by uuid NOT NULL,
        seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        seen_by uuid NOT NULL,
        decided_at timestamptz,
        decided_by text,
        reason text,
        CONSTRAINT findings_source CHECK (source IN ('ledger', 'wechat')),
        CONSTRAINT findings_class CHECK (
          class IN ('amount', 'number', 'state', 'code_unknown', 'aged')),
        CONSTRAINT findings_state CHECK (state IN ('open', 'accepted', 'resolved', 'gone'))
      );
      CREATE UNIQUE INDEX findings_opened_once ON findings (merchant_id, source, class, subject)
        WHERE state IN ('open', 'accepted');
      CREATE INDEX findings_by_run ON findings (seen_by, id);
      CREATE INDEX findings_by_order ON findings (merchant_id, order_at) WHERE state IN ('open', 'accepted');

      CREATE TABLE reconciliation_spending (
        appid text NOT NULL,
        api text NOT NULL,
        day date NOT NULL,
        spent integer NOT NULL DEFAULT 0,
        allowed integer NOT NULL,
        CONSTRAINT reconciliation_spending_pkey PRIMARY KEY (appid, api, day),
        CONSTRAINT reconciliation_spending_within CHECK (spent <= allowed)
      );

      CREATE INDEX insertions_without_code ON insertions (merchant_id, created_at, id) WHERE card_code_state = 'unknown';
      CREATE INDEX events_of_reimbursement ON events (merchant_id, at, id) WHERE type = 'reimbursement_changed';

      CREATE FUNCTION piaoka_time_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
        SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING
          substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1),
          'hex')::uuid
      $$;

      GRANT SELECT, INSERT, UPDATE ON reconciliation_runs, findings, reconciliation_spending TO piaoka_engine;
      GRANT SELECT ON reconciliation_runs, findings TO piaoka_api;
    `);
    for (const table of ['reconciliation_runs', 'findings']) {
      await queryRunner.query(`
        ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY of_the_merchant ON ${table} FOR SELECT TO piaoka_api
          USING (merchant_id = NULLIF(current_setting('piaoka.merchant_id', true), '')::uuid);
        CREATE POLICY of_the_engine ON ${table} TO piaoka_engine USING (true) WITH CHECK (true);
      `);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP FUNCTION piaoka_time_id();
      DROP INDEX events_of_reimbursement, insertions_without_code;
      DROP TABLE reconciliation_spending, findings, reconciliation_runs;
    `);
  }
}
