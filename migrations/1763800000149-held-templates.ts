import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which default template a merchant is held for. With another one, what is held goes on: an order of which nothing was sent
 * that WeChat may have taken may be given another template, and nothing else.
 */
export class HeldTemplates1763800000149 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE holds ADD COLUMN card_id text');
    await queryRunner.query(guard(`AND (i.state IN ('refused', 'needs_human') OR ${ONLY_THE_TEMPLATE})`));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(guard(`AND i.state IN ('refused', 'needs_human')`));
    await queryRunner.query('ALTER TABLE holds DROP COLUMN card_id');
  }
}

const ONLY_THE_TEMPLATE = `(
  i.state IN ('accepted', 'uploaded', 'awaiting_authorization') AND i.claimed_by IS NULL
  AND (NEW.invoice_number, NEW.invoice, NEW.person, NEW.pdf_sha256, NEW.trip_pdf_sha256, NEW.files_at, NEW.checked)
      IS NOT DISTINCT FROM
      (OLD.invoice_number, OLD.invoice, OLD.person, OLD.pdf_sha256, OLD.trip_pdf_sha256, OLD.files_at, OLD.checked))`;

function guard(free: string): string {
  return `
    CREATE OR REPLACE FUNCTION piaoka_guard_order() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.revision <> OLD.revision + 1
         OR (NEW.merchant_id, NEW.id, NEW.appid, NEW.order_id, NEW.content_sha256, NEW.created_at, NEW.replaces)
            IS DISTINCT FROM
            (OLD.merchant_id, OLD.id, OLD.appid, OLD.order_id, OLD.content_sha256, OLD.created_at, OLD.replaces)
      THEN
        RAISE EXCEPTION 'an order changes only by a new revision of its content' USING ERRCODE = 'restrict_violation';
      END IF;
      IF NOT EXISTS (SELECT FROM order_revisions r
                      WHERE r.merchant_id = OLD.merchant_id AND r.id = OLD.id AND r.revision = OLD.revision) THEN
        RAISE EXCEPTION 'a revision is kept before it is replaced' USING ERRCODE = 'restrict_violation';
      END IF;
      IF NOT EXISTS (SELECT FROM insertions i WHERE i.merchant_id = OLD.merchant_id AND i.id = OLD.id
                        AND i.doubt_since IS NULL AND NOT i.doubt_denied AND NOT i.order_consumed ${free})
         OR EXISTS (SELECT FROM attempts a WHERE a.merchant_id = OLD.merchant_id AND a.id = OLD.id
                       AND a.outcome IN ('unclear', 'orphaned', 'inserted'))
      THEN
        RAISE EXCEPTION 'an order that was in doubt keeps its content' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$`;
}
