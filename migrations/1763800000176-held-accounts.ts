import { MigrationInterface, QueryRunner } from 'typeorm';

/** Holds are judged once for each account of a merchant, not for each of its orders, and orders that wait are found by their time. */
export class HeldAccounts1763800000176 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION piaoka_held_accounts(merchant uuid) RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
        SET search_path = public AS $$
        SELECT ARRAY(SELECT account FROM merchants m CROSS JOIN unnest(m.issuer_appid || m.former_issuers) AS own (account)
                      WHERE m.id = merchant AND piaoka_is_held(account, merchant))
      $$;
      CREATE INDEX insertions_waiting ON insertions (merchant_id, created_at, id) WHERE state IN ('accepted', 'uploaded');
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX insertions_waiting; DROP FUNCTION piaoka_held_accounts(uuid)');
  }
}
