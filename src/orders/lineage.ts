import { DataSource } from 'typeorm';
import { asMerchant } from '../data/statement';
import { Fault, fault } from '../domain/fault';
import { InsertionState } from '../domain/insertion';
import { OrderDraft } from './order-draft';

/** Orders that no valid card will come of: another may take their place. */
const OVER: readonly InsertionState[] = ['cancelled', 'refused', 'rejected'];

/**
 * The order whose place a draft takes: of the same merchant, cancelled or on its way there, refused or rejected. An order
 * that was posted before is not judged again, so that repeating it stays safe.
 */
export async function findReplaced(dataSource: DataSource, draft: OrderDraft): Promise<{ id: string } | Fault> {
  const { merchantId, appid, orderId, replaces } = draft;
  const rows = await asMerchant(dataSource, merchantId, async (client) => {
    const found = await client.query<Replaced>(
      `SELECT o.id, i.state, c.state = 'pending' AS cancelling,
              EXISTS (SELECT FROM orders WHERE merchant_id = $1 AND appid = $3 AND order_id = $4) AS posted
         FROM orders o JOIN insertions i USING (merchant_id, id) LEFT JOIN cancellations c USING (merchant_id, id)
        WHERE o.merchant_id = $1 AND o.order_id = $2 ORDER BY o.appid = $3 DESC LIMIT 1`,
      [merchantId, replaces, appid, orderId],
    );
    return found.rows;
  });
  const [replaced] = rows;
  if (!replaced || replaces === orderId) {
    return fault('REPLACES-UNKNOWN', '/replaces', '没有这个原订单。', 'There is no such order to replace.');
  }
  if (replaced.posted || replaced.cancelling || OVER.includes(replaced.state)) return { id: replaced.id };
  return fault(
    'REPLACES-STATE',
    '/replaces',
    `原订单为 ${replaced.state}，请先冲红（POST …/cancellation）或等待其结束。`,
    `The order to replace is ${replaced.state}; cancel it first (POST …/cancellation), or wait for its end.`,
  );
}

interface Replaced {
  id: string;
  state: InsertionState;
  cancelling: boolean | null;
  posted: boolean;
}
