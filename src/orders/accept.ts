import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { MicroBatch } from '../data/micro-batch';
import { Sealer } from '../data/sealed';
import { asEngine, refusedForGood, run } from '../data/statement';
import { YoungTables } from '../data/young-tables';
import { Invoice } from '../domain/invoice';
import { PersonalData, PublicInvoice, separate, unite } from '../domain/personal-data';
import { accept } from '../insertion/insertion.queue';
import { sameDigest } from '../insertion/pdf-store';
import { Metrics } from '../metrics';
import { invoiceView } from './invoice-view';
import { OrderDraft } from './order-draft';

/** What became of an order that was posted. */
export type Acceptance =
  | ({ kind: 'accepted' } & Kept)
  /** The same content was posted before. */
  | { kind: 'replayed'; id: string }
  /** The order exists with other content; `pointers` says where it differs. */
  | { kind: 'conflict'; pointers: string[] }
  /** Another merchant uses this (appid, order_id). */
  | { kind: 'order_taken' }
  /** The invoice is on its way or inserted; `orderId` names the order where it is the caller's own. */
  | { kind: 'invoice_taken'; orderId: string | null }
  /** `orderId` is on its way or inserted for the sale whose order this one was to replace. */
  | { kind: 'sale_taken'; orderId: string };

export interface Kept {
  id: string;
  createdAt: Date;
  /** order_id of the merchant's order that has this very PDF; null: none. */
  twin: string | null;
}

type Stored = Kept | 'left_out' | { error: unknown };

/** One statement carries at most this many bytes of PDFs. */
const BATCH_BYTES = 8 * 1024 * 1024;
/** A merchant is not kept waiting for a database that does not answer: 503, and repeating is safe. */
const PATIENCE_MS = 2000;

/** Stores orders: one order is one set of rows whatever is repeated, raced or crashed. */
export class AcceptOrders {
  private readonly batch: MicroBatch<OrderDraft, Stored>;
  private readonly youngTables: YoungTables;

  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    private readonly metrics: Metrics,
    /** Called after the commit. */
    private readonly onAccepted: (id: string, draft: OrderDraft) => void,
  ) {
    this.youngTables = new YoungTables(dataSource, ['orders', 'insertions', 'live_invoices']);
    this.batch = new MicroBatch((drafts) => this.store(drafts), {
      size: 32,
      parallel: 1,
      powersOfTwo: true,
      patienceMs: PATIENCE_MS,
      weight: { of: ({ files }) => files.pdf.length + (files.tripPdf?.length ?? 0), max: BATCH_BYTES },
    });
  }

  async accept(draft: OrderDraft): Promise<Acceptance> {
    for (let round = 0; round < 3; round += 1) {
      const stored = await this.batch.add(draft);
      if (stored !== 'left_out') {
        if ('error' in stored) throw stored.error;
        this.onAccepted(stored.id, draft);
        return { kind: 'accepted', ...stored };
      }
      const reason = await this.whyLeftOut(draft);
      if (reason) return reason;
    }
    throw new Error('an order was left out three times without a reason');
  }

  /** The id of an order that was stored before with this very content. */
  async sameOrder(draft: OrderDraft): Promise<string | null> {
    return asEngine(this.dataSource, async (client) => {
      const { rows } = await client.query<{ id: string }>(
        'SELECT id FROM orders WHERE merchant_id = $1 AND appid = $2 AND order_id = $3 AND content_sha256 = $4',
        [draft.merchantId, draft.appid, draft.orderId, draft.contentSha256],
      );
      return rows[0]?.id ?? null;
    });
  }

  /** A batch that one order spoils is stored order by order, so that it harms no other. */
  private async store(drafts: OrderDraft[]): Promise<Stored[]> {
    try {
      return await this.storeTogether(drafts);
    } catch (error) {
      if (drafts.length > 1 && refusedForGood(error)) {
        return Promise.all(drafts.map(async (draft) => (await this.store([draft]))[0] as Stored));
      }
      // A race for one order: the other request has stored it.
      if ((error as { code?: string }).code === '23505') return ['left_out'];
      return drafts.map(() => ({ error }));
    }
  }

  private async storeTogether(drafts: OrderDraft[]): Promise<Stored[]> {
    const ids = drafts.map(() => uuidv7());
    const values = drafts.flatMap((draft, index) => this.columns(ids[index] as string, draft));
    const rows = await run<{ id: string; created_at: Date; twin: string | null }>(
      this.dataSource,
      accept(drafts.length),
      values,
    );
    this.metrics.batchSize.observe({ statement: 'accept' }, drafts.length);
    this.metrics.orders.inc({ state: 'accepted' }, rows.length);
    this.youngTables.grew(rows.length).catch(() => undefined);
    const stored = new Map(rows.map(({ id, created_at: createdAt, twin }) => [id, { id, createdAt, twin }]));
    return ids.map((id) => stored.get(id) ?? 'left_out');
  }

  private columns(id: string, draft: OrderDraft): unknown[] {
    const { open, personal } = separate(draft.invoice);
    return [
      id,
      draft.merchantId,
      draft.issuerAppid,
      draft.appid,
      draft.orderId,
      draft.cardId,
      draft.invoice.number,
      draft.invoice.code,
      JSON.stringify(open),
      personal && this.sealer.seal(JSON.stringify(personal), `orders|${id}`),
      draft.contentSha256,
      draft.files.pdf,
      draft.pdfSha256,
      draft.files.tripPdf,
      draft.tripPdfSha256,
      JSON.stringify(draft.checked),
      draft.replacesId,
      draft.saleId ?? id,
    ];
  }

  private whyLeftOut(draft: OrderDraft): Promise<Acceptance | null> {
    return asEngine(this.dataSource, async (client) => {
      const own = await client.query<ExistingOrder>(FIRST_REVISION, [draft.merchantId, draft.appid, draft.orderId]);
      const [existing] = own.rows;
      if (existing?.content_sha256.equals(draft.contentSha256)) return { kind: 'replayed', id: existing.id };
      if (existing) {
        // The hash depends on how a version of this program writes an order; what decides is the content.
        const pointers = this.differences(existing, draft);
        return pointers.length > 0 ? { kind: 'conflict', pointers } : { kind: 'replayed', id: existing.id };
      }

      const taken = await client.query(
        `SELECT FROM orders WHERE appid = $1 AND order_id = $2
         UNION ALL SELECT FROM authorizations WHERE appid = $1 AND order_id = $2 AND merchant_id <> $3`,
        [draft.appid, draft.orderId, draft.merchantId],
      );
      if (taken.rows.length > 0) return { kind: 'order_taken' };

      const live = await client.query<{ merchant_id: string; order_id: string }>(
        `SELECT o.merchant_id, o.order_id FROM live_invoices l JOIN orders o USING (merchant_id, id)
          WHERE l.invoice_number = $1 AND l.invoice_code = $2`,
        [draft.invoice.number, draft.invoice.code],
      );
      const [holder] = live.rows;
      if (!holder) return draft.saleId === null ? null : liveOfSale(client, draft);
      return { kind: 'invoice_taken', orderId: holder.merchant_id === draft.merchantId ? holder.order_id : null };
    });
  }

  private differences(own: ExistingOrder, draft: OrderDraft): string[] {
    const personal = own.person && (JSON.parse(this.sealer.open(own.person, `orders|${own.id}`)) as PersonalData);
    const before = { card_id: own.card_id, invoice: viewOf(unite(own.invoice, personal)) };
    // Without one the order keeps the default that it was given.
    const now = { card_id: draft.cardNamed ? draft.cardId : own.card_id, invoice: viewOf(draft.invoice) };
    return [
      ...differingPointers(before, now, ''),
      ...(own.pdf_sha256.equals(draft.pdfSha256) ? [] : ['/pdf']),
      ...(sameDigest(own.trip_pdf_sha256, draft.tripPdfSha256) ? [] : ['/trip_pdf']),
      ...(own.replaces === draft.replacesId ? [] : ['/replaces']),
    ];
  }
}

async function liveOfSale(client: PoolClient, { merchantId, saleId }: OrderDraft): Promise<Acceptance | null> {
  const { rows } = await client.query<{ order_id: string }>(
    `SELECT o.order_id FROM live_invoices l JOIN orders o USING (merchant_id, id) WHERE l.merchant_id = $1 AND l.sale = $2`,
    [merchantId, saleId],
  );
  return rows[0] ? { kind: 'sale_taken', orderId: rows[0].order_id } : null;
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

function viewOf(invoice: Invoice): Record<string, unknown> {
  return { ...invoiceView(invoice) };
}

/** Where two documents differ, by JSON pointer. */
export function differingPointers(before: unknown, now: unknown, pointer: string): string[] {
  if (!isRecord(before) || !isRecord(now)) return canonical(before) === canonical(now) ? [] : [pointer];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return keys.flatMap((key) => differingPointers(before[key], now[key], `${pointer}/${key}`));
}

/** jsonb returns the fields of an object in an order of its own. */
function canonical(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, sorted(field)]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
