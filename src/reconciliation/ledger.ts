import { DataSource } from 'typeorm';
import { asEngine } from '../data/statement';
import { countsOf, put, TALLY, Tally } from './findings';
import { Page, Step } from './reconciler';
import { RunRow } from './runs';

/** Rows looked at in one statement: a fraction of a second. */
const PAGE = 5000;

/** $1 run, $2 merchant, $3 from, $4 to. */
const IN_SCOPE = `($2::uuid IS NULL OR i.merchant_id = $2) AND ($3::timestamptz IS NULL OR i.created_at >= $3)
  AND ($4::timestamptz IS NULL OR i.created_at < $4)`;

/** What our ledger says of an order, without anybody's data. */
const OURS = `jsonb_strip_nulls(jsonb_build_object('state', i.state, 'reason', i.reason, 'fee', (o.invoice ->> 'fee')::bigint,
  'number', o.invoice_number))`;
const ORDER = 'i.id::text AS subject, i.id AS order_uuid, o.order_id, i.created_at AS order_at';
const JOIN_ORDER = 'JOIN orders o ON o.merchant_id = i.merchant_id AND o.id = i.id';

/** Days after which an order that waits is told, by what it waits for. A person is asked to look after one. */
const AGED = `
  CASE i.state WHEN 'awaiting_authorization' THEN i.waiting_since < now() - interval '3 days'
               WHEN 'needs_human' THEN i.updated_at < now() - interval '1 day'
               ELSE coalesce(i.doubt_since, i.created_at) < now() - interval '1 day' END`;

/** Orders that have waited too long: doubtful, unauthorised, or left to a person. Their index holds no other open order. */
export const agedOrders: (dataSource: DataSource) => Step = (dataSource) =>
  paged(
    dataSource,
    'aged',
    (after) => `
    WITH page AS (
      SELECT i.* FROM insertions i
       WHERE i.state NOT IN ('accepted', 'uploaded', 'sending', 'inserted') AND ${IN_SCOPE}
         AND ${after('i.merchant_id', 'i.state', 'i.created_at', 'i.id')}
       ORDER BY i.merchant_id, i.state, i.created_at, i.id LIMIT ${PAGE}
    ), found AS (
      SELECT i.merchant_id, 'ledger' AS source, 'aged' AS class, ${ORDER}, jsonb_build_object('ours', ${OURS}) AS facts,
             coalesce(i.doubt_since, i.waiting_since, i.created_at) AS since
        FROM page i ${JOIN_ORDER}
       WHERE i.state IN ('awaiting_authorization', 'in_doubt', 'likely_inserted', 'needs_human') AND ${AGED}
    ), put AS (${put('found', '$1')})
    SELECT ${last('merchant_id', 'state', 'created_at', 'id')}, ${TALLY}`,
  );

/** Orders on their way that nobody has carried for a day: no worker runs, or their account is held. */
export const stuckOrders: (dataSource: DataSource) => Step = (dataSource) =>
  paged(
    dataSource,
    'stuck',
    (after) => `
    WITH page AS (
      SELECT i.* FROM insertions i
       WHERE i.due_at IS NOT NULL AND i.state IN ('accepted', 'uploaded', 'sending') AND ${IN_SCOPE}
         AND i.created_at < now() - interval '1 day' AND ${after('i.merchant_id', 'i.created_at', 'i.id')}
       ORDER BY i.merchant_id, i.created_at, i.id LIMIT ${PAGE}
    ), found AS (
      SELECT i.merchant_id, 'ledger' AS source, 'aged' AS class, ${ORDER}, jsonb_build_object('ours', ${OURS}) AS facts,
             i.created_at AS since
        FROM page i ${JOIN_ORDER}
    ), put AS (${put('found', '$1')})
    SELECT ${last('merchant_id', 'created_at', 'id')}, ${TALLY}`,
  );

/** Cancellations that WeChat has not clearly answered for a day: the card still lives in its user's wallet. */
export const openCancellations: (dataSource: DataSource) => Step = (dataSource) =>
  paged(
    dataSource,
    'cancellations',
    (after) => `
    WITH page AS (
      SELECT i.*, c.requested_at FROM cancellations c JOIN insertions i ON i.merchant_id = c.merchant_id AND i.id = c.id
       WHERE c.due_at IS NOT NULL AND c.requested_at < now() - interval '1 day' AND ${IN_SCOPE}
         AND ${after('i.merchant_id', 'i.created_at', 'i.id')}
       ORDER BY i.merchant_id, i.created_at, i.id LIMIT ${PAGE}
    ), found AS (
      SELECT i.merchant_id, 'ledger' AS source, 'aged' AS class, ${ORDER},
             jsonb_build_object('ours', ${OURS} || '{"reason": "cancellation_pending"}') AS facts, i.requested_at AS since
        FROM page i ${JOIN_ORDER}
    ), put AS (${put('found', '$1')})
    SELECT ${last('merchant_id', 'created_at', 'id')}, ${TALLY}`,
  );

/** Cards whose code nobody knows: they cannot be cancelled. */
export const unknownCodes: (dataSource: DataSource) => Step = (dataSource) =>
  paged(
    dataSource,
    'unknown codes',
    (after) => `
    WITH page AS (
      SELECT i.* FROM insertions i
       WHERE i.card_code_state = 'unknown' AND ${IN_SCOPE} AND ${after('i.merchant_id', 'i.created_at', 'i.id')}
       ORDER BY i.merchant_id, i.created_at, i.id LIMIT ${PAGE}
    ), found AS (
      SELECT i.merchant_id, 'ledger' AS source, 'code_unknown' AS class, ${ORDER},
             jsonb_build_object('ours', ${OURS}) AS facts, i.updated_at AS since
        FROM page i ${JOIN_ORDER} WHERE i.state = 'inserted'
    ), put AS (${put('found', '$1')})
    SELECT ${last('merchant_id', 'created_at', 'id')}, ${TALLY}`,
  );

/**
 * What WeChat said last of a card, by a push, by a reimburser's question or by its answer to ours, against our state: a
 * card that is cancelled there and not here, or one that was cancelled here and lives on there.
 */
export const toldByWechat: (dataSource: DataSource) => Step = (dataSource) =>
  paged(
    dataSource,
    'told by WeChat',
    (after) => `
    WITH page AS (
      SELECT e.merchant_id, e.at, e.id, e.seq, e.data ->> 'reimburse_status' AS status FROM events e
       WHERE e.type = 'reimbursement_changed' AND ($2::uuid IS NULL OR e.merchant_id = $2)
         AND ${after('e.merchant_id', 'e.at', 'e.id')}
       ORDER BY e.merchant_id, e.at, e.id LIMIT ${PAGE}
    ), latest AS (
      SELECT p.* FROM page p
       WHERE NOT EXISTS (SELECT FROM events l WHERE l.merchant_id = p.merchant_id AND l.id = p.id AND l.seq > p.seq
                           AND l.type = 'reimbursement_changed')
    ), found AS (
      SELECT i.merchant_id, 'wechat' AS source, 'state' AS class, ${ORDER},
             jsonb_build_object('ours', ${OURS}, 'theirs', jsonb_build_object('reimburse_status', l.status)) AS facts,
             l.at AS since
        FROM latest l JOIN insertions i ON i.merchant_id = l.merchant_id AND i.id = l.id ${JOIN_ORDER}
       WHERE ${IN_SCOPE} AND ((l.status = 'INVOICE_REIMBURSE_CANCEL') <> (i.state = 'cancelled')
         AND (i.state = 'inserted' OR (i.state = 'cancelled' AND l.at > i.updated_at)))
    ), put AS (${put('found', '$1')})
    SELECT ${last('merchant_id', 'at', 'id')}, ${TALLY}`,
  );

type After = (...columns: string[]) => string;
type Row = Tally & { last: string[] | null };

/** A step that reads in the order of a key, page by page; its place is the key of the last row. */
function paged(dataSource: DataSource, name: string, text: (after: After) => string): Step {
  const types: Record<string, string> = {
    merchant_id: 'uuid',
    id: 'uuid',
    created_at: 'timestamptz',
    at: 'timestamptz',
  };
  const after: After = (...columns) => {
    const keys = columns.map((column, n) => `($5::text[])[${n + 1}]::${types[column.slice(2)] ?? 'text'}`);
    return `($5::text[] IS NULL OR (${columns.join(', ')}) > (${keys.join(', ')}))`;
  };
  return {
    name,
    page: (run, place) =>
      asEngine(dataSource, async (client): Promise<Page> => {
        const { rows } = await client.query<Row>(text(after), [...scopeOf(run), place]);
        const row = rows[0] as Row;
        return { next: row.last, counts: countsOf(row) };
      }),
  };
}

/** The key of the page's last row; null where the page is not full, so that nothing follows. */
function last(...columns: string[]): string {
  const order = columns.map((column) => `${column} DESC`).join(', ');
  return `(SELECT ARRAY[${columns.map((column) => `${column}::text`).join(', ')}] FROM page
            WHERE (SELECT count(*) FROM page) = ${PAGE} ORDER BY ${order} LIMIT 1) AS last`;
}

function scopeOf(run: RunRow): unknown[] {
  return [run.id, run.merchant_id, run.from_at, run.to_at];
}
