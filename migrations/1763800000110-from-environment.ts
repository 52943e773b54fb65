import { MigrationInterface, QueryRunner } from 'typeorm';

/** What the environment said when it was last applied: only what it says anew may replace what an administrator changed. */
export class FromEnvironment1763800000110 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE accounts ADD COLUMN from_environment bytea;
      ALTER TABLE merchants ADD COLUMN from_environment jsonb;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE merchants DROP COLUMN from_environment;
      ALTER TABLE accounts DROP COLUMN from_environment;
    `);
  }
}
