import { MigrationInterface, QueryRunner } from 'typeorm';

/** What operators did with single orders: who, why and when. A resolution that needs two people waits for the second. */
export class ActsOfOperators1763800000022 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE reinsertions (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        order_uuid uuid NOT NULL,
        operator text NOT NULL,
        reason text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT reinsertions_pkey PRIMARY KEY (merchant_id, id)
      );
      CREATE INDEX reinsertions_of_order ON reinsertions (merchant_id, order_uuid);

      CREATE TABLE resolutions (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        order_uuid uuid NOT NULL,
        kind text NOT NULL,
        state text NOT NULL,
        version integer NOT NULL,
        operator text NOT NULL,
        reason text NOT NULL,
        second_operator text,
        second_reason text,
        created_at timestamptz NOT NULL DEFAULT now(),
        settled_at timestamptz,
        CONSTRAINT resolutions_pkey PRIMARY KEY (merchant_id, id),
        CONSTRAINT resolutions_kind CHECK (kind IN ('confirm_inserted', 'confirm_not_inserted', 'abandon')),
        CONSTRAINT resolutions_state CHECK (state IN ('pending', 'settled')),
        CONSTRAINT resolutions_settled CHECK ((state = 'settled') = (settled_at IS NOT NULL)),
        CONSTRAINT resolutions_two_people CHECK (second_operator <> operator)
      );
      CREATE INDEX resolutions_of_order ON resolutions (merchant_id, order_uuid);
    `);
    for (const table of ['reinsertions', 'resolutions']) {
      await queryRunner.query(`
        ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY of_the_engine ON ${table} TO piaoka_engine USING (true) WITH CHECK (true);
      `);
    }
    await queryRunner.query(`
      GRANT SELECT, INSERT ON reinsertions TO piaoka_engine;
      GRANT SELECT, INSERT, UPDATE ON resolutions TO piaoka_engine;
      GRANT SELECT, INSERT, UPDATE ON operators TO piaoka_engine;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      REVOKE SELECT, INSERT, UPDATE ON operators FROM piaoka_engine;
      DROP TABLE resolutions, reinsertions;
    `);
  }
}
