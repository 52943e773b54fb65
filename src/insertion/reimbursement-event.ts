import { PoolClient } from 'pg';
import { ReimburseStatus } from '../wechat/wire';

interface Known {
  last: ReimburseStatus | null;
  late: boolean | null;
}

/** Nothing comes after these. */
const FINAL: readonly ReimburseStatus[] = ['INVOICE_REIMBURSE_CLOSURE', 'INVOICE_REIMBURSE_CANCEL'];

/**
 * Notes on an order's timeline that its card was locked, unlocked, reimbursed or cancelled, unless that was the last thing
 * noted. `source` says who told: `query`, `update` or `callback`. What WeChat said first tells nothing any more where it
 * has said something since, in whichever order both arrive. `when` says when that was: `pushed` is WeChat's time of a push
 * (Unix seconds); `heard`, of performance.now(), is when we asked (`query`: the answer may be as old as the question) or
 * were answered (`update`); default: now. Runs as piaoka_engine; the order's state is not touched.
 */
export async function noteReimbursement(
  client: PoolClient,
  order: { merchantId: string; id: string },
  status: ReimburseStatus,
  source: 'query' | 'update' | 'callback',
  { pushed = null, heard = performance.now() }: { pushed?: number | null; heard?: number } = {},
): Promise<boolean> {
  const key = [order.merchantId, order.id];
  const age = source === 'callback' ? null : (performance.now() - heard) / 1000;
  const { rows } = await client.query<Known>(KNOWN, [...key, pushed, age, source, status]);
  const [row] = rows;
  if (!row || row.late || (row.last && FINAL.includes(row.last))) return false;
  await client.query(REMEMBER, [...key, pushed, age, source]);
  // A card begins unlocked: that is no change.
  if ((row.last ?? 'INVOICE_REIMBURSE_INIT') === status) return false;
  await client.query(
    `WITH noted AS (
       UPDATE insertions SET events = events + 1 WHERE merchant_id = $1 AND id = $2 RETURNING merchant_id, id, events)
     INSERT INTO events (merchant_id, id, seq, at, type, data)
     SELECT merchant_id, id, events, clock_timestamp(), 'reimbursement_changed', $3 FROM noted`,
    [...key, { reimburse_status: status, source }],
  );
  return true;
}

/**
 * The database's clock stands for ours, so that processes whose clocks are wrong agree. A push has whole seconds: one of the
 * second of our own change is held to be from before it, as its own push often is. Our own change is later than any push that
 * has come: WeChat's clock may be ahead of ours.
 */
const KNOWN = `
  SELECT coalesce(to_timestamp($3::bigint), clock_timestamp() - make_interval(secs => $4::float8)) <
           greatest(i.reimbursement_told, CASE WHEN $5 <> 'update' THEN to_timestamp(i.reimbursement_pushed) END,
                    CASE WHEN i.state = 'cancelled' AND $6 <> 'INVOICE_REIMBURSE_CANCEL' THEN i.updated_at END) AS late,
         (SELECT e.data ->> 'reimburse_status' FROM events e
           WHERE e.merchant_id = i.merchant_id AND e.id = i.id AND e.type = 'reimbursement_changed'
           ORDER BY e.seq DESC LIMIT 1) AS last
    FROM insertions i WHERE i.merchant_id = $1 AND i.id = $2 FOR UPDATE OF i`;

/** Of a question only its second counts against pushes: one of the same second may well tell what came after it. */
const REMEMBER = `
  UPDATE insertions
     SET reimbursement_pushed = coalesce($3, reimbursement_pushed),
         reimbursement_told = greatest(reimbursement_told, date_trunc(CASE $5 WHEN 'query' THEN 'second' ELSE 'microseconds' END,
                                       clock_timestamp() - make_interval(secs => $4::float8)))
   WHERE merchant_id = $1 AND id = $2`;
