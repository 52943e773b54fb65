import { MigrationInterface, QueryRunner } from 'typeorm';

/** How the last run of each recurring job went. */
export class RecurringJobs1763800000030 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE recurring_jobs (
        name text PRIMARY KEY,
        started_at timestamptz NOT NULL,
        ended_at timestamptz NOT NULL,
        outcome text NOT NULL,
        error text,
        CONSTRAINT recurring_jobs_outcome CHECK (outcome IN ('done', 'failed'))
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE recurring_jobs');
  }
}
