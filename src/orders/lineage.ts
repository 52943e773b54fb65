import { DataSource } from 'typeorm';
import { asMerchant } from '../data/statement';
import { Fault, fault } from '../domain/fault';
import { InsertionState } from '../domain/insertion';
import { Errcode } from '../wechat/errcodes';
import { OrderDraft } from './order-draft';

/** Orders that no valid card will come of: another may take their place. */
const OVER: readonly InsertionState[] = ['cancelled', 'refused', 'rejected'];

/**
 * The order whose place a draft takes: of the same merchant, cancelled or on its way there, refused or rejected, or with
 * a card that its user has deleted. An order that was posted before is not judged again, so that repeating it stays safe.
 */
export async function findReplaced(
  dataSource: DataSource,
  draft: OrderDraft,
): Promise<{ id: string; sale: string } | Fault> {
  const { merchantId, appid, orderId, replaces } = draft;
  const rows = await asMerchant(dataSource, merchantId, async (client) => {
    const found = await client.query<Replaced>(
      `SELECT o.id, piaoka_sale(o.merchant_id, o.id) AS sale, i.state,
              c.state = 'pending' OR (c.state = 'refused' AND c.errcode = $5) AS cancelling,
              EXISTS (SELECT FROM orders WHERE merchant_id = $1 AND appid = $3 AND order_id = $4) AS posted
         FROM orders o JOIN insertions i USING (merchant_id, id) LEFT JOIN cancellations c USING (merchant_id, id)
        WHERE o.merchant_id = $1 AND o.order_id = $2 ORDER BY o.appid = $3 DESC LIMIT 1`,
      [merchantId, replaces, appid, orderId, Errcode.UserCardUnavailable],
    );
    return found.rows;
  });
  const [replaced] = rows;
  if (!replaced || replaces === orderId) {
    return fault('REPLACES-UNKNOWN', '/replaces', '没有这个原订单。', 'There is no such order to replace.');
  }
  if (replaced.posted || replaced.cancelling || OVER.includes(replaced.state)) {
    return { id: replaced.id, sale: replaced.sale };
  }
  return fault(
    'REPLACES-STATE',
    '/replaces',
    `原订单为 ${replaced.state}，请先冲红（POST …/cancellation）或等待其结束。`,
    `The order to replace is ${replaced.state}; cancel it first (POST …/cancellation), or wait for its end.`,
  );
}

/** Another order has taken that place already, or the order itself was begun anew. */
export function saleTaken(orderId: string): Fault {
  return fault(
    'REPLACES-STATE',
    '/replaces',
    `订单 ${orderId} 已为这笔交易插卡或在途中；一笔交易同时只有一张卡券。`,
    `Order ${orderId} is on its way or inserted for this sale; a sale has one card at a time.`,
  );
}

interface Replaced {
  id: string;
  sale: string;
  state: InsertionState;
  cancelling: boolean | null;
  posted: boolean;
}
