import { MigrationInterface, QueryRunner } from 'typeorm';

/** When WeChat last told us, asked or answering, how a card's reimbursement stands: a push from before that is late. */
export class ReimbursementTold1763800000130 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE insertions ADD COLUMN reimbursement_told timestamptz');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE insertions DROP COLUMN reimbursement_told');
  }
}
