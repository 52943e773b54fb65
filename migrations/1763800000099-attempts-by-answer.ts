import { MigrationInterface, QueryRunner } from 'typeorm';

/** Operators look for orders by what WeChat answered. What succeeded has neither: the ordinary attempt pays nothing. */
export class AttemptsByAnswer1763800000099 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX attempts_by_errcode ON attempts (merchant_id, errcode) WHERE errcode <> 0;
      CREATE INDEX attempts_by_hint ON attempts (merchant_id, hint) WHERE hint IS NOT NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX attempts_by_hint, attempts_by_errcode');
  }
}
