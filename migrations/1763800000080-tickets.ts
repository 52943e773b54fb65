import { MigrationInterface, QueryRunner } from 'typeorm';

/** The present jsapi and wx_card tickets of each account, sealed; one for all processes. */
export class Tickets1763800000080 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE wechat_tickets (
        appid text NOT NULL,
        type text NOT NULL,
        generation bigint NOT NULL,
        ticket bytea NOT NULL,
        refresh_after timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT wechat_tickets_pkey PRIMARY KEY (appid, type),
        CONSTRAINT wechat_tickets_type CHECK (type IN ('jsapi', 'wx_card'))
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE wechat_tickets');
  }
}
