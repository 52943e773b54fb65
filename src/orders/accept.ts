import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { MicroBatch } from '../data/micro-batch';
import { Sealer } from '../data/sealed';
import { asEngineFor, deadlocked, refusedForGood, run } from '../data/statement';
import { YoungTables } from '../data/young-tables';
import { separate } from '../domain/personal-data';
import { accept } from '../insertion/insertion.queue';
import { ONE_AT_A_TIME } from '../insertion/one-at-a-time';
import { pdfAad } from '../insertion/pdf-store';
import { Metrics } from '../metrics';
import { Acceptance, Found, Kept } from './acceptance';
import { differencesFrom, whyLeftOut } from './left-out';
import { OrderDraft } from './order-draft';
import { keyOf, Repeats } from './repeats';

type Stored = Kept | 'left_out' | { error: unknown };

/** One statement carries at most this many bytes of PDFs. */
const BATCH_BYTES = 8 * 1024 * 1024;
/** A merchant is not kept waiting for a database that does not answer: 503, and repeating is safe. */
const PATIENCE_MS = 2000;

/** Orders that are known to be stored, so that their repeats need no place in a batch. About 100 bytes each. */
const KNOWN = 10_000;

/** Stores orders: one order is one set of rows whatever is repeated, raced or crashed. */
export class AcceptOrders {
  private readonly repeats = new Repeats((draft) => this.find(draft));
  private readonly known = new Set<string>();
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
      owner: ({ merchantId }) => merchantId,
      patienceMs: PATIENCE_MS,
      weight: { of: ({ files }) => files.pdf.length + (files.tripPdf?.length ?? 0), max: BATCH_BYTES },
    });
  }

  accept(draft: OrderDraft): Promise<Acceptance> {
    return this.repeats.accept(draft);
  }

  /** The id of an order that was stored before with this very content. */
  async sameOrder(draft: OrderDraft): Promise<string | null> {
    return asEngineFor(this.dataSource, draft.merchantId, async (client) => {
      const { rows } = await client.query<{ id: string }>(
        'SELECT id FROM orders WHERE merchant_id = $1 AND appid = $2 AND order_id = $3 AND content_sha256 = $4',
        [draft.merchantId, draft.appid, draft.orderId, draft.contentSha256],
      );
      return rows[0]?.id ?? null;
    });
  }

  private async find(draft: OrderDraft): Promise<Found> {
    const key = keyOf(draft);
    const before = this.known.has(key) ? await whyLeftOut(this.dataSource, this.sealer, draft) : null;
    if (before) return before;
    for (let round = 0; round < 3; round += 1) {
      const stored = await this.batch.add(draft);
      if (stored !== 'left_out') {
        if ('error' in stored) throw stored.error;
        this.remember(key);
        this.onAccepted(stored.id, draft);
        return {
          acceptance: { kind: 'accepted', ...stored },
          stored: { id: stored.id, differs: (other) => differencesFrom(draft, other) },
        };
      }
      const reason = await whyLeftOut(this.dataSource, this.sealer, draft);
      if (reason?.stored) this.remember(key);
      if (reason) return reason;
    }
    throw new Error('an order was left out three times without a reason');
  }

  private remember(key: string): void {
    this.known.add(key);
    if (this.known.size <= KNOWN) return;
    for (const oldest of this.known) {
      this.known.delete(oldest);
      return;
    }
  }

  /** A batch that one order spoils is stored order by order, so that it harms no other. */
  private async store(drafts: OrderDraft[]): Promise<Stored[]> {
    try {
      return await this.storeTogether(drafts);
    } catch (error) {
      if (drafts.length > 1 && (refusedForGood(error) || deadlocked(error))) {
        return Promise.all(drafts.map(async (draft) => (await this.store([draft]))[0] as Stored));
      }
      // A race for one order: the other request has stored it.
      if ((error as { code?: string }).code === '23505') return ['left_out'];
      return drafts.map(() => ({ error }));
    }
  }

  private async storeTogether(drafts: OrderDraft[]): Promise<Stored[]> {
    const ids = drafts.map(() => uuidv7());
    const named = drafts.map((draft, index) => ({ id: ids[index] as string, draft }));
    // In one sequence everywhere, so that no two batches wait for each other's invoices.
    const values = named.sort(byInvoice).flatMap(({ id, draft }) => this.columns(id, draft));
    const rows = await run<{ id: string; created_at: Date; twin: string | null }>(
      this.dataSource,
      accept(drafts.length),
      values,
      { ...ONE_AT_A_TIME, values: [drafts.map(({ appid, orderId }) => `${appid}|${orderId}`)] },
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
      this.sealer.seal(draft.files.pdf, pdfAad(id, 'pdf')),
      draft.pdfSha256,
      draft.files.tripPdf && this.sealer.seal(draft.files.tripPdf, pdfAad(id, 'trip_pdf')),
      draft.tripPdfSha256,
      JSON.stringify(draft.checked),
      draft.replacesId,
      draft.saleId ?? id,
    ];
  }
}

function byInvoice(one: { draft: OrderDraft }, other: { draft: OrderDraft }): number {
  const [a, b] = [one.draft.invoice, other.draft.invoice];
  if (a.number !== b.number) return a.number < b.number ? -1 : 1;
  return a.code < b.code ? -1 : 1;
}
