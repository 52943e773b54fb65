import { PoolClient } from 'pg';
import { ReportSummary } from '../data/entities/report';
import { FindingRow } from './findings';
import { beforeTheEndOf, ofTheDay, ReportRow } from './reports.store';

/** Orders summed in one statement: a fraction of a second. */
const PAGE = 5000;
/** Differences held in memory at a time. */
const BATCH = 500;

/** A difference that stood when the report was made. */
export type Drift = FindingRow & { order_at: Date };

type Line = keyof Omit<ReportSummary, 'issued' | 'drift'>;
type PageRow = { last: string[] | null; lines: { line: Line; count: number; fee: string }[] };

/** The orders accepted on that day, by where they stand now. Read page by page: no statement lasts long at any number. */
export async function summarize(
  client: PoolClient,
  { merchant_id: merchantId, day }: ReportRow,
): Promise<ReportSummary> {
  const none = () => ({ count: 0, fee: 0 });
  const summary = { issued: none(), inserted: none(), open: none(), refused: none(), cancelled: none(), drift: 0 };
  let after: string[] | null = null;
  do {
    const { rows } = await client.query<PageRow>(SUMS, [merchantId, day, after]);
    const page = rows[0] as PageRow;
    for (const { line, count, fee } of page.lines) {
      for (const sum of [summary[line], summary.issued]) {
        sum.count += count;
        sum.fee += Number(fee);
      }
    }
    after = page.last;
  } while (after);
  if (!Number.isSafeInteger(summary.issued.fee)) throw new Error('the sum of the day is more than a number can hold');
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
    [report.merchant_id, report.day],
  );
  return rows[0]?.count ?? 0;
}

/** What differs still of the orders up to that day, oldest order first, a handful at a time. */
export async function* driftOf(client: PoolClient, report: ReportRow): AsyncGenerator<Drift[]> {
  await client.query(
    `DECLARE drift NO SCROLL CURSOR FOR SELECT * FROM findings f WHERE ${DRIFTS} ORDER BY order_at, id`,
    [report.merchant_id, report.day],
  );
  for (;;) {
    const { rows } = await client.query<Drift>(`FETCH ${BATCH} FROM drift`);
    if (rows.length > 0) yield rows;
    if (rows.length < BATCH) break;
  }
  await client.query('CLOSE drift');
}

const SUMS = `
  WITH page AS (
    SELECT o.created_at, o.id, o.merchant_id, (o.invoice ->> 'fee')::bigint AS fee FROM orders o
     WHERE o.merchant_id = $1 AND ${ofTheDay('o.created_at', '$2')}
       AND ($3::text[] IS NULL OR (o.created_at, o.id) > (($3::text[])[1]::timestamptz, ($3::text[])[2]::uuid))
     ORDER BY o.created_at, o.id LIMIT ${PAGE}
  ), lines AS (
    SELECT CASE WHEN i.state IN ('inserted', 'cancelled') THEN i.state
                WHEN i.state IN ('refused', 'rejected') THEN 'refused' ELSE 'open' END AS line,
           count(*)::integer AS count, sum(p.fee)::text AS fee
      FROM page p JOIN insertions i ON i.merchant_id = p.merchant_id AND i.id = p.id GROUP BY 1
  )
  SELECT coalesce((SELECT jsonb_agg(lines) FROM lines), '[]') AS lines,
         (SELECT ARRAY[created_at::text, id::text] FROM page OFFSET ${PAGE - 1}) AS last`;

/** The differences that hold. Of earlier days too: an order is told as aged days after its own. */
const DRIFTS = `merchant_id = $1 AND ${beforeTheEndOf('f.order_at', '$2')} AND state IN ('open', 'accepted')`;
