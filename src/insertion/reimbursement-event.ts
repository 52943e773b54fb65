import { PoolClient } from 'pg';
import { ReimburseStatus } from '../wechat/wire';

/**
 * Notes on an order's timeline that its card was locked, unlocked, reimbursed or cancelled, unless that was the last thing
 * noted. `source` says who told: `query`, `update` or `callback`; `pushed` is WeChat's time of a push (Unix seconds):
 * one that is older than a push that came before it tells nothing any more. Runs as piaoka_engine; the order's state is not touched.
 */
export async function noteReimbursement(
  client: PoolClient,
  order: { merchantId: string; id: string },
  status: ReimburseStatus,
  source: 'query' | 'update' | 'callback',
  pushed: number | null = null,
): Promise<boolean> {
  const { rows } = await client.query<{ last: string | null; stale: boolean | null }>(
    `SELECT $3::bigint < i.reimbursement_pushed AS stale,
            (SELECT e.data ->> 'reimburse_status' FROM events e
              WHERE e.merchant_id = i.merchant_id AND e.id = i.id AND e.type = 'reimbursement_changed'
              ORDER BY e.seq DESC LIMIT 1) AS last
       FROM insertions i WHERE i.merchant_id = $1 AND i.id = $2 FOR UPDATE OF i`,
    [order.merchantId, order.id, pushed],
  );
  const [row] = rows;
  if (!row || row.stale) return false;
  if (pushed !== null) await remember(client, order, pushed);
  // A card begins unlocked: that is no change.
  if ((row.last ?? 'INVOICE_REIMBURSE_INIT') === status) return false;
  await client.query(
    `WITH noted AS (
       UPDATE insertions SET events = events + 1 WHERE merchant_id = $1 AND id = $2 RETURNING merchant_id, id, events)
     INSERT INTO events (merchant_id, id, seq, at, type, data)
     SELECT merchant_id, id, events, clock_timestamp(), 'reimbursement_changed', $3 FROM noted`,
    [order.merchantId, order.id, { reimburse_status: status, source }],
  );
  return true;
}

async function remember(client: PoolClient, { merchantId, id }: { merchantId: string; id: string }, pushed: number) {
  await client.query('UPDATE insertions SET reimbursement_pushed = $3 WHERE merchant_id = $1 AND id = $2', [
    merchantId,
    id,
    pushed,
  ]);
}
