import { sampleOrder } from '../../src/demo/sample-order';
import { Chance } from '../../src/sandbox/state/chance';
import { tinyPdf } from '../support/orders';
import { APPID } from '../support/world';

export interface PlannedOrder {
  orderId: string;
  body: string;
  /** What the user said before the merchant posted it. */
  user: 'authorises' | 'rejects' | 'says nothing';
  /** Posted by two of the merchant's machines at the same moment. */
  twice: boolean;
}

/** The orders of a run, the same for the same seed. */
export function planOrders(count: number, seed: string): PlannedOrder[] {
  const chance = new Chance(`orders ${seed}`);
  const first = chance.int(900_000_000);
  return Array.from({ length: count }, (_, n) => {
    const order = sampleOrder({ issuedAt: new Date(), seed: first + n, orderId: `C${first + n}` });
    const drawn = chance.next();
    return {
      orderId: order.order_id,
      body: JSON.stringify({ ...order, pdf: tinyPdf(order.order_id).toString('base64') }),
      user: drawn < 0.015 ? 'rejects' : drawn < 0.03 ? 'says nothing' : 'authorises',
      twice: chance.next() < 0.05,
    };
  });
}

/** What the users of these orders tell the sandbox. */
export function authorizationsOf(orders: readonly PlannedOrder[]): object[] {
  return orders
    .filter(({ user }) => user !== 'says nothing')
    .map(({ orderId, user }) => ({ order_id: orderId, appid: APPID, ...(user === 'rejects' && { reject: true }) }));
}
