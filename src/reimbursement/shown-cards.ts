import { createHash } from 'node:crypto';
import { PoolClient } from 'pg';
import { Sealer } from '../data/sealed';
import { noteReimbursement } from '../insertion/reimbursement-event';
import { encryptCodeOf } from '../wechat/encrypt-code';
import { InvoiceNumbers } from '../wechat/invoice-shape';
import { ShownCard } from '../wechat/reimburser-client';
import { ReimburseStatus } from '../wechat/wire';

/** A card as WeChat showed it. */
export interface SeenCard {
  cardId: string;
  orderId: string;
  numbers: InvoiceNumbers;
  status: ReimburseStatus | null;
  /** Null where an answer for many cards does not say which item was asked for by it. */
  encryptCode: string | null;
}

interface OrderKey {
  merchant_id: string;
  id: string;
}

/**
 * Keeps what was learnt about a card of one of our orders: how to read it back, and its state on the order's timeline. It is
 * ours when order_id, card_id and the invoice's numbers all agree. Returns whether it is. Runs as piaoka_engine.
 * `askedAt`, of performance.now(): what we change while WeChat answers is later than its answer.
 */
export async function keepSeen(
  client: PoolClient,
  sealer: Sealer,
  appid: string,
  seen: SeenCard,
  askedAt: number,
): Promise<boolean> {
  const { rows } = await client.query<OrderKey>(
    `SELECT o.merchant_id, o.id FROM live_invoices l JOIN orders o USING (merchant_id, id)
      WHERE l.invoice_number = $1 AND l.invoice_code = $2 AND o.order_id = $3 AND o.card_id = $4`,
    [seen.numbers.number, seen.numbers.code, seen.orderId, seen.cardId],
  );
  const [order] = rows;
  if (!order) return false;
  if (seen.encryptCode !== null) {
    const card = { card_id: seen.cardId, encrypt_code: seen.encryptCode };
    await client.query(
      `INSERT INTO shown_cards (merchant_id, id, card_id, encrypt_code, shown_sha256, appid, reimburse_status)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (merchant_id, id) DO UPDATE
         SET card_id = $3, encrypt_code = $4, shown_sha256 = $5, appid = $6, reimburse_status = $7,
             read_at = clock_timestamp()`,
      [
        order.merchant_id,
        order.id,
        seen.cardId,
        sealer.seal(mended(seen.encryptCode), `shown_cards|${order.id}`),
        shownSha256(card),
        appid,
        seen.status,
      ],
    );
  }
  if (seen.status) {
    const subject = { merchantId: order.merchant_id, id: order.id };
    await noteReimbursement(client, subject, seen.status, 'query', { heard: askedAt });
  }
  return true;
}

/** WeChat took a change of these cards, at `answeredAt` of performance.now(): those that are known to be ours say so on their timelines. */
export async function keepChanged(
  client: PoolClient,
  cards: ShownCard[],
  status: ReimburseStatus,
  answeredAt: number,
): Promise<void> {
  const { rows } = await client.query<OrderKey>(
    // Locked in one order for everybody, so that two batches with the same cards cannot wait for each other.
    `WITH locked AS (
       SELECT merchant_id, id FROM shown_cards WHERE shown_sha256 = ANY ($1) ORDER BY id FOR UPDATE
     ), changed AS (
       UPDATE shown_cards s SET reimburse_status = $2, read_at = clock_timestamp()
         FROM locked l WHERE s.merchant_id = l.merchant_id AND s.id = l.id RETURNING s.merchant_id, s.id)
     SELECT merchant_id, id FROM changed ORDER BY id`,
    [cards.map(shownSha256), status],
  );
  for (const { merchant_id: merchantId, id } of rows)
    await noteReimbursement(client, { merchantId, id }, status, 'update', { heard: answeredAt });
}

/** The card is about to be read back: others come before it next time. The number of cards, for whoever counts. */
export async function noteRead(client: PoolClient, { merchantId, id }: { merchantId: string; id: string }): Promise<1> {
  await client.query('UPDATE shown_cards SET read_at = clock_timestamp() WHERE merchant_id = $1 AND id = $2', [
    merchantId,
    id,
  ]);
  return 1;
}

/** How an order's card can be read again, and in which account's name; null also where its code cannot be opened. */
export async function shownCardOf(
  client: PoolClient,
  sealer: Sealer,
  { merchantId, id }: { merchantId: string; id: string },
): Promise<{ appid: string; card: ShownCard } | null> {
  const { rows } = await client.query<{ appid: string; card_id: string; encrypt_code: Buffer }>(
    'SELECT appid, card_id, encrypt_code FROM shown_cards WHERE merchant_id = $1 AND id = $2',
    [merchantId, id],
  );
  const [row] = rows;
  const encrypt_code = row && sealer.textOf(row.encrypt_code, `shown_cards|${id}`);
  if (!row || typeof encrypt_code !== 'string') return null;
  return { appid: row.appid, card: { card_id: row.card_id, encrypt_code } };
}

/** Those of the cards that no read has connected with an order. */
export async function unknownCards(client: PoolClient, cards: ShownCard[]): Promise<ShownCard[]> {
  const { rows } = await client.query<{ shown_sha256: Buffer }>(
    'SELECT shown_sha256 FROM shown_cards WHERE shown_sha256 = ANY ($1)',
    [cards.map(shownSha256)],
  );
  const known = new Set(rows.map(({ shown_sha256: hash }) => hash.toString('hex')));
  return cards.filter((card) => !known.has(shownSha256(card).toString('hex')));
}

export function shownSha256({ card_id, encrypt_code }: ShownCard): Buffer {
  return createHash('sha256')
    .update(`${card_id}\n${mended(encrypt_code)}`)
    .digest();
}

/** However it was written, it is one card. */
function mended(encryptCode: string): string {
  return encryptCodeOf(encryptCode) ?? encryptCode;
}
