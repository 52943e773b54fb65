import { Received } from './receiver';

/** A message as it was written with its event. */
export interface Written {
  id: string;
  path: string;
  orderId: string;
  sequence: number;
}

/** What one receipt says. */
export type Receipt = Pick<Received, 'path' | 'id' | 'at'> & { orderId: string; sequence: number };

export function receiptOf({ path, id, at, body }: Received): Receipt {
  const { order_id, sequence } = body.data as { order_id: string; sequence: number };
  return { path, id, at, orderId: order_id, sequence };
}

/** Everything that was promised of these messages and is not so: each at least once, one id each, no gap in an order. */
export function brokenPromises(written: Written[], receipts: Receipt[]): string[] {
  const ids = groups(receipts, ({ path, orderId, sequence }) => `${path} ${orderId} ${sequence}`);
  const broken: string[] = [];
  for (const { id, path, orderId, sequence } of written) {
    const heard = new Set(ids.get(`${path} ${orderId} ${sequence}`)?.map((one) => one.id));
    if (heard.size === 0) broken.push(`${path} never heard ${orderId} ${sequence}`);
    else if (heard.size > 1 || !heard.has(id)) broken.push(`${path} heard ${orderId} ${sequence} under other ids`);
  }
  for (const [order, of] of groups(receipts, ({ path, orderId }) => `${path} ${orderId}`)) {
    const heard = [...new Set(of.map(({ sequence }) => sequence))].sort((a, b) => a - b);
    if (heard.some((sequence, n) => sequence !== n + 1)) broken.push(`${order} has a gap: ${heard.join(', ')}`);
  }
  return broken;
}

/** How long a share of the messages took at most until they were first heard, in ms. */
export function percentile(share: number, written: (Written & { at: Date })[], receipts: Receipt[]): number {
  const first = new Map<string, number>();
  for (const { id, at } of receipts) first.set(id, Math.min(at, first.get(id) ?? Infinity));
  const delays = written.map(({ id, at }) => (first.get(id) ?? Infinity) - at.getTime()).sort((a, b) => a - b);
  return delays[Math.ceil(delays.length * share) - 1] as number;
}

function groups<T>(items: T[], key: (item: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) found.set(key(item), [...(found.get(key(item)) ?? []), item]);
  return found;
}
