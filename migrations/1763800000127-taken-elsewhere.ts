import { MigrationInterface, QueryRunner } from 'typeorm';

/** Findings about orders as they are posted: another merchant has the order number or the invoice. */
export class TakenElsewhere1763800000127 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE findings
        DROP CONSTRAINT findings_source,
        ADD CONSTRAINT findings_source CHECK (source IN ('ledger', 'wechat', 'statement', 'orders')),
        DROP CONSTRAINT findings_class,
        ADD CONSTRAINT findings_class CHECK (
          class IN ('missing', 'extra', 'amount', 'number', 'state', 'code_unknown', 'aged', 'taken'));
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DELETE FROM findings WHERE source = 'orders';
      ALTER TABLE findings
        DROP CONSTRAINT findings_source,
        ADD CONSTRAINT findings_source CHECK (source IN ('ledger', 'wechat', 'statement')),
        DROP CONSTRAINT findings_class,
        ADD CONSTRAINT findings_class CHECK (
          class IN ('missing', 'extra', 'amount', 'number', 'state', 'code_unknown', 'aged'));
    `);
  }
}
