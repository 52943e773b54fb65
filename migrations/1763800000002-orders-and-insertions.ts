import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `orders` is written once and never updated; `insertions` holds the present and is the job itself; a claim is a lease
 * (`due_at` while `claimed_by` is set), not a state. Indexes that must be unique for ever stand on tables that are never
 * updated, so that the hot updates of `insertions` touch two indexes only. Hot tables carry no foreign keys: one
 * statement writes all rows of an order, and a key check a row would cost more than the row. Every key is led by
 * `merchant_id`, so that the tables can be distributed by merchant.
 */
export class OrdersAndInsertions1763800000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE orders (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        appid text NOT NULL,
        order_id text NOT NULL,
        card_id text NOT NULL,
        invoice_number text NOT NULL,
        invoice jsonb NOT NULL,
        person bytea,
        content_sha256 bytea NOT NULL,
        pdf_sha256 bytea NOT NULL,
        trip_pdf_sha256 bytea,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT orders_pkey PRIMARY KEY (merchant_id, id),
        CONSTRAINT orders_natural_key UNIQUE (merchant_id, appid, order_id),
        CONSTRAINT orders_sha256_length CHECK (octet_length(content_sha256) = 32 AND octet_length(pdf_sha256) = 32)
      );
      CREATE INDEX orders_by_time ON orders (merchant_id, created_at, id);
      CREATE INDEX orders_by_invoice_number ON orders (merchant_id, invoice_number);

      CREATE TABLE live_invoices (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        invoice_code text NOT NULL,
        invoice_number text NOT NULL,
        CONSTRAINT live_invoices_pkey PRIMARY KEY (merchant_id, id),
        CONSTRAINT live_invoices_natural_key UNIQUE (merchant_id, invoice_number, invoice_code)
      );

      CREATE TABLE insertions (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        issuer_appid text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        state text NOT NULL,
        reason text,
        due_at timestamptz,
        claimed_by text,
        fence bigint NOT NULL DEFAULT 0,
        attempts integer NOT NULL DEFAULT 0,
        events integer NOT NULL DEFAULT 1,
        crashes integer NOT NULL DEFAULT 0,
        tries integer NOT NULL DEFAULT 0,
        probes integer NOT NULL DEFAULT 0,
        authorization_checks integer NOT NULL DEFAULT 0,
        reuploads integer NOT NULL DEFAULT 0,
        media_id text,
        trip_media_id text,
        uploaded_at timestamptz,
        doubt_since timestamptz,
        waiting_since timestamptz,
        card_code text,
        card_code_state text NOT NULL DEFAULT 'none',
        person bytea,
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT insertions_pkey PRIMARY KEY (merchant_id, id),
        CONSTRAINT insertions_state CHECK (state IN ('accepted', 'uploaded', 'sending', 'awaiting_authorization',
          'in_doubt', 'likely_inserted', 'needs_human', 'inserted', 'refused', 'rejected', 'cancelled')),
        CONSTRAINT insertions_card_code_state CHECK (card_code_state IN ('none', 'known', 'unknown')),
        CONSTRAINT insertions_card_code CHECK ((card_code IS NOT NULL) = (card_code_state = 'known')),
        CONSTRAINT insertions_inserted CHECK (state <> 'inserted' OR card_code_state <> 'none'),
        CONSTRAINT insertions_ended CHECK (state NOT IN ('inserted', 'refused', 'rejected', 'cancelled') OR due_at IS NULL),
        CONSTRAINT insertions_media CHECK ((media_id IS NULL) = (uploaded_at IS NULL))
      ) WITH (fillfactor = 60);
      CREATE INDEX insertions_due ON insertions (merchant_id, (media_id IS NULL), due_at) WHERE due_at IS NOT NULL;
      CREATE INDEX insertions_exceptional ON insertions (merchant_id, state, created_at, id)
        WHERE state NOT IN ('accepted', 'uploaded', 'sending', 'inserted');

      CREATE TABLE open_attempts (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        n integer NOT NULL,
        kind text NOT NULL,
        fence bigint NOT NULL,
        request_sha256 bytea NOT NULL,
        started_at timestamptz NOT NULL,
        CONSTRAINT open_attempts_pkey PRIMARY KEY (merchant_id, id),
        CONSTRAINT open_attempts_kind CHECK (kind IN ('first', 'retry', 'probe', 'reinsertion'))
      );

      CREATE TABLE attempts (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        n integer NOT NULL,
        kind text NOT NULL,
        outcome text NOT NULL,
        sent text NOT NULL,
        errcode integer,
        errmsg text,
        hint text,
        http_status integer,
        classifier_version integer NOT NULL,
        request_sha256 bytea NOT NULL,
        started_at timestamptz NOT NULL,
        ended_at timestamptz NOT NULL,
        CONSTRAINT attempts_pkey PRIMARY KEY (merchant_id, id, n, ended_at),
        CONSTRAINT attempts_sent CHECK (sent IN ('yes', 'no', 'unknown'))
      ) PARTITION BY RANGE (ended_at);

      CREATE TABLE events (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        seq integer NOT NULL,
        at timestamptz NOT NULL,
        type text NOT NULL,
        data jsonb NOT NULL DEFAULT '{}',
        CONSTRAINT events_pkey PRIMARY KEY (merchant_id, id, seq, at)
      ) PARTITION BY RANGE (at);

      CREATE TABLE pdfs (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        part text NOT NULL,
        stored_at timestamptz NOT NULL,
        body bytea NOT NULL,
        CONSTRAINT pdfs_pkey PRIMARY KEY (merchant_id, id, part, stored_at),
        CONSTRAINT pdfs_part CHECK (part IN ('pdf', 'trip_pdf'))
      ) PARTITION BY RANGE (stored_at);

      CREATE FUNCTION piaoka_make_partitions(months integer) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        parent text;
        first_day date;
      BEGIN
        FOREACH parent IN ARRAY ARRAY['attempts', 'events', 'pdfs'] LOOP
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
      END $$;
      SELECT piaoka_make_partitions(3);
      CREATE TABLE attempts_default PARTITION OF attempts DEFAULT;
      CREATE TABLE events_default PARTITION OF events DEFAULT;
      CREATE TABLE pdfs_default PARTITION OF pdfs DEFAULT;
      ALTER TABLE pdfs_default ALTER body SET STORAGE EXTERNAL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE pdfs, events, attempts, open_attempts, insertions, live_invoices, orders;
      DROP FUNCTION piaoka_make_partitions(integer);
    `);
  }
}
