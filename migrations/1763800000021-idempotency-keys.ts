import { MigrationInterface, QueryRunner } from 'typeorm';

/** What was answered under an Idempotency-Key, for a day. `caller` is the SHA-256 of the key that called. */
export class IdempotencyKeys1763800000021 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE idempotency_keys (
        caller bytea NOT NULL,
        key text NOT NULL,
        id uuid NOT NULL,
        request_sha256 bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        running_until timestamptz NOT NULL,
        answer bytea,
        CONSTRAINT idempotency_keys_pkey PRIMARY KEY (caller, key)
      );
      CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE idempotency_keys');
  }
}
