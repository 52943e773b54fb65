import { MigrationInterface, QueryRunner } from 'typeorm';

/** Remembers which waiting orders a reconciliation has brought forward: its budget is spent on each once. */
export class BroughtForwardOnce1763800000123 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE insertions ADD COLUMN brought_forward_at timestamptz');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE insertions DROP COLUMN brought_forward_at');
  }
}
