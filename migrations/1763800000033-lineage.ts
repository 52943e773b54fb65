import { MigrationInterface, QueryRunner } from 'typeorm';

/** A re-issued invoice names the order it takes the place of. */
export class Lineage1763800000033 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE orders ADD COLUMN replaces uuid;
      CREATE INDEX orders_by_replaced ON orders (merchant_id, replaces) WHERE replaces IS NOT NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX orders_by_replaced; ALTER TABLE orders DROP COLUMN replaces');
  }
}
