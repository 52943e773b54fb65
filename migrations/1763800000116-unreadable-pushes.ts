import { MigrationInterface, QueryRunner } from 'typeorm';

/** A push that WeChat signed and nobody can read is kept until a person has seen it. */
export class UnreadablePushes1763800000116 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE callbacks DROP CONSTRAINT callbacks_state, ADD CONSTRAINT callbacks_state
        CHECK (state IN ('received', 'parked', 'unreadable', 'done', 'expired'));
      CREATE INDEX callbacks_waiting ON callbacks (state) WHERE state IN ('parked', 'unreadable');
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX callbacks_waiting;
      UPDATE callbacks SET state = 'done', outcome = 'unreadable' WHERE state = 'unreadable';
      ALTER TABLE callbacks DROP CONSTRAINT callbacks_state, ADD CONSTRAINT callbacks_state
        CHECK (state IN ('received', 'parked', 'done', 'expired'));
    `);
  }
}
