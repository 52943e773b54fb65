import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { KeptPushes } from '../callbacks/kept';
import { Sealer } from '../data/sealed';
import { asEngineReading } from '../data/statement';
import { Insertion } from '../domain/insertion';
import { Settlement, whyInapplicable } from '../domain/settlement';
import { toShanghai } from '../domain/shanghai';
import { ClaimedRow, insertionFrom } from '../insertion/claimed';
import { operatorAdviceFor } from '../orders/advice';
import { witnessOf } from '../insertion/late-answers';
import { InvoiceView } from '../orders/invoice.api';
import { orderView, standingOf } from '../orders/order-view';
import { EventRow, ORDER_COLUMNS, ORDER_TABLES, OrderRow, withAttempts } from '../orders/orders.read';
import { AdminOrderDetail, AdminOrderView, EvidenceView } from './admin-orders.api';
import { merchantOf } from './act';
import { reinsertionView, resolutionView } from './order-acts.view';
import { OrderCriteria, whereOf } from './order-filter';
import { reinsertionsOf } from './reinsertions';
import { resolutionsOf } from './resolutions';
import { revisionsOf } from './revisions';

export interface AdminOrderFilter extends OrderCriteria {
  limit: number;
  after?: { createdAt: string; id: string };
}

export type AdminOrderRow = OrderRow & { merchant_name: string; issuer_appid: string };

const COLUMNS = `${ORDER_COLUMNS}, i.issuer_appid, m.name AS merchant_name`;

/** What operators read of all merchants' orders. */
export class AdminOrders {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    private readonly pushes: KeptPushes,
  ) {}

  /**
   * Newest first; one row more than the limit says that there is another page. Each merchant's newest are found by its own
   * index and then merged, because every key is led by the merchant.
   */
  list(filter: AdminOrderFilter): Promise<AdminOrderRow[]> {
    const { conditions, values } = whereOf(filter);
    const by = filter.state === 'held' ? 'i' : 'o';
    const limit = `$${values.push(filter.limit + 1)}`;
    if (filter.after) {
      const { createdAt, id } = filter.after;
      conditions.push(
        `(${by}.created_at, ${by}.id) < ($${values.push(createdAt)}::timestamptz, $${values.push(id)}::uuid)`,
      );
    }
    return asEngineReading(this.dataSource, async (client) => {
      const { rows } = await client.query<AdminOrderRow>(
        `SELECT newest.* FROM merchants m
          CROSS JOIN LATERAL (
            SELECT ${COLUMNS} ${ORDER_TABLES}
             WHERE ${['o.merchant_id = m.id', ...conditions].join(' AND ')}
             ORDER BY ${by}.created_at DESC, ${by}.id DESC LIMIT ${limit}) newest
          ORDER BY newest.created_at DESC, newest.id DESC LIMIT ${limit}`,
        values,
      );
      const attempts = new Map<string, OrderRow>();
      for (const merchantId of new Set(rows.map((row) => row.merchant_id))) {
        const own = rows.filter((row) => row.merchant_id === merchantId);
        (await withAttempts(client, merchantId, own)).forEach((row) => attempts.set(row.id, row));
      }
      return rows.map((row) => ({ ...row, attempts: attempts.get(row.id)?.attempts ?? [] }));
    });
  }

  view(row: AdminOrderRow): AdminOrderView {
    const { merchant_id, merchant_name, issuer_appid } = row;
    const said = row.attempts.findLast((attempt) => attempt.ended_at !== null)?.errcode ?? null;
    const advice = operatorAdviceFor(standingOf(row), said);
    return { ...orderView(row, this.sealer), merchant_id, merchant_name, issuer_appid, ...advice };
  }

  /** The whole story of one order; null: there is none. */
  detail(orderUuid: string): Promise<AdminOrderDetail | null> {
    return asEngineReading(this.dataSource, async (client) => {
      const merchantId = await merchantOf(client, orderUuid);
      if (!merchantId) return null;
      const key = [merchantId, orderUuid];
      const { rows } = await client.query<AdminOrderRow>(
        `SELECT ${COLUMNS} ${ORDER_TABLES} JOIN merchants m ON m.id = o.merchant_id WHERE o.merchant_id = $1 AND o.id = $2`,
        key,
      );
      const [row] = (await withAttempts(client, merchantId, rows)) as AdminOrderRow[];
      const present = await client.query<ClaimedRow & { events: number }>(
        'SELECT * FROM insertions WHERE merchant_id = $1 AND id = $2',
        key,
      );
      const insertion = insertionFrom(present.rows[0] as ClaimedRow);
      const view = this.view(row as AdminOrderRow);
      return {
        ...view,
        version: (present.rows[0] as { events: number }).events,
        ...(await storyOf(client, key, (row as AdminOrderRow).created_at)),
        candidates: await this.candidatesFor(row as AdminOrderRow, insertion),
        revisions: await revisionsOf(client, key, this.sealer),
        allowed_acts: allowedActs(insertion, (await witnessOf(client, { merchantId, id: orderUuid })).card),
        ...questionAbout(insertion, view.invoice),
      };
    });
  }

  private async candidatesFor({ issuer_appid, appid, card_id }: AdminOrderRow, insertion: Insertion) {
    if (!isUncertain(insertion)) return [];
    const found = await this.pushes.candidates([issuer_appid, appid], card_id);
    return found.map(({ received_at, ...candidate }) => ({ ...candidate, received_at: toShanghai(received_at) }));
  }
}

async function storyOf(client: PoolClient, key: string[], createdAt: Date) {
  const events = await client.query<EventRow>(
    'SELECT seq, at, type, data FROM events WHERE merchant_id = $1 AND id = $2 AND at >= $3 ORDER BY seq DESC LIMIT 1000',
    [...key, createdAt],
  );
  const evidence = await client.query<Omit<EvidenceView, 'at'> & { at: Date }>(
    'SELECT kind, at, card_code, data FROM evidence WHERE merchant_id = $1 AND id = $2 ORDER BY at LIMIT 1000',
    key,
  );
  return {
    // The latest; the whole timeline is at /events.
    events: events.rows.reverse().map(({ at, ...event }) => ({ ...event, at: toShanghai(at) })),
    evidence: evidence.rows.map(({ at, ...witness }) => ({ ...witness, at: toShanghai(at) })),
    reinsertions: (await reinsertionsOf(client, key)).map(reinsertionView),
    resolutions: (await resolutionsOf(client, key)).map(resolutionView),
  };
}

const ACTS: [name: string, settlement: Settlement][] = [
  ['reinsertion', { kind: 'reinserted' }],
  ['revision', { kind: 'reinserted', revised: true }],
  ['confirm_inserted', { kind: 'confirmedInserted', cardCode: '0' }],
  ['confirm_not_inserted', { kind: 'confirmedNotInserted' }],
  ['abandon', { kind: 'abandoned' }],
];

/** `witnessed`: evidence says that there is a card, so it cannot be denied. */
function allowedActs(insertion: Insertion, witnessed: boolean): string[] {
  const acts = ACTS.filter(([, settlement]) => whyInapplicable(insertion, settlement) === null);
  return acts.map(([name]) => name).filter((name) => !witnessed || name !== 'confirm_not_inserted');
}

function isUncertain({ doubtSince, cardCodeState }: Insertion): boolean {
  return doubtSince !== null || cardCodeState === 'unknown';
}

/** Only the user can look into the wallet: asked while there is a doubt, or a card whose code nobody knows. */
function questionAbout(insertion: Insertion, invoice: InvoiceView) {
  if (!isUncertain(insertion)) return { question: null, question_en: null };
  const yuan = (invoice.fee / 100).toFixed(2);
  return {
    question: `您好，请打开微信“我 → 卡包 → 票证 → 发票”，看看是否有一张号码 ${invoice.number}、金额 ¥${yuan}、抬头“${invoice.title}”的发票。如有，请告知发票详情页上的卡券号；如没有，也请告知。`,
    question_en: `Please open WeChat, Me → Cards & Offers → Invoices: is there an invoice numbered ${invoice.number} of ¥${yuan} for “${invoice.title}”? If so, tell us the card number on its page; if not, tell us that.`,
  };
}
