import { MigrationInterface, QueryRunner } from 'typeorm';

/** Gateway tokens that whoever asks again is given again, until their last five minutes. */
export class StableGatewayTokens1763800000146 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE gateway_tokens ADD COLUMN stable boolean NOT NULL DEFAULT false;
      CREATE INDEX gateway_tokens_stable ON gateway_tokens (key_id, issued_at) WHERE stable;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX gateway_tokens_stable;
      ALTER TABLE gateway_tokens DROP COLUMN stable;
    `);
  }
}
