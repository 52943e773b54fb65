import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Sealer } from '../data/sealed';
import { asEngineFor } from '../data/statement';
import { Invoice } from '../domain/invoice';
import { PersonalData, PublicInvoice, unite } from '../domain/personal-data';
import { sameDigest } from '../insertion/pdf-store';
import { Acceptance, Found, StoredFirst } from './acceptance';
import { differingPointers } from './differing-pointers';
import { invoiceView } from './invoice-view';
import { OrderDraft } from './order-draft';

/** Why an order was not stored, or would not be; null: nothing stands against it any more. */
export function whyLeftOut(dataSource: DataSource, sealer: Sealer, draft: OrderDraft): Promise<Found | null> {
  return asEngineFor(dataSource, draft.merchantId, async (client) => {
    const own = await client.query<ExistingOrder>(FIRST_REVISION, [draft.merchantId, draft.appid, draft.orderId]);
    const [existing] = own.rows;
    if (existing) return foundBy(draft, firstOf(existing, sealer));

    const taken = await client.query(
      `SELECT FROM orders WHERE appid = $1 AND order_id = $2
       UNION ALL SELECT FROM authorizations WHERE appid = $1 AND order_id = $2 AND merchant_id <> $3`,
      [draft.appid, draft.orderId, draft.merchantId],
    );
    if (taken.rows.length > 0) return refused({ kind: 'order_taken' });

    const live = await client.query<{ merchant_id: string; order_id: string }>(
      `SELECT o.merchant_id, o.order_id FROM live_invoices l JOIN orders o USING (merchant_id, id)
        WHERE l.invoice_number = $1 AND l.invoice_code = $2`,
      [draft.invoice.number, draft.invoice.code],
    );
    const [holder] = live.rows;
    if (!holder) return draft.saleId === null ? null : liveOfSale(client, draft);
    const orderId = holder.merchant_id === draft.merchantId ? holder.order_id : null;
    return refused({ kind: 'invoice_taken', orderId });
  });
}

/** An order as it was posted first. The hash depends on how a version of this program writes an order; what decides is the content. */
function firstOf(row: ExistingOrder, sealer: Sealer): StoredFirst {
  return {
    id: row.id,
    differs: (other) => {
      if (row.content_sha256.equals(other.contentSha256)) return [];
      const personal = row.person && (JSON.parse(sealer.open(row.person, `orders|${row.id}`)) as PersonalData);
      return differences({ ...row, invoice: unite(row.invoice, personal) }, other);
    },
  };
}

function foundBy(draft: OrderDraft, stored: StoredFirst): Found {
  const pointers = stored.differs(draft);
  return {
    acceptance: pointers.length > 0 ? { kind: 'conflict', pointers } : { kind: 'replayed', id: stored.id },
    stored,
  };
}

function refused(acceptance: Acceptance): Found {
  return { acceptance, stored: null };
}

/** Where another post differs from the one that was stored. */
export function differencesFrom(stored: OrderDraft, other: OrderDraft): string[] {
  const { cardId, invoice, pdfSha256, tripPdfSha256, replacesId } = stored;
  const before = { card_id: cardId, pdf_sha256: pdfSha256, trip_pdf_sha256: tripPdfSha256, replaces: replacesId };
  return differences({ ...before, invoice }, other);
}

type Content = Pick<ExistingOrder, 'card_id' | 'pdf_sha256' | 'trip_pdf_sha256' | 'replaces'> & { invoice: Invoice };

function differences(before: Content, now: OrderDraft): string[] {
  const ofData = differingPointers(
    { card_id: before.card_id, invoice: { ...invoiceView(before.invoice) } },
    // Without one the order keeps the default that it was given.
    { card_id: now.cardNamed ? now.cardId : before.card_id, invoice: { ...invoiceView(now.invoice) } },
    '',
  );
  return [
    ...ofData,
    ...(before.pdf_sha256.equals(now.pdfSha256) ? [] : ['/pdf']),
    ...(sameDigest(before.trip_pdf_sha256, now.tripPdfSha256) ? [] : ['/trip_pdf']),
    ...(before.replaces === now.replacesId ? [] : ['/replaces']),
  ];
}

async function liveOfSale(client: PoolClient, { merchantId, saleId }: OrderDraft): Promise<Found | null> {
  const { rows } = await client.query<{ order_id: string }>(
    `SELECT o.order_id FROM live_invoices l JOIN orders o USING (merchant_id, id) WHERE l.merchant_id = $1 AND l.sale = $2`,
    [merchantId, saleId],
  );
  return rows[0] ? refused({ kind: 'sale_taken', orderId: rows[0].order_id }) : null;
}

/** An order as it was posted, whatever it became since. */
const FIRST_REVISION = `
  SELECT o.id, o.content_sha256, o.replaces, f.*
    FROM orders o
    LEFT JOIN order_revisions r ON r.merchant_id = o.merchant_id AND r.id = o.id AND r.revision = 1
   CROSS JOIN LATERAL (
     SELECT o.card_id, o.invoice, o.person, o.pdf_sha256, o.trip_pdf_sha256 WHERE r.id IS NULL
     UNION ALL
     SELECT r.card_id, r.invoice, r.person, r.pdf_sha256, r.trip_pdf_sha256 WHERE r.id IS NOT NULL) f
   WHERE o.merchant_id = $1 AND o.appid = $2 AND o.order_id = $3`;

interface ExistingOrder {
  id: string;
  card_id: string;
  invoice: PublicInvoice;
  person: Buffer | null;
  content_sha256: Buffer;
  pdf_sha256: Buffer;
  trip_pdf_sha256: Buffer | null;
  replaces: string | null;
}
