import { MigrationInterface, QueryRunner } from 'typeorm';

/** How much a merchant has uploaded through the drop-in that no insert has used: summed from an index alone. */
export class UploadQuota1763800000153 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE drop_in_media ADD COLUMN bytes integer NOT NULL DEFAULT 0, ADD COLUMN used_at timestamptz;
      CREATE INDEX drop_in_media_unused ON drop_in_media (merchant_id, uploaded_at, bytes) WHERE used_at IS NULL;
      GRANT UPDATE (used_at) ON drop_in_media TO piaoka_engine;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      REVOKE UPDATE (used_at) ON drop_in_media FROM piaoka_engine;
      ALTER TABLE drop_in_media DROP COLUMN bytes, DROP COLUMN used_at;
    `);
  }
}
