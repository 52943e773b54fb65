import { MigrationInterface, QueryRunner } from 'typeorm';

/** What else is known of an account: its s_pappid, how it is called back, what its last check found. And its templates. */
export class AccountsAndTemplates1763800000070 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE accounts
        ADD COLUMN s_pappid text,
        ADD COLUMN callback_mode text NOT NULL DEFAULT 'safe',
        ADD COLUMN callback_keys bytea,
        ADD COLUMN checked_at timestamptz,
        ADD COLUMN findings jsonb,
        ADD CONSTRAINT accounts_callback_mode CHECK (callback_mode IN ('plain', 'compatible', 'safe')),
        ADD CONSTRAINT accounts_checked CHECK ((checked_at IS NULL) = (findings IS NULL));
      ALTER TABLE accounts DROP CONSTRAINT accounts_role;
      ALTER TABLE accounts ADD CONSTRAINT accounts_role CHECK (role IN ('issuer', 'merchant', 'reimburser', 'component'));

      CREATE TABLE templates (
        id uuid PRIMARY KEY,
        issuer_appid text NOT NULL REFERENCES accounts (appid),
        payee text NOT NULL,
        type text NOT NULL,
        words jsonb NOT NULL,
        state text NOT NULL,
        card_id text,
        usable_after timestamptz,
        errcode integer,
        errmsg text,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT templates_state CHECK (state IN ('creating', 'ready', 'unclear', 'refused')),
        CONSTRAINT templates_ready CHECK ((state = 'ready') = (card_id IS NOT NULL))
      );
      CREATE UNIQUE INDEX templates_one_a_payee_and_type ON templates (issuer_appid, payee, type) WHERE state <> 'refused';
      CREATE INDEX templates_by_card_id ON templates (card_id) WHERE card_id IS NOT NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE templates;
      ALTER TABLE accounts DROP CONSTRAINT accounts_role;
      ALTER TABLE accounts ADD CONSTRAINT accounts_role CHECK (role IN ('issuer', 'merchant', 'reimburser'));
      ALTER TABLE accounts DROP COLUMN s_pappid, DROP COLUMN callback_mode, DROP COLUMN callback_keys,
        DROP COLUMN checked_at, DROP COLUMN findings;
    `);
  }
}
