import { Statement } from '../data/statement';

/**
 * All SQL of an order's path, in the order of the journey. Rows travel in batches: one statement is one commit.
 * A claim is a lease: `claimed_by` says whose, `due_at` when it ends. A write names the fence of its claim.
 */

/** What `accept` takes for each order, in this order. */
export const ACCEPT_COLUMNS = [
  ['id', 'uuid'],
  ['merchant_id', 'uuid'],
  ['issuer_appid', 'text'],
  ['appid', 'text'],
  ['order_id', 'text'],
  ['card_id', 'text'],
  ['invoice_number', 'text'],
  ['invoice_code', 'text'],
  ['invoice', 'jsonb'],
  ['person', 'bytea'],
  ['content_sha256', 'bytea'],
  ['pdf', 'bytea'],
  ['pdf_sha256', 'bytea'],
  ['trip_pdf', 'bytea'],
  ['trip_pdf_sha256', 'bytea'],
  ['checked', 'jsonb'],
  ['replaces', 'uuid'],
  ['sale', 'uuid'],
] as const;

/**
 * Stores orders with their PDFs, insertions and first events: all rows of an order or none. Orders that exist already,
 * whose invoice or sale is live, or that another merchant's user has authorised, are left out of the answer; a race for one order raises 23505 and stores nothing.
 * A CTE copies its rows each time it is read: the PDFs stand in none. `twin`: the merchant's order that is on its way or
 * inserted with this very PDF; no more than ten are looked at, however often one PDF was posted.
 */
export function accept(count: number): Statement {
  const rows = (...names: string[]) =>
    Array.from({ length: count }, (_, n) => `(${names.map((name) => parameter(n, name)).join(', ')})`).join(', ');
  const plain = ACCEPT_COLUMNS.map(([name]) => name).filter((name) => name !== 'pdf' && name !== 'trip_pdf');
  return {
    name: `accept_${count}`,
    text: `
      WITH given (${plain.join(', ')}) AS (
        VALUES ${rows(...plain)}
      ), live AS (
        INSERT INTO live_invoices (merchant_id, id, invoice_code, invoice_number, sale)
        SELECT merchant_id, id, invoice_code, invoice_number, sale FROM given
         WHERE NOT EXISTS (SELECT FROM orders o WHERE o.merchant_id = given.merchant_id
                             AND o.appid = given.appid AND o.order_id = given.order_id)
           AND NOT EXISTS (SELECT FROM authorizations a WHERE a.appid = given.appid AND a.order_id = given.order_id
                             AND a.merchant_id <> given.merchant_id)
        ON CONFLICT DO NOTHING
        RETURNING id
      ), twins AS (
        SELECT g.id, twin.order_id FROM given g JOIN live USING (id)
         CROSS JOIN LATERAL (
           SELECT o.order_id
             FROM (SELECT merchant_id, id, order_id FROM orders same
                    WHERE same.merchant_id = g.merchant_id AND same.pdf_sha256 = g.pdf_sha256 LIMIT 10) o
             JOIN live_invoices l ON l.merchant_id = o.merchant_id AND l.id = o.id
           UNION ALL
           SELECT e.order_id FROM given e JOIN live USING (id)
            WHERE e.merchant_id = g.merchant_id AND e.pdf_sha256 = g.pdf_sha256 AND e.id < g.id
            LIMIT 1) twin
      ), stored AS (
        INSERT INTO orders (merchant_id, id, appid, order_id, card_id, invoice_number, invoice, person, content_sha256,
                            pdf_sha256, trip_pdf_sha256, checked, replaces)
        SELECT merchant_id, id, appid, g.order_id, card_id, invoice_number, invoice, person, content_sha256, pdf_sha256,
               trip_pdf_sha256,
               CASE WHEN twins.id IS NULL THEN checked ELSE jsonb_insert(checked, '{warnings,-1}', '"PDF-SHARED-01"', true) END,
               replaces
          FROM given g JOIN live USING (id) LEFT JOIN twins USING (id)
        RETURNING merchant_id, id, created_at
      ), files AS (
        INSERT INTO pdfs (merchant_id, id, part, stored_at, body, sealed)
        SELECT s.merchant_id, id, part, created_at, body, true
          FROM stored s JOIN (VALUES ${rows('id', 'pdf', 'trip_pdf')}) AS file (id, pdf, trip_pdf) USING (id)
         CROSS JOIN LATERAL (VALUES ('pdf', pdf), ('trip_pdf', trip_pdf)) AS one (part, body)
         WHERE body IS NOT NULL
      ), waiting AS (
        INSERT INTO insertions (merchant_id, id, issuer_appid, state, due_at)
        SELECT s.merchant_id, id, issuer_appid, 'accepted', created_at FROM given JOIN stored s USING (id)
      ), told AS (
        INSERT INTO events (merchant_id, id, seq, at, type) SELECT merchant_id, id, 1, created_at, 'accepted' FROM stored
      )
      SELECT id, created_at, twins.order_id AS twin FROM stored LEFT JOIN twins USING (id)`,
  };
}

/** The parameter of a column in the n-th row that `accept` takes. */
function parameter(n: number, name: string): string {
  const column = ACCEPT_COLUMNS.findIndex(([one]) => one === name);
  return `$${n * ACCEPT_COLUMNS.length + column + 1}::${ACCEPT_COLUMNS[column]?.[1]}`;
}

/**
 * Takes due rows under a lease, each for one worker; their state stays as it is. `$1` how many, `$2` who, `$3` lease in
 * seconds, `$4` how many more each account may take ({appid: number}; an account left out has no limit of its own),
 * `$5` held accounts (appid) and merchants (id) for which one row may pass as a canary, `$6` each merchant's latest turn
 * ({id: a growing number}). Fair: the merchants with queued rows are found by a loose index scan and share the hands
 * equally, and what one account may take; who was served longest ago goes first. Held ones are passed over, but for their
 * canaries. A merchant is served under each account it had. Rows whose upload is running out go first, then the oldest;
 * nobody's locked rows are waited for.
 * A claim whose lease ran out is a crash where its worker is gone (`workers`), and none where the database stood still.
 * now() and not clock_timestamp() in the condition, because only a stable function can use the index.
 */
export const CLAIM: Statement = {
  name: 'claim',
  text: `
    WITH RECURSIVE queued AS (
      (SELECT merchant_id FROM insertions WHERE due_at IS NOT NULL ORDER BY merchant_id LIMIT 1)
      UNION ALL
      SELECT (SELECT i.merchant_id FROM insertions i
               WHERE i.due_at IS NOT NULL AND i.merchant_id > q.merchant_id ORDER BY i.merchant_id LIMIT 1)
        FROM queued q WHERE q.merchant_id IS NOT NULL
    ), known AS (
      SELECT m.id AS merchant_id, account.issuer_appid, merchant_held OR account_held AS held,
             (merchant_held OR account_held) AND (NOT merchant_held OR m.id::text = ANY ($5)) AND (NOT account_held OR account.issuer_appid = ANY ($5)) AS canary
        FROM queued q JOIN merchants m ON m.id = q.merchant_id
       CROSS JOIN LATERAL unnest(m.issuer_appid || m.former_issuers) AS account (issuer_appid)
       CROSS JOIN LATERAL (
         SELECT coalesce(bool_or(h.merchant_id = m.id), false) AS merchant_held,
                coalesce(bool_or(h.appid = account.issuer_appid), false) AS account_held
           FROM holds h WHERE h.lifted_at IS NULL AND (h.until IS NULL OR h.until > now())
                          AND (h.appid = account.issuer_appid OR h.merchant_id = m.id)) hold
    ), served AS (
      SELECT merchant_id, issuer_appid, canary, coalesce(($6::jsonb ->> merchant_id::text)::bigint, 0) AS latest,
             CASE WHEN canary THEN 1 ELSE least($1::integer, ($4::jsonb ->> issuer_appid)::integer) END AS free,
             ceil($1::numeric / nullif(count(*) FILTER (WHERE NOT held) OVER (), 0)) AS share
        FROM known WHERE canary OR NOT held
    ), turns AS (
      SELECT one.*, kind.fresh FROM served one CROSS JOIN (VALUES (false), (true)) AS kind (fresh) ORDER BY latest, fresh
    ), due AS (
      SELECT s.issuer_appid, s.canary, s.free, s.latest, s.fresh, row.merchant_id, row.id, row.due_at
        FROM turns s
       CROSS JOIN LATERAL (
         SELECT merchant_id, id, due_at FROM insertions i
          WHERE i.merchant_id = s.merchant_id AND i.issuer_appid = s.issuer_appid
            AND (i.media_id IS NULL) = s.fresh AND i.due_at <= now()
          ORDER BY i.due_at LIMIT least(s.share, s.free) FOR UPDATE SKIP LOCKED
       ) row
       LIMIT $1
    ), lined_up AS (
      SELECT *, row_number() OVER (PARTITION BY issuer_appid, merchant_id ORDER BY fresh, due_at) AS nth FROM due
    ), taken AS (
      SELECT * FROM (
        SELECT *, row_number() OVER (PARTITION BY issuer_appid, canary ORDER BY nth, latest) AS place FROM lined_up) ranked
       WHERE place <= free
    )
    UPDATE insertions i
       SET fence = i.fence + 1, claimed_by = $2,
           crashes = i.crashes + (i.claimed_by IS NOT NULL AND NOT EXISTS (
             SELECT FROM workers w WHERE w.name = i.claimed_by
                AND w.seen_at > clock_timestamp() - make_interval(secs => $3)))::integer,
           due_at = clock_timestamp() + make_interval(secs => $3)
      FROM taken t JOIN orders o ON o.merchant_id = t.merchant_id AND o.id = t.id
     WHERE i.merchant_id = t.merchant_id AND i.id = t.id
    RETURNING i.*, o.appid, o.order_id, o.card_id, o.invoice, o.person AS order_person, o.pdf_sha256, o.trip_pdf_sha256,
              o.card_id = (SELECT m.card_id FROM merchants m WHERE m.id = i.merchant_id) AS card_by_default,
              t.canary, clock_timestamp() AS now`,
};

/** The PDFs of claimed orders. `$1` merchants, `$2` ids. They are stored at the order's or its revision's very instant, which names their partition. */
export const PDFS: Statement = {
  name: 'pdfs',
  text: `
    SELECT p.id, p.part, p.body, p.sealed
      FROM unnest($1::uuid[], $2::uuid[]) AS wanted (merchant_id, id)
      JOIN orders o ON o.merchant_id = wanted.merchant_id AND o.id = wanted.id
      JOIN pdfs p ON p.merchant_id = o.merchant_id AND p.id = o.id AND p.stored_at = coalesce(o.files_at, o.created_at)`,
};

/**
 * The write-ahead: state sending and one open attempt, before a byte is sent; the lease begins anew. A row that was
 * claimed again meanwhile is left out of the answer and must not be sent. `$1` rows, `$2` lease in seconds.
 */
export const INTEND: Statement = {
  name: 'intend',
  text: `
    WITH given AS (
      SELECT * FROM jsonb_to_recordset($1::jsonb) AS g (merchant_id uuid, id uuid, fence bigint, claimed_by text, state text,
        n integer, kind text, request_sha256 text, media_id text, trip_media_id text, uploaded_at timestamptz, probes integer,
        uploaded boolean, upload_story jsonb)
    ), moved AS (
      UPDATE insertions i
         SET state = g.state, attempts = g.n, probes = g.probes, media_id = g.media_id,
             trip_media_id = g.trip_media_id, uploaded_at = g.uploaded_at, reinserted = false,
             events = i.events + 1 + g.uploaded::integer,
             due_at = clock_timestamp() + make_interval(secs => $2), updated_at = clock_timestamp()
        FROM given g
       WHERE i.merchant_id = g.merchant_id AND i.id = g.id AND i.fence = g.fence AND i.claimed_by = g.claimed_by
         AND i.attempts = g.n - 1
      RETURNING i.merchant_id, i.id, i.events, g.fence, g.n, g.kind, g.request_sha256, g.uploaded, g.upload_story
    ), opened AS (
      INSERT INTO open_attempts (merchant_id, id, n, kind, fence, request_sha256, started_at)
      SELECT merchant_id, id, n, kind, fence, decode(request_sha256, 'hex'), clock_timestamp() FROM moved
    ), told AS (
      INSERT INTO events (merchant_id, id, seq, at, type, data)
      SELECT merchant_id, id, events - 1, clock_timestamp(), 'uploaded', upload_story FROM moved WHERE uploaded
      UNION ALL
      SELECT merchant_id, id, events, clock_timestamp(), 'sending', jsonb_build_object('attempt', n, 'kind', kind) FROM moved
    )
    SELECT id, fence FROM moved`,
};

/**
 * Records what steps came to: the new present, the closed attempt and the event, under the fence; the lease ends. A card
 * whose code this answer did not carry takes it from a late answer that did.
 * Repeating it changes nothing, because the first time has ended the claim. `$1` rows. Finding an attempt without its
 * process is no result: crashes in a row go on being counted.
 */
export const RECORD: Statement = {
  name: 'record',
  text: `
    WITH given AS (
      SELECT * FROM jsonb_to_recordset($1::jsonb) AS g (merchant_id uuid, id uuid, fence bigint, claimed_by text, state text,
        reason text, due_in float8, tries integer, probes integer, authorization_checks integer, reuploads integer, media_id text,
        trip_media_id text, uploaded_at timestamptz, doubt_since timestamptz, doubt_restored boolean,
        order_consumed boolean, invoice_free boolean,
        waiting_since timestamptz, card_code text, card_code_state text, person text, outcome text, sent text, errcode integer, errmsg text, hint text,
        http_status integer, classifier_version integer, event jsonb)
    ), moved AS (
      UPDATE insertions i
         SET state = g.state, reason = g.reason, due_at = clock_timestamp() + make_interval(secs => g.due_in),
             claimed_by = NULL, tries = g.tries,
             crashes = CASE g.outcome WHEN 'orphaned' THEN i.crashes ELSE 0 END, probes = g.probes,
             authorization_checks = g.authorization_checks, reuploads = g.reuploads, media_id = g.media_id,
             trip_media_id = g.trip_media_id, uploaded_at = g.uploaded_at, doubt_since = g.doubt_since,
             doubt_restored = g.doubt_restored, order_consumed = g.order_consumed, waiting_since = g.waiting_since, card_code = coalesce(g.card_code, e.card_code),
             card_code_state = CASE WHEN e.card_code IS NULL THEN g.card_code_state ELSE 'known' END,
             person = coalesce(decode(g.person, 'base64'), e.person), events = i.events + 1,
             updated_at = clock_timestamp()
        FROM given g
        LEFT JOIN LATERAL (
          SELECT card_code, person FROM evidence w
           WHERE w.merchant_id = g.merchant_id AND w.id = g.id AND w.card_code IS NOT NULL
             AND g.state = 'inserted' AND g.card_code IS NULL
           LIMIT 1) e ON true
       WHERE i.merchant_id = g.merchant_id AND i.id = g.id AND i.fence = g.fence AND i.claimed_by = g.claimed_by
      RETURNING i.merchant_id, i.id, i.fence, i.events, g.state, g.invoice_free, g.outcome, g.sent, g.errcode, g.errmsg, g.hint, g.http_status,
                g.classifier_version, g.event
    ), closed AS (
      DELETE FROM open_attempts a USING moved m WHERE a.merchant_id = m.merchant_id AND a.id = m.id
      RETURNING a.*
    ), kept AS (
      INSERT INTO attempts (merchant_id, id, n, kind, outcome, sent, errcode, errmsg, hint, http_status,
                            classifier_version, request_sha256, started_at, ended_at)
      SELECT c.merchant_id, c.id, c.n, c.kind, m.outcome, m.sent, m.errcode, m.errmsg, m.hint, m.http_status,
             m.classifier_version, c.request_sha256,
             c.started_at, clock_timestamp()
        FROM closed c JOIN moved m USING (id)
    ), freed AS (
      DELETE FROM live_invoices l USING moved m
       WHERE l.merchant_id = m.merchant_id AND l.id = m.id AND m.invoice_free
    ), told AS (
      INSERT INTO events (merchant_id, id, seq, at, type, data)
      SELECT merchant_id, id, events, clock_timestamp(), state, event FROM moved
    )
    SELECT id, fence FROM moved`,
};
