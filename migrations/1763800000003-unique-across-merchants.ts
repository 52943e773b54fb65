import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * WeChat knows an order by (appid, order_id) and an invoice by its number, whoever the merchant is. A database that is
 * distributed by merchant leaves this migration out; WeChat's own 72056 and 72042 remain as the net.
 */
export class UniqueAcrossMerchants1763800000003 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE UNIQUE INDEX orders_across_merchants ON orders (appid, order_id);
      CREATE UNIQUE INDEX live_invoices_across_merchants ON live_invoices (invoice_number, invoice_code);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX orders_across_merchants, live_invoices_across_merchants');
  }
}
