import { DataSource } from 'typeorm';
import { Attempt, OpenAttempt } from '../data/entities/attempt';
import { Event } from '../data/entities/event';
import { CardCodeState, InsertionState } from '../domain/insertion';
import { PublicInvoice } from '../domain/personal-data';

/** An order with its insertion, as stored. Column names are PostgreSQL's. */
export interface OrderRow {
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
  state: InsertionState;
  reason: string | null;
  due_at: Date | null;
  claimed_by: string | null;
  card_code: string | null;
  card_code_state: CardCodeState;
  holder: Buffer | null;
  updated_at: Date;
  attempts: (Attempt | OpenAttempt)[];
}

export interface OrderFilter {
  state?: InsertionState;
  invoiceNumber?: string;
  createdFrom?: Date;
  createdTo?: Date;
  limit: number;
  /** Exclusive: (created_at, id) of the last row of the page before. */
  after?: { createdAt: string; id: string };
}

const COLUMNS = `o.id, o.appid, o.order_id, o.card_id, o.invoice, o.person, o.created_at, o.created_at::text AS created_at_text,
  o.pdf_sha256, i.state, i.reason, i.due_at, i.claimed_by, i.card_code, i.card_code_state, i.person AS holder, i.updated_at`;

/** Ordinary reads of one merchant's orders. */
export class OrderReader {
  constructor(private readonly dataSource: DataSource) {}

  /** The orders of that number: more than one when it is used under several appids. */
  async find(merchantId: string, orderId: string, appid?: string): Promise<OrderRow[]> {
    const rows = await this.dataSource.query<OrderRow[]>(
      `SELECT ${COLUMNS} FROM orders o JOIN insertions i USING (id)
        WHERE o.merchant_id = $1 AND o.order_id = $2 AND ($3::text IS NULL OR o.appid = $3) LIMIT 2`,
      [merchantId, orderId, appid ?? null],
    );
    return this.withAttempts(rows);
  }

  async byId(id: string): Promise<OrderRow> {
    const rows = await this.dataSource.query<OrderRow[]>(
      `SELECT ${COLUMNS} FROM orders o JOIN insertions i USING (id) WHERE o.id = $1`,
      [id],
    );
    return (await this.withAttempts(rows))[0] as OrderRow;
  }

  /** Newest first; one row more than the limit says that there is another page. */
  async list(merchantId: string, filter: OrderFilter): Promise<OrderRow[]> {
    const values: unknown[] = [merchantId];
    const value = (given: unknown) => `$${values.push(given)}`;
    const conditions = ['o.merchant_id = $1'];
    if (filter.state) conditions.push(`i.state = ${value(filter.state)}`);
    if (filter.invoiceNumber) conditions.push(`o.invoice_number = ${value(filter.invoiceNumber)}`);
    if (filter.createdFrom) conditions.push(`o.created_at >= ${value(filter.createdFrom)}`);
    if (filter.createdTo) conditions.push(`o.created_at < ${value(filter.createdTo)}`);
    if (filter.after) {
      conditions.push(
        `(o.created_at, o.id) < (${value(filter.after.createdAt)}::timestamptz, ${value(filter.after.id)}::uuid)`,
      );
    }
    const rows = await this.dataSource.query<OrderRow[]>(
      `SELECT ${COLUMNS} FROM orders o JOIN insertions i USING (id)
        WHERE ${conditions.join(' AND ')}
        ORDER BY o.created_at DESC, o.id DESC LIMIT ${value(filter.limit + 1)}`,
      values,
    );
    return this.withAttempts(rows);
  }

  events(order: OrderRow, after: number, limit: number): Promise<Event[]> {
    return this.dataSource
      .getRepository(Event)
      .createQueryBuilder('event')
      .where('event.id = :id AND event.at >= :from AND event.seq > :after', {
        id: order.id,
        from: order.created_at,
        after,
      })
      .orderBy('event.seq')
      .limit(limit + 1)
      .getMany();
  }

  async pdf(order: OrderRow, part: 'pdf' | 'trip_pdf'): Promise<Buffer | null> {
    const rows = await this.dataSource.query<{ body: Buffer }[]>(
      'SELECT p.body FROM pdfs p JOIN orders o ON o.id = p.id AND o.created_at = p.stored_at WHERE o.id = $1 AND p.part = $2',
      [order.id, part],
    );
    return rows[0]?.body ?? null;
  }

  private async withAttempts(rows: OrderRow[]): Promise<OrderRow[]> {
    if (rows.length === 0) return rows;
    const ids = rows.map(({ id }) => id);
    const [closed, open] = await Promise.all([
      this.dataSource.getRepository(Attempt).createQueryBuilder('a').where('a.id IN (:...ids)', { ids }).getMany(),
      this.dataSource.getRepository(OpenAttempt).createQueryBuilder('a').where('a.id IN (:...ids)', { ids }).getMany(),
    ]);
    const attempts = [...closed, ...open].sort((a, b) => a.n - b.n);
    return rows.map((row) => ({ ...row, attempts: attempts.filter(({ id }) => id === row.id) }));
  }
}
