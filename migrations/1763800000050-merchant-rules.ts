import { MigrationInterface, QueryRunner } from 'typeorm';

/** What a merchant makes of likely rules; by which book each order was judged; when a key was last used, to the hour. */
export class MerchantRules1763800000050 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE merchants
        ADD COLUMN strict text[] NOT NULL DEFAULT '{}',
        ADD COLUMN relaxed text[] NOT NULL DEFAULT '{}',
        ADD COLUMN pdf_check text,
        ADD CONSTRAINT merchants_pdf_check CHECK (pdf_check IN ('full', 'fast', 'warn', 'off'));
      ALTER TABLE merchant_keys ADD COLUMN last_used_at timestamptz;
      ALTER TABLE orders ADD COLUMN checked jsonb;
      GRANT SELECT, INSERT, UPDATE ON merchants, merchant_keys TO piaoka_engine;
      GRANT SELECT (appid) ON accounts TO piaoka_engine;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      REVOKE SELECT (appid) ON accounts FROM piaoka_engine;
      REVOKE INSERT, UPDATE ON merchants FROM piaoka_engine;
      REVOKE ALL ON merchant_keys FROM piaoka_engine;
      ALTER TABLE orders DROP COLUMN checked;
      ALTER TABLE merchant_keys DROP COLUMN last_used_at;
      ALTER TABLE merchants DROP COLUMN strict, DROP COLUMN relaxed, DROP COLUMN pdf_check;
    `);
  }
}
