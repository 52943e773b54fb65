import { MigrationInterface, QueryRunner } from 'typeorm';

/** A message about an order names the doubts about its data that its PDF's full check left, as the order's advice does. */
export class DoubtsTold1763800000186 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(announce(DOUBTS));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(announce(''));
  }
}

/** Codes and places alone: a message may quote what a person is called. */
const DOUBTS = `
      || (SELECT CASE WHEN count(*) = 0 THEN '{}' ELSE jsonb_build_object('warnings',
                   jsonb_agg(jsonb_build_object('code', doubt -> 'code', 'pointer', doubt -> 'pointer') ORDER BY n)) END
            FROM (SELECT e.data -> 'faults' AS faults FROM events e
                   WHERE e.merchant_id = NEW.merchant_id AND e.id = NEW.id AND e.at >= present.created_at
                     AND (e.data ? 'faults' OR e.type = 'accepted')
                   ORDER BY e.seq DESC LIMIT 1) last
           CROSS JOIN LATERAL jsonb_array_elements(coalesce(last.faults, '[]')) WITH ORDINALITY AS told (doubt, n)
           WHERE doubt ->> 'severity' = 'warning' AND doubt ->> 'pointer' LIKE '/invoice/%')`;

function announce(doubts: string): string {
  return `
  CREATE OR REPLACE FUNCTION piaoka_announce() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    present record;
    kind text;
    body jsonb;
  BEGIN
    IF NOT EXISTS (SELECT FROM webhook_endpoints WHERE merchant_id = NEW.merchant_id) THEN RETURN NULL; END IF;
    IF NEW.type = 'accepted' THEN
      -- Begun anew after a refusal: the next refusal is news even where it equals the last one.
      UPDATE webhook_sequences SET told = NULL
       WHERE merchant_id = NEW.merchant_id AND id = NEW.id AND told ->> 'state' IN ('refused', 'needs_human');
      RETURN NULL;
    END IF;
    SELECT i.state, i.reason, i.card_code, i.card_code_state, i.doubt_since, o.appid, o.order_id, o.created_at INTO present
      FROM insertions i JOIN orders o ON o.merchant_id = i.merchant_id AND o.id = i.id
     WHERE i.merchant_id = NEW.merchant_id AND i.id = NEW.id;
    kind := CASE
      WHEN NEW.type IN ('refused', 'rejected') AND (present.doubt_since IS NOT NULL OR present.reason LIKE 'abandoned%'
        AND EXISTS (SELECT FROM attempts a WHERE a.merchant_id = NEW.merchant_id AND a.id = NEW.id
                      AND a.outcome IN ('unclear', 'orphaned', 'orderConsumed', 'invoiceInWallet')))
        THEN 'invoice.card.unresolved'
      WHEN NEW.type IN ('refused', 'rejected') THEN 'invoice.card.refused'
      WHEN NEW.type IN ('in_doubt', 'likely_inserted', 'needs_human') THEN 'invoice.card.unresolved'
      ELSE 'invoice.card.' || NEW.type END;
    body := jsonb_build_object(
      'order_id', present.order_id, 'appid', present.appid, 'state', present.state, 'reason', present.reason,
      'card_code', present.card_code, 'card_code_state', present.card_code_state, 'errcode', NEW.data -> 'errcode')
      || CASE WHEN NEW.data ? 'reimburse_status'
              THEN jsonb_build_object('reimburse_status', NEW.data -> 'reimburse_status') ELSE '{}' END${doubts};
    WITH numbered AS (
      INSERT INTO webhook_sequences AS s (merchant_id, endpoint_id, id, sequence, told)
      SELECT e.merchant_id, e.id, NEW.id, 1, (body - 'errcode') || jsonb_build_object('type', kind) FROM webhook_endpoints e
       WHERE e.merchant_id = NEW.merchant_id AND (e.types IS NULL OR kind = ANY (e.types))
      ON CONFLICT (merchant_id, id, endpoint_id) DO UPDATE SET sequence = s.sequence + 1, told = excluded.told
       WHERE s.told IS DISTINCT FROM excluded.told
      RETURNING endpoint_id, sequence
    )
    INSERT INTO webhook_deliveries (merchant_id, id, created_at, endpoint_id, type, order_uuid, sequence, occurred_at, data,
                                    state, next_attempt_at)
    SELECT NEW.merchant_id, gen_random_uuid(), clock_timestamp(), n.endpoint_id, kind, NEW.id, n.sequence, NEW.at, body,
           CASE WHEN e.disabled_at IS NULL THEN 'pending' ELSE 'missed' END,
           CASE WHEN e.disabled_at IS NULL THEN clock_timestamp() END
      FROM numbered n JOIN webhook_endpoints e ON e.merchant_id = NEW.merchant_id AND e.id = n.endpoint_id;
    RETURN NULL;
  END $$`;
}
