import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Authorisations that were asked for here (an order may follow), and WeChat's pushes as they came. A push belongs to an
 * account; which merchant it concerns is known once it is matched. What people wrote or are lies in sealed columns.
 */
export class AuthorizationsAndCallbacks1763800000071 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE authorizations (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        appid text NOT NULL,
        order_id text NOT NULL,
        issuer_appid text NOT NULL,
        fee bigint,
        source text,
        type smallint,
        state text NOT NULL,
        reason text,
        person bytea,
        asked_at timestamptz NOT NULL DEFAULT now(),
        checked_at timestamptz,
        authorized_at timestamptz,
        CONSTRAINT authorizations_pkey PRIMARY KEY (merchant_id, id),
        CONSTRAINT authorizations_natural_key UNIQUE (merchant_id, appid, order_id),
        CONSTRAINT authorizations_state CHECK (state IN ('asked', 'authorized', 'failed', 'rejected')),
        CONSTRAINT authorizations_source CHECK (source IN ('app', 'web', 'wxa', 'wap')),
        CONSTRAINT authorizations_type CHECK (type IN (0, 1, 2))
      );
      CREATE UNIQUE INDEX authorizations_across_merchants ON authorizations (appid, order_id);
      ALTER TABLE authorizations ENABLE ROW LEVEL SECURITY;
      ALTER TABLE authorizations FORCE ROW LEVEL SECURITY;
      CREATE POLICY of_the_merchant ON authorizations FOR SELECT TO piaoka_api
        USING (merchant_id = NULLIF(current_setting('piaoka.merchant_id', true), '')::uuid);
      CREATE POLICY of_the_engine ON authorizations TO piaoka_engine USING (true) WITH CHECK (true);
      GRANT SELECT ON authorizations TO piaoka_api;
      GRANT SELECT, INSERT, UPDATE ON authorizations TO piaoka_engine;

      CREATE TABLE callbacks (
        id uuid PRIMARY KEY,
        appid text NOT NULL,
        dedupe bytea NOT NULL,
        event text NOT NULL,
        encrypted boolean NOT NULL,
        body bytea NOT NULL,
        state text NOT NULL DEFAULT 'received',
        outcome text,
        tries integer NOT NULL DEFAULT 0,
        received_at timestamptz NOT NULL DEFAULT now(),
        processed_at timestamptz,
        CONSTRAINT callbacks_dedupe UNIQUE (dedupe),
        CONSTRAINT callbacks_state CHECK (state IN ('received', 'parked', 'done', 'expired'))
      );
      CREATE INDEX callbacks_by_time ON callbacks (received_at);
      GRANT SELECT, UPDATE ON callbacks TO piaoka_engine;
      CREATE INDEX insertions_code_unknown ON insertions (issuer_appid)
        WHERE card_code IS NULL AND (card_code_state = 'unknown' OR doubt_since IS NOT NULL);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX insertions_code_unknown; DROP TABLE callbacks, authorizations');
  }
}
