import { MigrationInterface, QueryRunner } from 'typeorm';

/** When WeChat refused an account's tokens before their time: the trace of another system that fetches them too. */
export class EarlyTokenDeaths1763800000112 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE wechat_tokens ADD COLUMN early_deaths timestamptz[] NOT NULL DEFAULT '{}'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE wechat_tokens DROP COLUMN early_deaths');
  }
}
