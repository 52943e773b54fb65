import { DataSource } from 'typeorm';
import { asMerchant } from '../data/statement';
import { Subject } from '../insertion/settle';

/** The merchant's order of a card code; `cardId` null: of whichever template. Null: it has none with this code. */
export async function ownCard(
  dataSource: DataSource,
  { merchantId, issuerAppid }: { merchantId: string; issuerAppid: string },
  code: string,
  cardId: string | null,
): Promise<(Subject & { cardId: string }) | null> {
  const { rows } = await asMerchant(dataSource, merchantId, (client) =>
    client.query<{ id: string; card_id: string }>(
      `SELECT o.id, o.card_id FROM insertions i JOIN orders o ON o.merchant_id = i.merchant_id AND o.id = i.id
        WHERE i.issuer_appid = $2 AND i.card_code = $3 AND i.merchant_id = $1 AND ($4::text IS NULL OR o.card_id = $4)`,
      [merchantId, issuerAppid, code, cardId],
    ),
  );
  const [row] = rows;
  return row ? { merchantId, id: row.id, cardId: row.card_id } : null;
}
