import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A merchant may move to another issuing account. Orders that came before belong to the account they were authorised for,
 * and are claimed under it: so the accounts a merchant had are remembered.
 */
export class FormerIssuers1763800000120 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE merchants ADD COLUMN former_issuers text[] NOT NULL DEFAULT '{}';
      UPDATE merchants m SET former_issuers = ARRAY(
        SELECT DISTINCT i.issuer_appid FROM insertions i
         WHERE i.merchant_id = m.id AND i.issuer_appid <> m.issuer_appid
           AND i.state NOT IN ('inserted', 'rejected', 'cancelled'));

      CREATE FUNCTION piaoka_remember_issuer() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.former_issuers := array_remove(OLD.former_issuers, NEW.issuer_appid) || OLD.issuer_appid;
        RETURN NEW;
      END $$;
      CREATE TRIGGER remember_issuer BEFORE UPDATE OF issuer_appid ON merchants FOR EACH ROW
        WHEN (NEW.issuer_appid <> OLD.issuer_appid) EXECUTE FUNCTION piaoka_remember_issuer();
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TRIGGER remember_issuer ON merchants;
      DROP FUNCTION piaoka_remember_issuer();
      ALTER TABLE merchants DROP COLUMN former_issuers;
    `);
  }
}
