import { PoolClient } from 'pg';
import { KEEP_REVISIONS } from './revise';

/**
 * Merchants that are held for a default template which is no longer theirs go on: the orders that were to carry it, and of
 * which nothing was sent that may have made a card, carry the new one. Asked after whatever may have changed a default.
 */
export async function useMendedTemplates(client: PoolClient): Promise<void> {
  const { rows } = await client.query<Mended>(LIFT);
  for (const { merchant_id, refused, card_id } of rows) {
    const held = await client.query<{ id: string }>(HELD, [merchant_id, refused]);
    const ids = held.rows.map(({ id }) => id);
    await client.query(KEEP_REVISIONS, [merchant_id, ids]);
    await client.query(GIVE, [merchant_id, ids, card_id]);
  }
}

/**
 * Asked after a hold for a default template was placed: an order that was on its way while the default changed brings a hold
 * for what is a default no more. Whoever is changing the merchant is waited for.
 */
export async function useMendedTemplate(client: PoolClient, merchantId: string): Promise<void> {
  await client.query('SELECT FROM merchants WHERE id = $1 FOR SHARE', [merchantId]);
  await useMendedTemplates(client);
}

interface Mended {
  merchant_id: string;
  refused: string;
  card_id: string;
}

const LIFT = `
  UPDATE holds h SET lifted_at = clock_timestamp(), lifted_by = 'card_id changed' FROM merchants m
   WHERE m.id = h.merchant_id AND h.lifted_at IS NULL AND h.card_id IS NOT NULL AND m.card_id <> h.card_id
  RETURNING h.merchant_id, h.card_id AS refused, m.card_id`;

/** Locked until the end of the transaction: no worker takes them meanwhile. */
const HELD = `
  SELECT i.id FROM insertions i JOIN orders o ON o.merchant_id = i.merchant_id AND o.id = i.id
   WHERE i.merchant_id = $1 AND o.card_id = $2
     AND i.state IN ('accepted', 'uploaded', 'awaiting_authorization') AND i.claimed_by IS NULL
     AND i.doubt_since IS NULL AND NOT i.doubt_denied AND NOT i.order_consumed
     AND NOT EXISTS (SELECT FROM attempts a WHERE a.merchant_id = i.merchant_id AND a.id = i.id
                        AND a.outcome IN ('unclear', 'orphaned', 'inserted'))
   FOR UPDATE OF i`;

const GIVE = `
  UPDATE orders SET revision = revision + 1, revised_at = now(), card_id = $3
   WHERE merchant_id = $1 AND id = ANY ($2::uuid[])`;
