import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Messages to merchants about authorisations: for a title that its user chooses (type 1) there is no order yet whose
 * events could tell of it. Written by a trigger in the very commit of the change, as those of events are; the sequence
 * counts per authorisation. `title_known` says that there is a title to be fetched; the title itself is sealed.
 */
export class AuthorizationMessages1763800000117 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE authorizations ADD COLUMN title_known boolean NOT NULL DEFAULT false;
      CREATE FUNCTION piaoka_announce_authorization() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        kind text := 'invoice.authorization.' || NEW.state;
        body jsonb := jsonb_build_object('order_id', NEW.order_id, 'appid', NEW.appid, 'state', NEW.state,
                                         'title_known', NEW.title_known);
      BEGIN
        IF NOT EXISTS (SELECT FROM webhook_endpoints WHERE merchant_id = NEW.merchant_id) THEN RETURN NULL; END IF;
        IF NEW.state = 'asked' THEN
          -- Asked anew after a failure: the next failure is news even where it equals the last one.
          UPDATE webhook_sequences SET told = NULL WHERE merchant_id = NEW.merchant_id AND id = NEW.id;
          RETURN NULL;
        END IF;
        WITH numbered AS (
          INSERT INTO webhook_sequences AS s (merchant_id, endpoint_id, id, sequence, told)
          SELECT e.merchant_id, e.id, NEW.id, 1, body FROM webhook_endpoints e
           WHERE e.merchant_id = NEW.merchant_id AND (e.types IS NULL OR kind = ANY (e.types))
          ON CONFLICT (merchant_id, id, endpoint_id) DO UPDATE SET sequence = s.sequence + 1, told = excluded.told
           WHERE s.told IS DISTINCT FROM excluded.told
          RETURNING endpoint_id, sequence
        )
        INSERT INTO webhook_deliveries (merchant_id, id, created_at, endpoint_id, type, order_uuid, sequence, occurred_at,
                                        data, state, next_attempt_at)
        SELECT NEW.merchant_id, gen_random_uuid(), clock_timestamp(), n.endpoint_id, kind, NEW.id, n.sequence,
               clock_timestamp(), body, CASE WHEN e.disabled_at IS NULL THEN 'pending' ELSE 'missed' END,
               CASE WHEN e.disabled_at IS NULL THEN clock_timestamp() END
          FROM numbered n JOIN webhook_endpoints e ON e.merchant_id = NEW.merchant_id AND e.id = n.endpoint_id;
        RETURN NULL;
      END $$;
      CREATE TRIGGER announce_change AFTER UPDATE ON authorizations FOR EACH ROW
        WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.title_known IS DISTINCT FROM NEW.title_known)
        EXECUTE FUNCTION piaoka_announce_authorization();
      CREATE TRIGGER announce_new AFTER INSERT ON authorizations FOR EACH ROW WHEN (NEW.state <> 'asked')
        EXECUTE FUNCTION piaoka_announce_authorization();
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TRIGGER announce_new ON authorizations;
      DROP TRIGGER announce_change ON authorizations;
      DROP FUNCTION piaoka_announce_authorization();
      ALTER TABLE authorizations DROP COLUMN title_known;
    `);
  }
}
