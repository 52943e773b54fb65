import { PoolClient, QueryResultRow } from 'pg';
import { ReportSummary } from '../data/entities/report';
import { InsertionState } from '../domain/insertion';
import { PublicInvoice } from '../domain/personal-data';
import { FindingRow } from './findings';
import { scopeOf } from './report-period';
import { beforeTheEndOf, ReportRow } from './reports.store';

/** Orders summed in one statement: a fraction of a second. */
const PAGE = 5000;
/** Differences held in memory at a time. */
const BATCH = 500;

/** A difference that stood when the report was made. */
export type Drift = FindingRow & { order_at: Date };

type Line = keyof Omit<ReportSummary, 'issued' | 'drift'>;
type PageRow = { last: string[] | null; lines: { line: Line; count: number; fee: string; net: string; tax: string }[] };

/** The orders of a report, by where they stand now. Read page by page: no statement lasts long at any number. */
export async function summarize(client: PoolClient, report: ReportRow): Promise<ReportSummary> {
  const none = () => ({ count: 0, fee: 0, net: 0, tax: 0 });
  const summary = { issued: none(), inserted: none(), open: none(), refused: none(), cancelled: none(), drift: 0 };
  let after: string[] | null = null;
  do {
    const { rows } = await client.query<PageRow>(SUMS, [...scopeValues(report), after]);
    const page = rows[0] as PageRow;
    for (const { line, count, fee, net, tax } of page.lines) {
      for (const sum of [summary[line], summary.issued]) {
        sum.count += count;
        sum.fee += Number(fee);
        sum.net += Number(net);
        sum.tax += Number(tax);
      }
    }
    after = page.last;
  } while (after);
  if (!Number.isSafeInteger(summary.issued.fee)) throw new Error('the sum is more than a number can hold');
  return summary;
}

/** The moment that a transaction's snapshot shows. */
export async function momentOf(client: PoolClient): Promise<Date> {
  const { rows } = await client.query<{ at: Date }>('SELECT transaction_timestamp() AS at');
  return (rows[0] as { at: Date }).at;
}

export async function countDrift(client: PoolClient, report: ReportRow): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM findings f WHERE ${DRIFTS}`,
    [report.merchant_id, report.last_day ?? report.day],
  );
  return rows[0]?.count ?? 0;
}

/** What differs still of the orders up to its last day, oldest order first, a handful at a time. */
export function driftOf(client: PoolClient, report: ReportRow): AsyncGenerator<Drift[]> {
  const text = `SELECT * FROM findings f WHERE ${DRIFTS} ORDER BY order_at, id`;
  return handfuls(client, 'drift', text, [report.merchant_id, report.last_day ?? report.day]);
}

/** One invoice of the report, and where its order stands. */
export interface InvoiceRow {
  order_id: string;
  created_at: Date;
  state: InsertionState;
  invoice: PublicInvoice;
  card_code: string | null;
}

/** The invoices, in the order in which they were accepted, a handful at a time. */
export function invoicesOf(client: PoolClient, report: ReportRow): AsyncGenerator<InvoiceRow[]> {
  const text = `SELECT o.order_id, o.created_at, i.state, o.invoice, i.card_code
      FROM orders o JOIN insertions i ON i.merchant_id = o.merchant_id AND i.id = o.id
     WHERE ${ACCEPTED} AND ${ISSUED} ORDER BY o.created_at, o.id`;
  return handfuls(client, 'invoices', text, scopeValues(report));
}

async function* handfuls<Row extends QueryResultRow>(
  client: PoolClient,
  name: 'drift' | 'invoices',
  text: string,
  values: unknown[],
): AsyncGenerator<Row[]> {
  await client.query(`DECLARE ${name} NO SCROLL CURSOR FOR ${text}`, values);
  for (;;) {
    const { rows } = await client.query<Row>(`FETCH ${BATCH} FROM ${name}`);
    if (rows.length > 0) yield rows;
    if (rows.length < BATCH) break;
  }
  await client.query(`CLOSE ${name}`);
}

function scopeValues(report: ReportRow): unknown[] {
  const { acceptedFrom, acceptedTo, issuedFrom, issuedTo } = scopeOf(report);
  return [report.merchant_id, acceptedFrom, acceptedTo, issuedFrom, issuedTo];
}

const ACCEPTED = 'o.merchant_id = $1 AND o.created_at >= $2::timestamptz AND o.created_at < $3::timestamptz';
const ISSUED = `($4::bigint IS NULL OR ((o.invoice ->> 'issuedAt')::bigint >= $4 AND (o.invoice ->> 'issuedAt')::bigint < $5::bigint))`;

const SUMS = `
  WITH page AS (
    SELECT o.created_at, o.id, o.merchant_id, o.invoice, ${ISSUED} AS counts FROM orders o
     WHERE ${ACCEPTED}
       AND ($6::text[] IS NULL OR (o.created_at, o.id) > (($6::text[])[1]::timestamptz, ($6::text[])[2]::uuid))
     ORDER BY o.created_at, o.id LIMIT ${PAGE}
  ), lines AS (
    SELECT CASE WHEN i.state IN ('inserted', 'cancelled') THEN i.state
                WHEN i.state IN ('refused', 'rejected') THEN 'refused' ELSE 'open' END AS line,
           count(*)::integer AS count, sum((p.invoice ->> 'fee')::bigint)::text AS fee,
           coalesce(sum((p.invoice ->> 'feeWithoutTax')::bigint), 0)::text AS net,
           coalesce(sum((p.invoice ->> 'tax')::bigint), 0)::text AS tax
      FROM page p JOIN insertions i ON i.merchant_id = p.merchant_id AND i.id = p.id WHERE p.counts GROUP BY 1
  )
  SELECT coalesce((SELECT jsonb_agg(lines) FROM lines), '[]') AS lines,
         (SELECT ARRAY[created_at::text, id::text] FROM page OFFSET ${PAGE - 1}) AS last`;

/** The differences that hold. Of earlier days too: an order is told as aged days after its own. */
const DRIFTS = `merchant_id = $1 AND ${beforeTheEndOf('f.order_at', '$2')} AND state IN ('open', 'accepted')`;
