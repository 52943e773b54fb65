import { MigrationInterface, QueryRunner } from 'typeorm';

/** WeChat accounts with their tokens; merchants with their keys. Secrets and tokens are sealed (src/data/sealed.ts). */
export class AccountsAndMerchants1763800000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE accounts (
        appid text PRIMARY KEY,
        role text NOT NULL,
        secret bytea NOT NULL,
        token_kind text NOT NULL,
        billing_fields text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT accounts_role CHECK (role IN ('issuer', 'merchant', 'reimburser')),
        CONSTRAINT accounts_token_kind CHECK (token_kind IN ('stable', 'plain')),
        CONSTRAINT accounts_billing_fields CHECK (billing_fields IN ('current', 'classic'))
      );

      CREATE TABLE wechat_tokens (
        appid text NOT NULL,
        kind text NOT NULL,
        generation bigint NOT NULL,
        token bytea,
        expires_at timestamptz,
        refresh_after timestamptz,
        fetched_at timestamptz,
        CONSTRAINT wechat_tokens_pkey PRIMARY KEY (appid, kind),
        CONSTRAINT wechat_tokens_whole CHECK (
          (token IS NULL) = (expires_at IS NULL) AND (token IS NULL) = (refresh_after IS NULL))
      );

      CREATE TABLE merchants (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        appid text NOT NULL,
        card_id text,
        issuer_appid text NOT NULL REFERENCES accounts (appid),
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT merchants_name UNIQUE (name)
      );

      CREATE TABLE merchant_keys (
        id uuid PRIMARY KEY,
        merchant_id uuid NOT NULL REFERENCES merchants (id),
        key_sha256 bytea NOT NULL,
        label text NOT NULL,
        scopes text[] NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz,
        revoked_at timestamptz,
        CONSTRAINT merchant_keys_key_sha256 UNIQUE (key_sha256),
        CONSTRAINT merchant_keys_sha256_length CHECK (octet_length(key_sha256) = 32)
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE merchant_keys, merchants, wechat_tokens, accounts');
  }
}
