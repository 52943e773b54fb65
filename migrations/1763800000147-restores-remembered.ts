import { MigrationInterface, QueryRunner } from 'typeorm';

/** When the database was restored, and which doubts come from that alone. */
export class RestoresRemembered1763800000147 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE insertions ADD COLUMN doubt_restored boolean NOT NULL DEFAULT false;
      ALTER TABLE installation ADD COLUMN restored_at timestamptz;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE installation DROP COLUMN restored_at;
      ALTER TABLE insertions DROP COLUMN doubt_restored;
    `);
  }
}
