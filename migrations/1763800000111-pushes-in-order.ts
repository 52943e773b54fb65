import { MigrationInterface, QueryRunner } from 'typeorm';

/** WeChat's time of the latest push about a card's reimbursement: one that is older and comes later tells nothing. */
export class PushesInOrder1763800000111 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE insertions ADD COLUMN reimbursement_pushed bigint');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE insertions DROP COLUMN reimbursement_pushed');
  }
}
