import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A re-insertion may change what an order says. `orders` holds the newest revision, so that a claim reads it where it
 * always did; `order_revisions` keeps every earlier one as it was. Who and what an order is never changes: neither its
 * keys nor `content_sha256`, by which a repeat of the first request is known. An order that ever was in doubt keeps its
 * content for ever: what may have been sent once is only sent again as it was.
 */
export class OrderRevisions1763800000097 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE orders
        ADD COLUMN revision integer NOT NULL DEFAULT 1,
        ADD COLUMN revised_at timestamptz,
        ADD COLUMN files_at timestamptz,
        ADD CONSTRAINT orders_revised CHECK ((revision > 1) = (revised_at IS NOT NULL));
      ALTER TABLE reinsertions ADD COLUMN revision integer;
      ALTER TABLE resolutions ADD COLUMN second_id uuid;

      CREATE TABLE order_revisions (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        revision integer NOT NULL,
        card_id text NOT NULL,
        invoice_number text NOT NULL,
        invoice jsonb NOT NULL,
        person bytea,
        pdf_sha256 bytea NOT NULL,
        trip_pdf_sha256 bytea,
        files_at timestamptz NOT NULL,
        checked jsonb,
        since timestamptz NOT NULL,
        until timestamptz NOT NULL,
        CONSTRAINT order_revisions_pkey PRIMARY KEY (merchant_id, id, revision)
      );
      CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON order_revisions
        FOR EACH ROW EXECUTE FUNCTION piaoka_written_once();
      ALTER TABLE order_revisions ENABLE ROW LEVEL SECURITY;
      ALTER TABLE order_revisions FORCE ROW LEVEL SECURITY;
      CREATE POLICY of_the_merchant ON order_revisions FOR SELECT TO piaoka_api
        USING (merchant_id = NULLIF(current_setting('piaoka.merchant_id', true), '')::uuid);
      CREATE POLICY of_the_engine ON order_revisions TO piaoka_engine USING (true) WITH CHECK (true);
      GRANT SELECT ON order_revisions TO piaoka_api;
      GRANT SELECT, INSERT ON order_revisions TO piaoka_engine;
      GRANT UPDATE (card_id, invoice_number, invoice, person, pdf_sha256, trip_pdf_sha256, checked, revision, revised_at,
                    files_at) ON orders TO piaoka_engine;

      CREATE FUNCTION piaoka_guard_order() RETURNS trigger LANGUAGE plpgsql AS $$
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
                          AND i.state IN ('refused', 'needs_human') AND i.doubt_since IS NULL AND NOT i.doubt_denied)
           OR EXISTS (SELECT FROM attempts a WHERE a.merchant_id = OLD.merchant_id AND a.id = OLD.id
                         AND a.outcome IN ('unclear', 'orphaned', 'inserted'))
        THEN
          RAISE EXCEPTION 'an order that was in doubt keeps its content' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER guard BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION piaoka_guard_order();
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TRIGGER guard ON orders;
      DROP FUNCTION piaoka_guard_order();
      REVOKE UPDATE (card_id, invoice_number, invoice, person, pdf_sha256, trip_pdf_sha256, checked, revision, revised_at,
                     files_at) ON orders FROM piaoka_engine;
      DROP TABLE order_revisions;
      ALTER TABLE resolutions DROP COLUMN second_id;
      ALTER TABLE reinsertions DROP COLUMN revision;
      ALTER TABLE orders DROP COLUMN files_at, DROP COLUMN revised_at, DROP COLUMN revision;
    `);
  }
}
