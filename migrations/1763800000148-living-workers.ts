import { MigrationInterface, QueryRunner } from 'typeorm';

/** Which workers live: a lease that ran out in the hands of a living one is no crash. */
export class LivingWorkers1763800000148 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE workers (
        name text NOT NULL,
        seen_at timestamptz NOT NULL,
        CONSTRAINT workers_pkey PRIMARY KEY (name)
      ) WITH (fillfactor = 50);
      GRANT SELECT, INSERT, UPDATE, DELETE ON workers TO piaoka_engine;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE workers');
  }
}
