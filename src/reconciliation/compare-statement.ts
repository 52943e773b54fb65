import { DataSource } from 'typeorm';
import { asEngine } from '../data/statement';
import { toShanghai } from '../domain/shanghai';
import { countsOf, put, TALLY, Tally } from './findings';
import { Step } from './reconciler';

const PAGE = 5000;
/** No card will come of these, and none is left. */
const OVER = `('refused', 'rejected', 'cancelled')`;

/** Each line of a merchant's statement against our ledger: an order we never had, another amount, number or state. */
export function compareLines(dataSource: DataSource): Step {
  return {
    name: 'statement',
    async page(run, place) {
      if (run.source !== 'statement') return { next: null, counts: {} };
      const until = run.to_at && toShanghai(run.to_at);
      const values = [run.id, run.merchant_id, run.from_at, (place as string[] | null) ?? ['', ''], until];
      const { rows } = await asEngine(dataSource, (client) => client.query<Row>(LINES, values));
      const row = rows[0] as Row;
      return { next: row.last, counts: { lines: row.read, ...countsOf(row) } };
    },
  };
}

/** Each of our orders of the statement's days that it does not name, though a card is there or on its way. */
export function findExtra(dataSource: DataSource): Step {
  return {
    name: 'extra',
    async page(run, place) {
      if (run.source !== 'statement') return { next: null, counts: {} };
      const values = [run.id, run.merchant_id, run.from_at, run.to_at, place];
      const { rows } = await asEngine(dataSource, (client) => client.query<Row>(EXTRA, values));
      const row = rows[0] as Row;
      return { next: row.last, counts: { orders: row.read, ...countsOf(row) } };
    },
  };
}

/** Deletes the lines that this run has compared, and those of a day ago whose statement never became a run or whose run failed. */
export function forgetLines(dataSource: DataSource): Step {
  return {
    name: 'statement lines',
    async page(run) {
      const { rowCount } = await asEngine(dataSource, (client) => client.query(FORGET, [run.id]));
      return { next: rowCount === PAGE ? 'more' : null, counts: {} };
    },
  };
}

type Row = Tally & { last: string[] | null; read: number };

const LINES = `
  WITH page AS (
    SELECT * FROM statement_lines WHERE run_id = $1 AND (appid, order_id) > (($4::text[])[1], ($4::text[])[2])
     ORDER BY appid, order_id LIMIT ${PAGE}
  ), compared AS (
    SELECT l.*, o.id, o.created_at, (o.invoice ->> 'fee')::bigint AS our_fee, o.invoice_number AS our_number,
           i.state AS our_state, i.updated_at
      FROM page l
      LEFT JOIN orders o ON o.merchant_id = $2 AND o.appid = l.appid AND o.order_id = l.order_id
      LEFT JOIN insertions i ON i.merchant_id = o.merchant_id AND i.id = o.id
  ), found AS (
    SELECT $2::uuid AS merchant_id, 'statement' AS source, class, coalesce(id::text, appid || '/' || order_id) AS subject,
           id AS order_uuid, order_id, coalesce(created_at, $3) AS order_at,
           jsonb_build_object(
             'theirs', jsonb_strip_nulls(jsonb_build_object('state', state, 'fee', fee, 'number', invoice_number,
               'statement_until', CASE WHEN id IS NULL THEN $5::text END)),
             'ours', CASE WHEN id IS NOT NULL
                          THEN jsonb_build_object('state', our_state, 'fee', our_fee, 'number', our_number) END) AS facts,
           coalesce(updated_at, $3) AS since
      FROM compared
     CROSS JOIN LATERAL unnest(ARRAY[
             CASE WHEN id IS NULL AND state <> 'cancelled' THEN 'missing' END,
             CASE WHEN fee <> our_fee THEN 'amount' END,
             CASE WHEN invoice_number <> our_number THEN 'number' END,
             CASE WHEN CASE state WHEN 'inserted' THEN our_state <> 'inserted'
                                  WHEN 'cancelled' THEN our_state NOT IN ${OVER}
                                  ELSE our_state IN ${OVER} END THEN 'state' END]) AS class
     WHERE class IS NOT NULL
  ), put AS (${put('found', '$1')})
  SELECT (SELECT count(*) FROM page)::integer AS read,
         (SELECT ARRAY[appid, order_id] FROM page OFFSET ${PAGE - 1}) AS last, ${TALLY}`;

const EXTRA = `
  WITH page AS (
    SELECT merchant_id, id, appid, order_id, invoice_number, invoice, created_at FROM orders
     WHERE merchant_id = $2 AND created_at >= $3 AND created_at < $4
       AND ($5::text[] IS NULL OR (created_at, id) > (($5::text[])[1]::timestamptz, ($5::text[])[2]::uuid))
     ORDER BY created_at, id LIMIT ${PAGE}
  ), found AS (
    SELECT p.merchant_id, 'statement' AS source, 'extra' AS class, p.id::text AS subject, p.id AS order_uuid, p.order_id,
           p.created_at AS order_at, p.created_at AS since, jsonb_build_object('ours', jsonb_build_object('state', i.state,
             'fee', (p.invoice ->> 'fee')::bigint, 'number', p.invoice_number)) AS facts
      FROM page p JOIN insertions i ON i.merchant_id = p.merchant_id AND i.id = p.id
     WHERE i.state NOT IN ${OVER} AND NOT EXISTS (
             SELECT FROM statement_lines l WHERE l.run_id = $1 AND l.appid = p.appid AND l.order_id = p.order_id)
  ), put AS (${put('found', '$1')})
  SELECT (SELECT count(*) FROM page)::integer AS read,
         (SELECT ARRAY[created_at::text, id::text] FROM page OFFSET ${PAGE - 1}) AS last, ${TALLY}`;

/** A run's id begins with the time at which its statement began to arrive (RFC 9562 §5.7). */
const FORGET = `
  DELETE FROM statement_lines WHERE ctid = ANY (ARRAY(
    SELECT l.ctid FROM statement_lines l
     WHERE l.run_id = $1
        OR (l.run_id < encode(substring(int8send(floor(extract(epoch FROM now() - interval '1 day') * 1000)::bigint) FROM 3)
                              || '\\x00000000000000000000'::bytea, 'hex')::uuid
            AND NOT EXISTS (SELECT FROM reconciliation_runs r WHERE r.id = l.run_id AND r.state IN ('queued', 'running')))
     LIMIT ${PAGE}))`;
