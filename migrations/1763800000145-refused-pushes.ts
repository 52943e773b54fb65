import { MigrationInterface, QueryRunner } from 'typeorm';

/** Pushes that were refused, by account and reason: whoever looks at an account sees why its events do not arrive. */
export class RefusedPushes1763800000145 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE refused_pushes (
        appid text NOT NULL REFERENCES accounts (appid) ON DELETE CASCADE,
        reason text NOT NULL,
        count bigint NOT NULL,
        last_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (appid, reason)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE refused_pushes');
  }
}
