import { MigrationInterface, QueryRunner } from 'typeorm';

/** The account that a token was asked for in; and under which id WeChat has an upload whose link was asked for. */
export class DropInAccounts1763800000170 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE gateway_tokens ADD COLUMN appid text;
      ALTER TABLE drop_in_media ADD COLUMN wechat_media_id text;
      GRANT UPDATE (wechat_media_id) ON drop_in_media TO piaoka_engine;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      REVOKE UPDATE (wechat_media_id) ON drop_in_media FROM piaoka_engine;
      ALTER TABLE drop_in_media DROP COLUMN wechat_media_id;
      ALTER TABLE gateway_tokens DROP COLUMN appid;
    `);
  }
}
