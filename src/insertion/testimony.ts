import { PoolClient } from 'pg';
import { Subject } from './settle';

/**
 * Takes the order's invoice and sale again for its card, before the order is begun anew. Else what another order has
 * meanwhile: one invoice has one card, and so has one sale.
 */
export async function takeInvoiceAgain(
  client: PoolClient,
  { merchantId, id }: Subject,
): Promise<'taken' | 'invoice_taken' | 'order_replaced'> {
  const key = [merchantId, id];
  await client.query(
    `INSERT INTO live_invoices (merchant_id, id, invoice_code, invoice_number, sale)
     SELECT merchant_id, id, invoice ->> 'code', invoice_number, piaoka_sale(merchant_id, id)
       FROM orders WHERE merchant_id = $1 AND id = $2
     ON CONFLICT DO NOTHING`,
    key,
  );
  const { rows } = await client.query<{ own: boolean }>(
    `SELECT l.id = $2 AS own FROM live_invoices l JOIN orders o ON o.merchant_id = $1 AND o.id = $2
      WHERE l.invoice_number = o.invoice_number AND l.invoice_code = o.invoice ->> 'code'`,
    key,
  );
  if (rows.length === 0) return 'order_replaced';
  return rows[0]?.own ? 'taken' : 'invoice_taken';
}

/** Its card is to be cancelled: another order may take its place before that is done. */
export async function giveUpSale(client: PoolClient, { merchantId, id }: Subject): Promise<void> {
  await client.query('UPDATE live_invoices SET sale = NULL WHERE merchant_id = $1 AND id = $2', [merchantId, id]);
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
