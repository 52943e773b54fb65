import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { audit } from '../audit/audit';
import { BulkOutcome, BulkState } from '../data/entities/bulk-reinsertion';
import { asEngine } from '../data/statement';
import { InsertionState } from '../domain/insertion';
import { Problem } from '../http/problems';
import { OrderCriteria, whereOf } from './order-filter';
import { dependenceData, dependentProblem, OnePerson, onePerson, samePerson } from './second-person';

/** More than these are not taken at once: whoever means more narrows the filter, bulk by bulk. */
export const MOST_ORDERS = 10_000;
/** Above this many a second person must agree; many small bulks of one person and day are one. */
export const ALONE_ORDERS = 100;
/** Name of the job that works on bulks; adding one wakes it before its minute is over. */
export const BULK_JOB = 'reinsert_in_bulk';

/** A bulk as stored, and how far it is. Column names are PostgreSQL's. */
export interface BulkRow {
  id: string;
  filter: Record<string, unknown>;
  reason: string;
  operator: string;
  orders: number;
  state: BulkState;
  approved_by: string | null;
  approval_reason: string | null;
  cancelled_by: string | null;
  cancellation_reason: string | null;
  created_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
  reinserted: number;
  skipped: number;
}

export interface BulkOrderRow {
  n: number;
  merchant_id: string;
  order_uuid: string;
  order_id: string;
  outcome: BulkOutcome | null;
  code: string | null;
  reinsertion_id: string | null;
  ended_at: Date | null;
  /** Of the order, now. */
  state: InsertionState;
  reason: string | null;
}

export interface BulkGroupRow {
  state: string;
  reason: string | null;
  orders: number;
}

/** Who does what for which reason; `id` of the bulk. */
export interface BulkDeed {
  id: string;
  operator: string;
  reason: string;
}

/** Decisions to begin many orders anew: asked for, agreed to, cancelled, watched. Who repeats a decision has made it. */
export class BulkReinsertions {
  constructor(private readonly dataSource: DataSource) {}

  /** What a bulk of that filter would begin, by state and reason. */
  preview(criteria: OrderCriteria): Promise<BulkGroupRow[]> {
    const { text, values } = candidates(criteria);
    return asEngine(this.dataSource, async (client) => {
      const { rows } = await client.query<BulkGroupRow>(
        `SELECT i.state, i.reason, count(*)::integer AS orders ${text} GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2`,
        values,
      );
      return rows;
    });
  }

  /** The orders are those of this moment. A request that was made before under its id is found again. */
  async request(deed: BulkDeed, filter: object, criteria: OrderCriteria): Promise<BulkRow> {
    const bulk = await asEngine(this.dataSource, async (client) => {
      const before = await findBulk(client, deed.id);
      if (before) return before;
      const orders = await takeOrders(client, deed.id, criteria);
      if (orders > MOST_ORDERS) throw new Problem('bulk_too_large');
      if (orders === 0) throw new Problem('bulk_empty');
      const alone = orders + (await begunAlone(client, deed.operator));
      const state: BulkState = alone > ALONE_ORDERS ? 'awaiting_approval' : 'queued';
      await client.query(
        `INSERT INTO bulk_reinsertions (id, filter, reason, operator, orders, state) VALUES ($1, $2, $3, $4, $5, $6)`,
        [deed.id, JSON.stringify(filter), deed.reason, deed.operator, orders, state],
      );
      await note(client, deed, 'bulk_reinsertion.requested', { filter, orders });
      return findBulk(client, deed.id);
    });
    await this.wake();
    return bulk as BulkRow;
  }

  /** The second person agrees to the very orders that the first one listed. */
  async approve(deed: BulkDeed): Promise<BulkRow> {
    const refused: OnePerson[] = [];
    const bulk = await this.decide(deed, async (client, { operator, state, approved_by }) => {
      if (approved_by === deed.operator) return;
      if (state !== 'awaiting_approval') throw new Problem(approved_by ? 'bulk_approved' : 'bulk_not_waiting');
      if (operator === deed.operator) throw new Problem('second_person_needed');
      const first = await client.query('SELECT FROM operators WHERE name = $1 AND revoked_at IS NULL', [operator]);
      if (first.rows.length === 0) throw new Problem('requester_revoked');
      const one = await onePerson(client, operator, deed.operator);
      if (one) {
        refused.push(one);
        return note(client, deed, 'bulk_reinsertion.approval_refused', dependenceData(one));
      }
      await client.query(
        `UPDATE bulk_reinsertions SET state = 'queued', approved_by = $2, approval_reason = $3, approved_at = clock_timestamp()
          WHERE id = $1`,
        [deed.id, deed.operator, deed.reason],
      );
      await note(client, deed, 'bulk_reinsertion.approved', {});
    });
    // Only now, that the trail is kept.
    for (const one of refused) throw dependentProblem(one);
    await this.wake();
    return bulk;
  }

  /** What was begun stays begun; nothing more is. */
  cancel(deed: BulkDeed): Promise<BulkRow> {
    return this.decide(deed, async (client, { state, cancelled_by, reinserted, skipped, orders }) => {
      if (cancelled_by === deed.operator) return;
      if (['done', 'cancelled', 'failed'].includes(state)) throw new Problem('bulk_ended');
      await client.query(
        `UPDATE bulk_reinsertions SET state = 'cancelled', cancelled_by = $2, cancellation_reason = $3,
                ended_at = clock_timestamp(), claimed_by = NULL, lease_until = NULL WHERE id = $1`,
        [deed.id, deed.operator, deed.reason],
      );
      await note(client, deed, 'bulk_reinsertion.cancelled', { left: orders - reinserted - skipped });
    });
  }

  private decide(deed: BulkDeed, work: (client: PoolClient, bulk: BulkRow) => Promise<void>): Promise<BulkRow> {
    return asEngine(this.dataSource, async (client) => {
      await client.query('SELECT FROM bulk_reinsertions WHERE id = $1 FOR UPDATE', [deed.id]);
      const bulk = await findBulk(client, deed.id);
      if (!bulk) throw new Problem('not_found');
      await work(client, bulk);
      return (await findBulk(client, deed.id)) as BulkRow;
    });
  }

  /** After the commit. A call that is lost does no harm: the job looks every minute. */
  private async wake(): Promise<void> {
    await this.dataSource.query(`SELECT graphile_worker.add_job($1)`, [BULK_JOB]).catch(() => undefined);
  }
}

const UNREPLACED = `NOT EXISTS (SELECT FROM orders r JOIN live_invoices l ON l.merchant_id = r.merchant_id AND l.id = r.id
                                 WHERE r.merchant_id = i.merchant_id AND r.replaces = i.id)`;

/** What may be begun anew, as `whyInapplicable` has it; not what another order has taken the place of. */
function candidates(criteria: OrderCriteria): { text: string; values: unknown[] } {
  const { conditions, values } = whereOf(criteria);
  const all = [`i.state IN ('refused', 'needs_human')`, 'i.doubt_since IS NULL', UNREPLACED, ...conditions].join(
    ' AND ',
  );
  const text = `FROM merchants m JOIN insertions i ON i.merchant_id = m.id
    JOIN orders o ON o.merchant_id = i.merchant_id AND o.id = i.id WHERE ${all}`;
  return { text, values };
}

async function takeOrders(client: PoolClient, bulkId: string, criteria: OrderCriteria): Promise<number> {
  const { text, values } = candidates(criteria);
  const { rowCount } = await client.query(
    `INSERT INTO bulk_reinsertion_orders (bulk_id, n, merchant_id, order_uuid, version)
     SELECT $${values.push(bulkId)}, row_number() OVER (ORDER BY created_at, id), merchant_id, id, events
       FROM (SELECT i.merchant_id, i.id, i.events, i.created_at ${text} LIMIT ${MOST_ORDERS + 1}) taken`,
    values,
  );
  return rowCount ?? 0;
}

const BULK = `
  SELECT b.*, c.* FROM bulk_reinsertions b
   CROSS JOIN LATERAL (
     SELECT count(*) FILTER (WHERE outcome = 'reinserted')::integer AS reinserted,
            count(*) FILTER (WHERE outcome = 'skipped')::integer AS skipped
       FROM bulk_reinsertion_orders o WHERE o.bulk_id = b.id) c`;

export async function findBulk(client: PoolClient, id: string): Promise<BulkRow | null> {
  return (await client.query<BulkRow>(`${BULK} WHERE b.id = $1`, [id])).rows[0] ?? null;
}

/** Newest first; `after` is the id of the last one of the page before. */
export async function listBulks(client: PoolClient, limit: number, after?: string): Promise<BulkRow[]> {
  const text = `${BULK} WHERE $1::uuid IS NULL OR b.id < $1 ORDER BY b.id DESC LIMIT $2`;
  return (await client.query<BulkRow>(text, [after ?? null, limit + 1])).rows;
}

/** In the order in which they are begun; `after` is the number of the last one of the page before. */
export async function listBulkOrders(
  client: PoolClient,
  id: string,
  filter: { outcome?: 'pending' | BulkOutcome; limit: number; after: number },
): Promise<BulkOrderRow[]> {
  const { rows } = await client.query<BulkOrderRow>(
    `SELECT b.n, b.merchant_id, b.order_uuid, o.order_id, b.outcome, b.code, b.reinsertion_id, b.ended_at, i.state, i.reason
       FROM bulk_reinsertion_orders b JOIN orders o ON o.merchant_id = b.merchant_id AND o.id = b.order_uuid
       JOIN insertions i ON i.merchant_id = b.merchant_id AND i.id = b.order_uuid
      WHERE b.bulk_id = $1 AND b.n > $2 AND ($3::text IS NULL OR coalesce(b.outcome, 'pending') = $3)
      ORDER BY b.n LIMIT $4`,
    [id, filter.after, filter.outcome ?? null, filter.limit + 1],
  );
  return rows;
}

/** How its orders stand now, by state. */
export async function statesOf(client: PoolClient, id: string): Promise<Record<string, number>> {
  const { rows } = await client.query<{ state: InsertionState; orders: number }>(
    `SELECT i.state, count(*)::integer AS orders
       FROM bulk_reinsertion_orders b JOIN insertions i ON i.merchant_id = b.merchant_id AND i.id = b.order_uuid
      WHERE b.bulk_id = $1 GROUP BY i.state ORDER BY i.state`,
    [id],
  );
  return Object.fromEntries(rows.map(({ state, orders }) => [state, orders]));
}

/** How many orders a person has begun anew within a day without anybody's approval, under whatever name. */
async function begunAlone(client: PoolClient, operator: string): Promise<number> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('bulk', 0))`);
  const { rows } = await client.query<{ orders: number }>(
    `SELECT coalesce(sum(orders), 0)::integer AS orders FROM bulk_reinsertions
      WHERE operator = ANY ($1) AND approved_by IS NULL AND created_at > now() - interval '24 hours'
        AND (state IN ('queued', 'running') OR started_at IS NOT NULL)`,
    [await samePerson(client, operator)],
  );
  return rows[0]?.orders ?? 0;
}

function note(client: PoolClient, { id, operator, reason }: BulkDeed, action: string, data: Record<string, unknown>) {
  return audit(client, { merchantId: null, actor: operator, action, object: id, reason, data });
}
