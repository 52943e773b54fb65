import { MigrationInterface, QueryRunner } from 'typeorm';

/** How much merchants have used of what each of them has so much of in a period. */
export class Allowances1763800000177 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE allowances (
        merchant_id uuid NOT NULL,
        what text NOT NULL,
        since timestamptz NOT NULL,
        used bigint NOT NULL,
        CONSTRAINT allowances_pkey PRIMARY KEY (merchant_id, what)
      ) WITH (fillfactor = 50);
      ALTER TABLE allowances ENABLE ROW LEVEL SECURITY;
      ALTER TABLE allowances FORCE ROW LEVEL SECURITY;
      CREATE POLICY of_the_engine ON allowances TO piaoka_engine USING (true) WITH CHECK (true);
      GRANT SELECT, INSERT, UPDATE ON allowances TO piaoka_engine;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE allowances');
  }
}
