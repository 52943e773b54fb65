import { MigrationInterface, QueryRunner } from 'typeorm';

/** Where a merchant's users may be sent after they have authorised; none: anywhere. */
export class RedirectDomains1763800000152 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE merchants ADD COLUMN redirect_domains text[] NOT NULL DEFAULT '{}'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE merchants DROP COLUMN redirect_domains');
  }
}
