import { MigrationInterface, QueryRunner } from 'typeorm';

/** Opaque tokens given out under a merchant's key; only their SHA-256 is kept. Uploads that wait for their insert. */
export class GatewayTokens1763800000082 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE gateway_tokens (
        token_sha256 bytea PRIMARY KEY,
        key_id uuid NOT NULL REFERENCES merchant_keys (id) ON DELETE CASCADE,
        forced boolean NOT NULL DEFAULT false,
        issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        expires_at timestamptz NOT NULL,
        CONSTRAINT gateway_tokens_sha256_length CHECK (octet_length(token_sha256) = 32)
      );
      CREATE INDEX gateway_tokens_of_key ON gateway_tokens (key_id, issued_at);

      CREATE TABLE drop_in_media (
        merchant_id uuid NOT NULL,
        media_id text NOT NULL,
        body bytea NOT NULL,
        uploaded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT drop_in_media_pkey PRIMARY KEY (merchant_id, media_id)
      );
      ALTER TABLE drop_in_media ALTER body SET STORAGE EXTERNAL;
      ALTER TABLE drop_in_media ENABLE ROW LEVEL SECURITY;
      ALTER TABLE drop_in_media FORCE ROW LEVEL SECURITY;
      CREATE POLICY of_the_engine ON drop_in_media TO piaoka_engine USING (true) WITH CHECK (true);
      GRANT SELECT, INSERT, DELETE ON drop_in_media TO piaoka_engine;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE drop_in_media, gateway_tokens');
  }
}
