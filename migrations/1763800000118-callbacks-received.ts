import { MigrationInterface, QueryRunner } from 'typeorm';

/** Pushes that should have been dealt with are looked for every minute. */
export class CallbacksReceived1763800000118 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE INDEX callbacks_received ON callbacks (received_at) WHERE state = 'received'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX callbacks_received');
  }
}
