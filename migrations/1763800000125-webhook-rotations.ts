import { MigrationInterface, QueryRunner } from 'typeorm';

/** Which rotation made an endpoint's present secret: who repeats it gets that secret and makes no other. */
export class WebhookRotations1763800000125 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE webhook_endpoints ADD COLUMN rotation uuid');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE webhook_endpoints DROP COLUMN rotation');
  }
}
