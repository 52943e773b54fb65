import { PoolClient } from 'pg';
import { Subject } from './settle';

/**
 * Takes the order's invoice again for its card, before the order is begun anew. False: meanwhile another order has it,
 * and one invoice has one card.
 */
export async function takeInvoiceAgain(client: PoolClient, { merchantId, id }: Subject): Promise<boolean> {
  await client.query(
    `INSERT INTO live_invoices (merchant_id, id, invoice_code, invoice_number)
     SELECT merchant_id, id, invoice ->> 'code', invoice_number FROM orders WHERE merchant_id = $1 AND id = $2
     ON CONFLICT DO NOTHING`,
    [merchantId, id],
  );
  const { rows } = await client.query('SELECT FROM live_invoices WHERE merchant_id = $1 AND id = $2', [merchantId, id]);
  return rows.length > 0;
}

/** What a person brings forward about an order: kept as evidence beside what WeChat said. */
export async function keepTestimony(
  client: PoolClient,
  { merchantId, id }: Subject,
  testimony: { cardCode: string | null; data: Record<string, unknown> },
): Promise<void> {
  await client.query(
    `INSERT INTO evidence (merchant_id, id, kind, card_code, data) VALUES ($1, $2, 'person', $3, $4)`,
    [merchantId, id, testimony.cardCode, JSON.stringify(testimony.data)],
  );
}

/** When the latest attempt ended, by the database's clock; null: there was none. */
export async function lastAttemptEnded(client: PoolClient, { merchantId, id }: Subject): Promise<Date | null> {
  const { rows } = await client.query<{ ended_at: Date | null }>(
    'SELECT max(ended_at) AS ended_at FROM attempts WHERE merchant_id = $1 AND id = $2',
    [merchantId, id],
  );
  return rows[0]?.ended_at ?? null;
}
