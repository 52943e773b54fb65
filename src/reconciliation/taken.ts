import { DataSource } from 'typeorm';
import { asEngine } from '../data/statement';

/** What a merchant posted and another merchant has. */
export interface Taken {
  merchantId: string;
  appid: string;
  orderId: string;
  invoiceNumber: string;
  what: 'order' | 'invoice';
}

/** No run has seen it: it is found at the door. */
const NO_RUN = '00000000-0000-0000-0000-000000000000';

/**
 * A finding for administrators: two merchants post the same order number or the same invoice, which neither of them can
 * know. It says nothing of the other merchant, and stays until a person decides.
 */
export async function noteTaken(dataSource: DataSource, taken: Taken): Promise<void> {
  const { merchantId, appid, orderId, invoiceNumber, what } = taken;
  const subject = what === 'order' ? `${appid}/${orderId}` : invoiceNumber;
  const facts = { ours: null, theirs: { taken: what, number: invoiceNumber } };
  await asEngine(dataSource, (client) =>
    client.query(
      `INSERT INTO findings (id, merchant_id, source, class, subject, order_id, order_at, facts, since, opened_by, seen_by)
       VALUES (piaoka_time_id(), $1, 'orders', 'taken', $2, $3, now(), $4, now(), $5, $5)
       ON CONFLICT (merchant_id, source, class, subject) WHERE state IN ('open', 'accepted')
       DO UPDATE SET seen_at = clock_timestamp()`,
      [merchantId, subject, orderId, JSON.stringify(facts), NO_RUN],
    ),
  );
}
