import { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables whose rows belong to one merchant. */
const OF_MERCHANTS = ['webhook_endpoints', 'webhook_sequences', 'webhook_deliveries', 'webhook_attempts'];

/**
 * Messages to merchants. A trigger on `events` writes them in the very commit of the event, so that no writer of events
 * can forget them; a merchant without endpoints costs one look into a small index. The sequence of an order counts per
 * endpoint and has no gaps: it grows only with a message. What was told last is kept beside it, so that an order that
 * waits, asks and waits again is not told again. `refused` is said only where a card certainly was not made: an order
 * that a person gave up after a doubt stays `unresolved`.
 */
export class Webhooks1763800000040 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE webhook_endpoints (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        url text NOT NULL,
        description text NOT NULL,
        types text[],
        secret bytea NOT NULL,
        previous_secret bytea,
        previous_until timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        failing_since timestamptz,
        last_failed_at timestamptz,
        disabled_at timestamptz,
        disabled_reason text,
        CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (merchant_id, id),
        CONSTRAINT webhook_endpoints_previous CHECK ((previous_secret IS NULL) = (previous_until IS NULL)),
        CONSTRAINT webhook_endpoints_failing CHECK (failing_since IS NULL OR last_failed_at IS NOT NULL),
        CONSTRAINT webhook_endpoints_disabled CHECK (
          (disabled_at IS NULL) = (disabled_reason IS NULL) AND disabled_reason IN ('gone', 'failing'))
      );

      CREATE TABLE webhook_sequences (
        merchant_id uuid NOT NULL,
        endpoint_id uuid NOT NULL,
        id uuid NOT NULL,
        sequence integer NOT NULL,
        told jsonb,
        CONSTRAINT webhook_sequences_pkey PRIMARY KEY (merchant_id, id, endpoint_id)
      );
      CREATE INDEX webhook_sequences_by_endpoint ON webhook_sequences (merchant_id, endpoint_id);

      CREATE TABLE webhook_deliveries (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        created_at timestamptz NOT NULL,
        endpoint_id uuid NOT NULL,
        type text NOT NULL,
        order_uuid uuid,
        sequence integer,
        occurred_at timestamptz NOT NULL,
        data jsonb NOT NULL,
        state text NOT NULL,
        next_attempt_at timestamptz,
        claimed_by text,
        fence bigint NOT NULL DEFAULT 0,
        attempts integer NOT NULL DEFAULT 0,
        failures integer NOT NULL DEFAULT 0,
        delivered_at timestamptz,
        CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (merchant_id, id, created_at),
        CONSTRAINT webhook_deliveries_state CHECK (state IN ('pending', 'delivered', 'exhausted', 'missed', 'dropped')),
        CONSTRAINT webhook_deliveries_due CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)),
        CONSTRAINT webhook_deliveries_sequence CHECK ((order_uuid IS NULL) = (sequence IS NULL))
      ) PARTITION BY RANGE (created_at);
      CREATE INDEX webhook_deliveries_due ON webhook_deliveries (merchant_id, endpoint_id, next_attempt_at)
        WHERE next_attempt_at IS NOT NULL;
      CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (merchant_id, created_at, id);
      CREATE INDEX webhook_deliveries_by_order ON webhook_deliveries (merchant_id, order_uuid);

      CREATE TABLE webhook_attempts (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        n integer NOT NULL,
        started_at timestamptz NOT NULL,
        ended_at timestamptz NOT NULL,
        result text NOT NULL,
        http_status integer,
        CONSTRAINT webhook_attempts_pkey PRIMARY KEY (merchant_id, id, n, ended_at)
      ) PARTITION BY RANGE (ended_at);
      CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON webhook_attempts
        FOR EACH ROW EXECUTE FUNCTION piaoka_written_once();
    `);
    await queryRunner.query(PARTITIONS_OF_EVERY_TABLE);
    await queryRunner.query(`
      SELECT piaoka_make_partitions(3);
      CREATE TABLE webhook_deliveries_default PARTITION OF webhook_deliveries DEFAULT;
      CREATE TABLE webhook_attempts_default PARTITION OF webhook_attempts DEFAULT;
    `);
    for (const table of OF_MERCHANTS) {
      await queryRunner.query(`
        ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY of_the_merchant ON ${table} FOR SELECT TO piaoka_api
          USING (merchant_id = NULLIF(current_setting('piaoka.merchant_id', true), '')::uuid);
        CREATE POLICY of_the_engine ON ${table} TO piaoka_engine USING (true) WITH CHECK (true);
      `);
    }
    await queryRunner.query(`
      GRANT SELECT (merchant_id, id, url, description, types, previous_until, created_at, failing_since, last_failed_at,
                    disabled_at, disabled_reason) ON webhook_endpoints TO piaoka_api;
      GRANT SELECT ON webhook_deliveries, webhook_attempts TO piaoka_api;
      GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_endpoints, webhook_sequences TO piaoka_engine;
      GRANT SELECT, INSERT, UPDATE ON webhook_deliveries TO piaoka_engine;
      GRANT SELECT, INSERT ON webhook_attempts TO piaoka_engine;
    `);
    await queryRunner.query(ANNOUNCE);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TRIGGER announce ON events;
      DROP FUNCTION piaoka_announce();
      DROP TABLE webhook_attempts, webhook_deliveries, webhook_sequences, webhook_endpoints;
    `);
  }
}

/** Every table that is partitioned by month, whichever it is. */
const PARTITIONS_OF_EVERY_TABLE = `
  CREATE OR REPLACE FUNCTION piaoka_make_partitions(months integer) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    parent text;
    first_day date;
  BEGIN
    FOR parent IN SELECT c.relname FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid
                   WHERE c.relnamespace = 'public'::regnamespace AND p.partstrat = 'r' AND NOT c.relispartition LOOP
      FOR month IN 0..months LOOP
        first_day := (date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai') + make_interval(months => month))::date;
        EXECUTE format(
          'CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
          parent || to_char(first_day, '_YYYY_MM'), parent,
          first_day::text || ' 00:00+08', (first_day + interval '1 month')::date::text || ' 00:00+08');
        IF parent = 'pdfs' THEN
          EXECUTE format('ALTER TABLE %I ALTER body SET STORAGE EXTERNAL', parent || to_char(first_day, '_YYYY_MM'));
        END IF;
      END LOOP;
    END LOOP;
  END $$`;

const ANNOUNCE = `
  CREATE FUNCTION piaoka_announce() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    present record;
    kind text;
    body jsonb;
  BEGIN
    IF NOT EXISTS (SELECT FROM webhook_endpoints WHERE merchant_id = NEW.merchant_id) THEN RETURN NULL; END IF;
    IF NEW.type = 'accepted' THEN
      -- Begun anew after a refusal: the next refusal is news even where it equals the last one.
      UPDATE webhook_sequences SET told = NULL
       WHERE merchant_id = NEW.merchant_id AND id = NEW.id AND told ->> 'state' = 'refused';
      RETURN NULL;
    END IF;
    SELECT i.state, i.reason, i.card_code, i.card_code_state, i.doubt_since, o.appid, o.order_id INTO present
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
              THEN jsonb_build_object('reimburse_status', NEW.data -> 'reimburse_status') ELSE '{}' END;
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
  END $$;
  CREATE TRIGGER announce AFTER INSERT ON events FOR EACH ROW
    WHEN (NEW.type IN ('inserted', 'refused', 'rejected', 'in_doubt', 'likely_inserted', 'needs_human',
                       'awaiting_authorization', 'cancelled', 'reimbursement_changed')
          OR (NEW.type = 'accepted' AND NEW.seq > 1))
    EXECUTE FUNCTION piaoka_announce()`;
