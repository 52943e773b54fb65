import { PoolClient } from 'pg';
import { Settlements } from './settle';

/**
 * `woken`: due now · `busy`: being sent, and the answer may be older than the user's decision · `not_waiting` · `unknown`:
 * no such order here
 */
export type Woken = 'woken' | 'busy' | 'not_waiting' | 'unknown';

/**
 * The user has decided about this order. If it waits for that it is due at once: authorised, it is sent; else WeChat is
 * asked how it stands. Runs as piaoka_engine.
 */
export async function wake(
  client: PoolClient,
  settlements: Settlements,
  { appid, orderId }: { appid: string; orderId: string },
  authorized: boolean,
): Promise<Woken> {
  const { rows } = await client.query<{ merchant_id: string; id: string }>(
    'SELECT merchant_id, id FROM orders WHERE appid = $1 AND order_id = $2 LIMIT 1',
    [appid, orderId],
  );
  const [order] = rows;
  const locked = order && (await settlements.lock(client, { merchantId: order.merchant_id, id: order.id }));
  if (!order || !locked) return 'unknown';
  if (locked.insertion.state === 'sending') return 'busy';
  if (locked.insertion.state !== 'awaiting_authorization') return 'not_waiting';
  if (authorized) {
    const { kind } = await settlements.settle(client, locked, { kind: 'authorized' });
    return kind === 'settled' ? 'woken' : 'not_waiting';
  }
  // What may have been sent before a restore is left to its quiet period.
  const due = await client.query(
    `UPDATE insertions SET due_at = clock_timestamp() + make_interval(secs => $3)
      WHERE merchant_id = $1 AND id = $2 AND claimed_by IS NULL RETURNING id`,
    [order.merchant_id, order.id, settlements.quietLeft(locked)],
  );
  return due.rows.length > 0 ? 'woken' : 'busy';
}
