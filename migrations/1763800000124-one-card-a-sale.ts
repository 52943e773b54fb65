import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An order and those that take its place are one sale: one of them at a time is on its way or inserted. `sale` is the id of
 * the first; null once a card is to be cancelled, because the next order need not wait for that.
 */
export class OneCardASale1763800000124 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION piaoka_sale(merchant uuid, order_uuid uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
        WITH RECURSIVE lineage AS (
          SELECT id, replaces FROM orders WHERE merchant_id = merchant AND id = order_uuid
          UNION
          SELECT o.id, o.replaces FROM lineage l JOIN orders o ON o.merchant_id = merchant AND o.id = l.replaces
        )
        SELECT id FROM lineage WHERE replaces IS NULL
      $$;

      ALTER TABLE live_invoices ADD COLUMN sale uuid;
      UPDATE live_invoices l SET sale = piaoka_sale(l.merchant_id, l.id)
       WHERE NOT EXISTS (SELECT FROM cancellations c WHERE c.merchant_id = l.merchant_id AND c.id = l.id);
      UPDATE live_invoices l SET sale = NULL
       WHERE EXISTS (SELECT FROM live_invoices e WHERE e.merchant_id = l.merchant_id AND e.sale = l.sale AND e.id < l.id);
      CREATE UNIQUE INDEX live_invoices_one_sale ON live_invoices (merchant_id, sale);
      GRANT UPDATE (sale) ON live_invoices TO piaoka_engine;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE live_invoices DROP COLUMN sale;
      DROP FUNCTION piaoka_sale;
    `);
  }
}
