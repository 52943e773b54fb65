import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Many orders begun anew by one decision: who, why, and the very orders as they were when it was made. Above a limit a
 * second person agrees to that list. What became of each order is written in the commit that begins it.
 */
export class BulkReinsertions1763800000098 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE bulk_reinsertions (
        id uuid PRIMARY KEY,
        filter jsonb NOT NULL,
        reason text NOT NULL,
        operator text NOT NULL,
        orders integer NOT NULL,
        state text NOT NULL,
        approved_by text,
        approval_reason text,
        approved_at timestamptz,
        cancelled_by text,
        cancellation_reason text,
        claims integer NOT NULL DEFAULT 0,
        claimed_by uuid,
        lease_until timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        ended_at timestamptz,
        CONSTRAINT bulk_reinsertions_state CHECK (
          state IN ('awaiting_approval', 'queued', 'running', 'done', 'cancelled', 'failed')),
        CONSTRAINT bulk_reinsertions_two_people CHECK (approved_by <> operator),
        CONSTRAINT bulk_reinsertions_ended CHECK ((state IN ('done', 'cancelled', 'failed')) = (ended_at IS NOT NULL))
      );
      CREATE INDEX bulk_reinsertions_open ON bulk_reinsertions (created_at) WHERE state IN ('queued', 'running');

      CREATE TABLE bulk_reinsertion_orders (
        bulk_id uuid NOT NULL,
        n integer NOT NULL,
        merchant_id uuid NOT NULL,
        order_uuid uuid NOT NULL,
        version integer NOT NULL,
        outcome text,
        code text,
        reinsertion_id uuid,
        ended_at timestamptz,
        CONSTRAINT bulk_reinsertion_orders_pkey PRIMARY KEY (bulk_id, n),
        CONSTRAINT bulk_reinsertion_orders_outcome CHECK (outcome IN ('reinserted', 'skipped')),
        CONSTRAINT bulk_reinsertion_orders_ended CHECK ((outcome IS NULL) = (ended_at IS NULL)),
        CONSTRAINT bulk_reinsertion_orders_told CHECK (
          (outcome = 'reinserted') = (reinsertion_id IS NOT NULL) AND (outcome = 'skipped') = (code IS NOT NULL))
      );
      CREATE INDEX bulk_reinsertion_orders_open ON bulk_reinsertion_orders (bulk_id, n) WHERE outcome IS NULL;

      GRANT SELECT, INSERT, UPDATE ON bulk_reinsertions, bulk_reinsertion_orders TO piaoka_engine;
    `);
    for (const table of ['bulk_reinsertions', 'bulk_reinsertion_orders']) {
      await queryRunner.query(`
        ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY of_the_engine ON ${table} TO piaoka_engine USING (true) WITH CHECK (true);
      `);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE bulk_reinsertion_orders, bulk_reinsertions');
  }
}
