import { MigrationInterface, QueryRunner } from 'typeorm';

/** 冲红: the wish is written down before WeChat is told, and stays due until WeChat's answer is clear. */
export class Cancellations1763800000032 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE cancellations (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        state text NOT NULL,
        requested_by text NOT NULL,
        reason text,
        requested_at timestamptz NOT NULL DEFAULT now(),
        calls integer NOT NULL DEFAULT 0,
        due_at timestamptz,
        errcode integer,
        errmsg text,
        ended_at timestamptz,
        CONSTRAINT cancellations_pkey PRIMARY KEY (merchant_id, id),
        CONSTRAINT cancellations_state CHECK (state IN ('pending', 'done', 'refused')),
        CONSTRAINT cancellations_pending CHECK ((state = 'pending') = (due_at IS NOT NULL))
      );
      CREATE INDEX cancellations_due ON cancellations (due_at) WHERE due_at IS NOT NULL;
      ALTER TABLE cancellations ENABLE ROW LEVEL SECURITY;
      ALTER TABLE cancellations FORCE ROW LEVEL SECURITY;
      CREATE POLICY of_the_merchant ON cancellations FOR SELECT TO piaoka_api
        USING (merchant_id = NULLIF(current_setting('piaoka.merchant_id', true), '')::uuid);
      CREATE POLICY of_the_engine ON cancellations TO piaoka_engine USING (true) WITH CHECK (true);
      GRANT SELECT ON cancellations TO piaoka_api;
      GRANT SELECT, INSERT, UPDATE ON cancellations TO piaoka_engine;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE cancellations');
  }
}
