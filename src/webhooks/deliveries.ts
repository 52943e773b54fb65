import { randomUUID } from 'node:crypto';
import { PoolClient } from 'pg';
import { WebhookDelivery } from '../data/entities/webhook';
import { EndpointRow } from './endpoints';
import { TEST_TYPE } from './message';

/** A delivery as it may be shown. `created_at_text` has all digits, for the cursor. */
export interface DeliveryRow {
  merchant_id: string;
  id: string;
  created_at: Date;
  created_at_text: string;
  endpoint_id: string;
  type: string;
  sequence: number | null;
  occurred_at: Date;
  data: Record<string, unknown>;
  state: WebhookDelivery['state'];
  next_attempt_at: Date | null;
  delivered_at: Date | null;
  attempts: DeliveryAttemptRow[];
}

export interface DeliveryAttemptRow {
  id: string;
  n: number;
  started_at: Date;
  ended_at: Date;
  result: string;
  http_status: number | null;
}

export interface DeliveryFilter {
  endpointId?: string;
  state?: WebhookDelivery['state'];
  type?: string;
  orderId?: string;
  createdFrom?: Date;
  createdTo?: Date;
  limit: number;
  after?: { createdAt: string; id: string };
}

const COLUMNS = `merchant_id, id, created_at, created_at::text AS created_at_text, endpoint_id, type, sequence, occurred_at, data,
  state, next_attempt_at, delivered_at`;

/** A replay takes at most so many messages: a longer range is asked for in parts. */
export const MOST_REPLAYED = 100_000;

/** Newest first; one row more than the limit says that there is another page. */
export async function listDeliveries(client: PoolClient, merchantId: string, filter: DeliveryFilter) {
  const values: unknown[] = [merchantId];
  const value = (given: unknown) => `$${values.push(given)}`;
  const conditions = ['merchant_id = $1'];
  if (filter.endpointId) conditions.push(`endpoint_id = ${value(filter.endpointId)}`);
  if (filter.state) conditions.push(`state = ${value(filter.state)}`);
  if (filter.type) conditions.push(`type = ${value(filter.type)}`);
  if (filter.orderId) {
    const orderId = value(filter.orderId);
    const named = (table: string) => `SELECT id FROM ${table} WHERE merchant_id = $1 AND order_id = ${orderId}`;
    conditions.push(`order_uuid IN (${named('orders')} UNION ALL ${named('authorizations')})`);
  }
  if (filter.createdFrom) conditions.push(`created_at >= ${value(filter.createdFrom)}`);
  if (filter.createdTo) conditions.push(`created_at < ${value(filter.createdTo)}`);
  if (filter.after) {
    const { createdAt, id } = filter.after;
    conditions.push(`(created_at, id) < (${value(createdAt)}::timestamptz, ${value(id)}::uuid)`);
  }
  const { rows } = await client.query<DeliveryRow>(
    `SELECT ${COLUMNS} FROM webhook_deliveries WHERE ${conditions.join(' AND ')}
      ORDER BY created_at DESC, id DESC LIMIT ${value(filter.limit + 1)}`,
    values,
  );
  return withAttempts(client, merchantId, rows);
}

/** The endpoint of a delivery; null: there is no such delivery. */
export async function endpointOf(client: PoolClient, merchantId: string, id: string): Promise<string | null> {
  const { rows } = await client.query<{ endpoint_id: string }>(
    'SELECT endpoint_id FROM webhook_deliveries WHERE merchant_id = $1 AND id = $2',
    [merchantId, id],
  );
  return rows[0]?.endpoint_id ?? null;
}

/** The merchant whose message it is; null: there is none. */
export async function findAnyDelivery(client: PoolClient, id: string): Promise<string | null> {
  const { rows } = await client.query<{ merchant_id: string }>(
    'SELECT d.merchant_id FROM merchants m JOIN webhook_deliveries d ON d.merchant_id = m.id AND d.id = $1',
    [id],
  );
  return rows[0]?.merchant_id ?? null;
}

/** Due at once, from the beginning of the schedule, under the same id. */
export async function redeliver(client: PoolClient, merchantId: string, id: string): Promise<DeliveryRow> {
  const { rows } = await client.query<DeliveryRow>(
    `UPDATE webhook_deliveries SET ${DUE_NOW} WHERE merchant_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
    [merchantId, id],
  );
  return (await withAttempts(client, merchantId, rows))[0] as DeliveryRow;
}

const DUE_NOW = `state = 'pending', next_attempt_at = clock_timestamp(), failures = 0, claimed_by = NULL, fence = fence + 1`;

export interface Range {
  from: Date;
  to: Date;
  types?: string[];
}

/** Makes due again what happened in the range, delivered or not. Null: more than `MOST_REPLAYED`, and nothing was done. */
export async function replay(client: PoolClient, endpoint: EndpointRow, range: Range): Promise<number | null> {
  const values = [endpoint.merchant_id, endpoint.id, range.from, range.to, range.types ?? null];
  const within = `merchant_id = $1 AND endpoint_id = $2 AND created_at >= $3 AND created_at < $4
    AND ($5::text[] IS NULL OR type = ANY ($5)) AND order_uuid IS NOT NULL`;
  const { rows } = await client.query(
    `SELECT 1 FROM webhook_deliveries WHERE ${within} OFFSET ${MOST_REPLAYED} LIMIT 1`,
    values,
  );
  if (rows.length > 0) return null;
  const { rowCount } = await client.query(`UPDATE webhook_deliveries SET ${DUE_NOW} WHERE ${within}`, values);
  return rowCount ?? 0;
}

/** A message that tells nothing, to see whether it arrives. */
export async function addTest(client: PoolClient, { merchant_id, id }: EndpointRow): Promise<DeliveryRow> {
  const { rows } = await client.query<DeliveryRow>(
    `INSERT INTO webhook_deliveries (merchant_id, id, created_at, endpoint_id, type, occurred_at, data, state, next_attempt_at)
     VALUES ($1, $2, clock_timestamp(), $3, $4, clock_timestamp(), $5, 'pending', clock_timestamp())
     RETURNING ${COLUMNS}`,
    [merchant_id, randomUUID(), id, TEST_TYPE, { endpoint_id: id }],
  );
  return { ...(rows[0] as DeliveryRow), attempts: [] };
}

async function withAttempts(client: PoolClient, merchantId: string, rows: DeliveryRow[]): Promise<DeliveryRow[]> {
  if (rows.length === 0) return rows;
  const { rows: attempts } = await client.query<DeliveryAttemptRow>(
    `SELECT id, n, started_at, ended_at, result, http_status FROM webhook_attempts
      WHERE merchant_id = $1 AND id = ANY ($2::uuid[]) ORDER BY n`,
    [merchantId, rows.map(({ id }) => id)],
  );
  return rows.map((row) => ({ ...row, attempts: attempts.filter(({ id }) => id === row.id) }));
}
