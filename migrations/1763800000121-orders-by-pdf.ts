import { MigrationInterface, QueryRunner } from 'typeorm';

/** WeChat refuses a PDF that a wallet holds already: a merchant is told at once which of its orders has the same. */
export class OrdersByPdf1763800000121 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE INDEX orders_by_pdf ON orders (merchant_id, pdf_sha256)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX orders_by_pdf');
  }
}
