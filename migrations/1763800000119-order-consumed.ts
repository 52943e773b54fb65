import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * WeChat may say of an order that was never in doubt that its number is used up (72056). Then there is a card of that
 * number somewhere, and nobody here knows what is in it: the order keeps its content and its invoice.
 */
export class OrderConsumed1763800000119 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE insertions ADD COLUMN order_consumed boolean NOT NULL DEFAULT false;
      UPDATE insertions SET order_consumed = true WHERE reason = 'order_consumed_elsewhere';
    `);
    await queryRunner.query(guard('AND NOT i.order_consumed'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(guard(''));
    await queryRunner.query('ALTER TABLE insertions DROP COLUMN order_consumed');
  }
}

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
                        AND i.state IN ('refused', 'needs_human') AND i.doubt_since IS NULL AND NOT i.doubt_denied ${free})
         OR EXISTS (SELECT FROM attempts a WHERE a.merchant_id = OLD.merchant_id AND a.id = OLD.id
                       AND a.outcome IN ('unclear', 'orphaned', 'inserted'))
      THEN
        RAISE EXCEPTION 'an order that was in doubt keeps its content' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$`;
}
