import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `shown_cards`: cards of ours that somebody showed through an encrypt_code, which is the only way to read them back; the
 * newest for each order. `reimbursement_intents`: every change of state a reimburser asked for, written down before it is
 * sent and closed when it is answered; cards by the SHA-256 of what names them.
 */
export class Reimbursements1763800000081 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE shown_cards (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        card_id text NOT NULL,
        encrypt_code bytea NOT NULL,
        shown_sha256 bytea NOT NULL,
        appid text NOT NULL,
        reimburse_status text,
        read_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT shown_cards_pkey PRIMARY KEY (merchant_id, id)
      );
      CREATE INDEX shown_cards_by_sha256 ON shown_cards (shown_sha256);

      CREATE TABLE reimbursement_intents (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        appid text NOT NULL,
        key_id uuid NOT NULL,
        reimburse_status text NOT NULL,
        cards_sha256 bytea[] NOT NULL,
        started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        ended_at timestamptz,
        outcome text,
        errcode integer,
        errmsg text,
        CONSTRAINT reimbursement_intents_pkey PRIMARY KEY (merchant_id, id),
        CONSTRAINT reimbursement_intents_status CHECK (reimburse_status IN ('INVOICE_REIMBURSE_INIT',
          'INVOICE_REIMBURSE_LOCK', 'INVOICE_REIMBURSE_CLOSURE')),
        CONSTRAINT reimbursement_intents_outcome CHECK (outcome IN ('done', 'refused', 'notNow', 'unclear')),
        CONSTRAINT reimbursement_intents_ended CHECK ((outcome IS NULL) = (ended_at IS NULL))
      );
    `);
    for (const table of ['shown_cards', 'reimbursement_intents']) {
      await queryRunner.query(`
        ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY of_the_engine ON ${table} TO piaoka_engine USING (true) WITH CHECK (true);
        GRANT SELECT, INSERT, UPDATE ON ${table} TO piaoka_engine;
      `);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE reimbursement_intents, shown_cards');
  }
}
