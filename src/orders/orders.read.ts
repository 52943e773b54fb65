import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Sealer, StoredFile } from '../data/sealed';
import { asMerchant } from '../data/statement';
import { Checked } from '../domain/check-invoice';
import { CardCodeState, InsertionState } from '../domain/insertion';
import { PublicInvoice } from '../domain/personal-data';
import { pdfAad } from '../insertion/pdf-store';
import { FaultView } from './orders.api';

/** An order with its insertion, as stored. Column names are PostgreSQL's. */
export interface OrderRow {
  merchant_id: string;
  id: string;
  appid: string;
  order_id: string;
  card_id: string;
  invoice: PublicInvoice;
  person: Buffer | null;
  created_at: Date;
  /** created_at with all its digits, for the cursor. */
  created_at_text: string;
  pdf_sha256: Buffer;
  trip_pdf_sha256: Buffer | null;
  /** When its PDFs were stored, with all digits. */
  files_at_text: string;
  revision: number;
  revised_at: Date | null;
  checked: Checked | null;
  state: InsertionState;
  /** Shown as the state `held`: accepted or uploaded while a hold covers the account or merchant. */
  held: boolean;
  reason: string | null;
  due_at: Date | null;
  claimed_by: string | null;
  card_code: string | null;
  card_code_state: CardCodeState;
  holder: Buffer | null;
  updated_at: Date;
  cancellation_state: 'pending' | 'done' | 'refused' | null;
  cancellation_reason: string | null;
  cancellation_requested_at: Date | null;
  cancellation_due_at: Date | null;
  cancellation_errcode: number | null;
  cancellation_errmsg: string | null;
  /** order_id of the order whose place this one takes, and of those that take this one's. */
  replaces: string | null;
  replaced_by: string[];
  /** What the full check found in the PDF that counts now. */
  faults?: FaultView[] | null;
  attempts: AttemptRow[];
}

/** An attempt; of one that is still open only the first four columns are known. */
export interface AttemptRow {
  id: string;
  n: number;
  kind: 'first' | 'retry' | 'probe' | 'reinsertion';
  started_at: Date;
  ended_at: Date | null;
  outcome: string | null;
  errcode: number | null;
  errmsg: string | null;
  hint: string | null;
}

export interface EventRow {
  seq: number;
  at: Date;
  type: string;
  data: Record<string, unknown>;
}

export interface OrderFilter {
  state?: InsertionState | 'held';
  invoiceNumber?: string;
  createdFrom?: Date;
  createdTo?: Date;
  limit: number;
  /** Exclusive: (created_at, id) of the last row of the page before. */
  after?: { createdAt: string; id: string };
}

/** SQL of the state `held`, for orders that are shown. */
const HELD = `i.state IN ('accepted', 'uploaded') AND piaoka_is_held(i.issuer_appid, i.merchant_id)`;
/** An OrderRow without its attempts, of orders `o`, insertions `i` and cancellations `c`. */
export const ORDER_COLUMNS = `o.merchant_id, o.id, o.appid, o.order_id, o.card_id, o.invoice, o.person, o.created_at, o.created_at::text AS created_at_text,
  o.pdf_sha256, o.trip_pdf_sha256, coalesce(o.files_at, o.created_at)::text AS files_at_text, o.revision, o.revised_at, o.checked, i.state, ${HELD} AS held, i.reason, i.due_at, i.claimed_by, i.card_code, i.card_code_state, i.person AS holder, i.updated_at,
  c.state AS cancellation_state, c.reason AS cancellation_reason, c.requested_at AS cancellation_requested_at, c.due_at AS cancellation_due_at,
  c.errcode AS cancellation_errcode, c.errmsg AS cancellation_errmsg,
  (SELECT r.order_id FROM orders r WHERE r.merchant_id = o.merchant_id AND r.id = o.replaces) AS replaces,
  ARRAY(SELECT r.order_id FROM orders r WHERE r.merchant_id = o.merchant_id AND r.replaces = o.id ORDER BY r.created_at) AS replaced_by,
  (SELECT e.data -> 'faults' FROM events e
    WHERE e.merchant_id = i.merchant_id AND e.id = i.id AND e.at >= o.created_at AND (e.data ? 'faults' OR e.type = 'accepted')
    ORDER BY e.seq DESC LIMIT 1) AS faults`;

/**
 * Conditions of the state `held`, to find such orders. Holds are judged once, by the merchant's accounts, and where none is
 * held nothing is read at all. Their insertions have an index by time: sort by `i`.
 */
export function heldOf(merchant: string): string[] {
  const accounts = `(SELECT piaoka_held_accounts(${merchant}))`;
  return [
    `cardinality(${accounts}) > 0`,
    `i.state IN ('accepted', 'uploaded') AND i.merchant_id = ${merchant}`,
    `i.issuer_appid = ANY (${accounts}::text[])`,
  ];
}

export const ORDER_TABLES = `FROM orders o JOIN insertions i ON i.merchant_id = o.merchant_id AND i.id = o.id
  LEFT JOIN cancellations c ON c.merchant_id = o.merchant_id AND c.id = o.id`;

/** Ordinary reads of one merchant's orders. Row-level security is the net under each condition on merchant_id. */
export class OrderReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
  ) {}

  /** The orders of that number: more than one when it is used under several appids. */
  find(merchantId: string, orderId: string, appid?: string): Promise<OrderRow[]> {
    return this.read(
      merchantId,
      `SELECT ${ORDER_COLUMNS} ${ORDER_TABLES}
        WHERE o.merchant_id = $1 AND o.order_id = $2 AND ($3::text IS NULL OR o.appid = $3) LIMIT 2`,
      [merchantId, orderId, appid ?? null],
    );
  }

  async byId(merchantId: string, id: string): Promise<OrderRow> {
    const text = `SELECT ${ORDER_COLUMNS} ${ORDER_TABLES} WHERE o.merchant_id = $1 AND o.id = $2`;
    return (await this.read(merchantId, text, [merchantId, id]))[0] as OrderRow;
  }

  /** Newest first; one row more than the limit says that there is another page. */
  list(merchantId: string, filter: OrderFilter): Promise<OrderRow[]> {
    const { text, values } = listOf(merchantId, filter);
    return this.read(merchantId, text, values);
  }

  events(order: OrderRow, after: number, limit: number): Promise<EventRow[]> {
    return asMerchant(this.dataSource, order.merchant_id, async (client) => {
      const { rows } = await client.query<EventRow>(
        `SELECT seq, at, type, data FROM events
          WHERE merchant_id = $1 AND id = $2 AND at >= $3 AND seq > $4 ORDER BY seq LIMIT $5`,
        [order.merchant_id, order.id, order.created_at, after, limit + 1],
      );
      return rows;
    });
  }

  /** Throws a LostValue where it cannot be opened. */
  pdf(order: OrderRow, part: 'pdf' | 'trip_pdf'): Promise<Buffer | null> {
    return asMerchant(this.dataSource, order.merchant_id, async (client) => {
      const { rows } = await client.query<StoredFile>(
        `SELECT body, sealed FROM pdfs WHERE merchant_id = $1 AND id = $2 AND part = $3 AND stored_at = $4::timestamptz`,
        [order.merchant_id, order.id, part, order.files_at_text],
      );
      return rows[0] ? this.sealer.fileOf(rows[0], pdfAad(order.id, part)) : null;
    });
  }

  private read(merchantId: string, text: string, values: unknown[]): Promise<OrderRow[]> {
    return asMerchant(this.dataSource, merchantId, async (client) => {
      const { rows } = await client.query<OrderRow>(text, values);
      return withAttempts(client, merchantId, rows);
    });
  }
}

/** A page of a merchant's orders as SQL. */
export function listOf(merchantId: string, filter: OrderFilter): { text: string; values: unknown[] } {
  const values: unknown[] = [merchantId];
  const value = (given: unknown) => `$${values.push(given)}`;
  const conditions = ['o.merchant_id = $1'];
  const by = filter.state === 'held' ? 'i' : 'o';
  if (filter.state === 'held') conditions.push(...heldOf('$1'));
  else if (filter.state) conditions.push(`i.state = ${value(filter.state)}`);
  if (filter.invoiceNumber) conditions.push(`o.invoice_number = ${value(filter.invoiceNumber)}`);
  if (filter.createdFrom) conditions.push(`o.created_at >= ${value(filter.createdFrom)}`);
  if (filter.createdTo) conditions.push(`o.created_at < ${value(filter.createdTo)}`);
  if (filter.after) {
    const { createdAt, id } = filter.after;
    conditions.push(`(${by}.created_at, ${by}.id) < (${value(createdAt)}::timestamptz, ${value(id)}::uuid)`);
  }
  const text = `SELECT ${ORDER_COLUMNS} ${ORDER_TABLES} WHERE ${conditions.join(' AND ')}
    ORDER BY ${by}.created_at DESC, ${by}.id DESC LIMIT ${value(filter.limit + 1)}`;
  return { text, values };
}

/** The rows with their attempts; all of one merchant. */
export async function withAttempts(client: PoolClient, merchantId: string, rows: OrderRow[]): Promise<OrderRow[]> {
  if (rows.length === 0) return rows;
  const { rows: attempts } = await client.query<AttemptRow>(
    `SELECT id, n, kind, started_at, ended_at, outcome, errcode, errmsg, hint FROM attempts
      WHERE merchant_id = $1 AND id = ANY ($2::uuid[])
     UNION ALL
     SELECT id, n, kind, started_at, NULL, NULL, NULL, NULL, NULL FROM open_attempts
      WHERE merchant_id = $1 AND id = ANY ($2::uuid[])
     ORDER BY n`,
    [merchantId, rows.map(({ id }) => id)],
  );
  return rows.map((row) => ({ ...row, attempts: attempts.filter(({ id }) => id === row.id) }));
}
