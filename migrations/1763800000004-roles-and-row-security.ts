import { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables whose rows belong to one merchant. */
const OF_MERCHANTS = ['orders', 'live_invoices', 'insertions', 'open_attempts', 'attempts', 'events', 'pdfs'];

/**
 * Two roles without login, taken on per transaction (SET LOCAL ROLE), so that it works behind a pooler. `piaoka_api`
 * reads what belongs to the merchant named by `piaoka.merchant_id`, and nothing while none is named. `piaoka_engine` runs
 * the statements of src/insertion/insertion.queue.ts. Row security is forced on the tables' owner as well.
 */
export class RolesAndRowSecurity1763800000004 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // Roles belong to the cluster: another database of it may have made them, even at this moment.
    for (const role of ['piaoka_api', 'piaoka_engine']) {
      await queryRunner.query(`
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role} NOLOGIN; END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$`);
      await queryRunner.query(`
        DO $$ BEGIN
          IF NOT pg_has_role(current_user, '${role}', 'MEMBER') THEN EXECUTE format('GRANT ${role} TO %I', current_user); END IF;
        END $$`);
    }
    for (const table of OF_MERCHANTS) {
      await queryRunner.query(`
        ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY of_the_merchant ON ${table} FOR SELECT TO piaoka_api
          USING (merchant_id = NULLIF(current_setting('piaoka.merchant_id', true), '')::uuid);
        CREATE POLICY of_the_engine ON ${table} TO piaoka_engine USING (true) WITH CHECK (true);
      `);
    }
    await queryRunner.query(`
      GRANT SELECT ON orders, insertions, open_attempts, attempts, events, pdfs TO piaoka_api;
      GRANT SELECT, INSERT ON orders, attempts, events, pdfs TO piaoka_engine;
      GRANT SELECT, INSERT, UPDATE ON insertions TO piaoka_engine;
      GRANT SELECT, INSERT, DELETE ON live_invoices, open_attempts TO piaoka_engine;
      GRANT SELECT ON merchants TO piaoka_engine;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of OF_MERCHANTS) {
      await queryRunner.query(`
        DROP POLICY of_the_merchant ON ${table};
        DROP POLICY of_the_engine ON ${table};
        ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY;
      `);
    }
    await queryRunner.query('DROP OWNED BY piaoka_api, piaoka_engine');
  }
}
