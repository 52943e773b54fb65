import { randomBytes } from 'node:crypto';
import { PoolClient } from 'pg';
import { WebhookEndpoint } from '../data/entities/webhook';
import { Sealer } from '../data/sealed';

export const MOST_ENDPOINTS = 20;
/** How long the secret before the last rotation still signs. */
export const OVERLAP_SECONDS = 24 * 3600;

/** An endpoint as it may be shown: without its secrets. */
export type EndpointRow = {
  merchant_id: string;
  id: string;
  url: string;
  description: string;
  types: string[] | null;
  previous_until: Date | null;
  created_at: Date;
  failing_since: Date | null;
  disabled_at: Date | null;
  disabled_reason: WebhookEndpoint['disabledReason'];
};

const COLUMNS =
  'merchant_id, id, url, description, types, previous_until, created_at, failing_since, disabled_at, disabled_reason';

export interface EndpointFilter {
  merchantId?: string;
  state?: 'enabled' | 'disabled';
  limit: number;
  after?: string;
}

/** Newest first; one row more than the limit says that there is another page. */
export async function listEndpoints(client: PoolClient, filter: EndpointFilter): Promise<EndpointRow[]> {
  const { rows } = await client.query<EndpointRow>(
    `SELECT ${COLUMNS} FROM webhook_endpoints
      WHERE ($1::uuid IS NULL OR merchant_id = $1) AND ($2::uuid IS NULL OR id < $2)
        AND ($3::text IS NULL OR (disabled_at IS NULL) = ($3 = 'enabled'))
      ORDER BY id DESC LIMIT $4`,
    [filter.merchantId ?? null, filter.after ?? null, filter.state ?? null, filter.limit + 1],
  );
  return rows;
}

export async function findEndpoint(client: PoolClient, merchantId: string, id: string): Promise<EndpointRow | null> {
  const { rows } = await client.query<EndpointRow>(
    `SELECT ${COLUMNS} FROM webhook_endpoints WHERE merchant_id = $1 AND id = $2`,
    [merchantId, id],
  );
  return rows[0] ?? null;
}

/** Of whatever merchant. */
export async function findAnyEndpoint(client: PoolClient, id: string): Promise<EndpointRow | null> {
  const { rows } = await client.query<EndpointRow>(`SELECT ${COLUMNS} FROM webhook_endpoints WHERE id = $1`, [id]);
  return rows[0] ?? null;
}

export type NewEndpoint = Pick<EndpointRow, 'url' | 'description' | 'types'>;

/**
 * Null: the merchant has as many as it may have. The secret is in no later answer; but whoever makes the same endpoint
 * again, under its id, has lost the answer.
 */
export async function addEndpoint(
  client: PoolClient,
  sealer: Sealer,
  merchantId: string,
  id: string,
  given: NewEndpoint,
): Promise<{ endpoint: EndpointRow; secret: string; made: boolean } | null> {
  const secret = newSecret();
  // Two calls at once must not both find the last free place.
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('webhook_endpoints|' || $1, 0))`, [merchantId]);
  const before = await withSecret(client, sealer, merchantId, id);
  if (before) return before;
  const { rows } = await client.query<EndpointRow>(
    `INSERT INTO webhook_endpoints (merchant_id, id, url, description, types, secret)
     SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT count(*) FROM webhook_endpoints WHERE merchant_id = $1) < ${MOST_ENDPOINTS}
     RETURNING ${COLUMNS}`,
    [merchantId, id, given.url, given.description, given.types, sealer.seal(secret, `webhook_endpoints|${id}`)],
  );
  return rows[0] ? { endpoint: rows[0], secret, made: true } : null;
}

/**
 * The new secret signs at once, the one before beside it for a day. Whoever rotates it again under the same `rotation` has
 * lost the answer.
 */
export async function rotateSecret(
  client: PoolClient,
  sealer: Sealer,
  { merchantId, id, rotation }: { merchantId: string; id: string; rotation: string },
): Promise<{ endpoint: EndpointRow; secret: string; made: boolean } | null> {
  const secret = newSecret();
  const { rows } = await client.query<EndpointRow>(
    `UPDATE webhook_endpoints SET previous_secret = secret, secret = $3, rotation = $4,
            previous_until = now() + make_interval(secs => ${OVERLAP_SECONDS})
      WHERE merchant_id = $1 AND id = $2 AND rotation IS DISTINCT FROM $4 RETURNING ${COLUMNS}`,
    [merchantId, id, sealer.seal(secret, `webhook_endpoints|${id}`), rotation],
  );
  if (rows[0]) return { endpoint: rows[0], secret, made: true };
  return withSecret(client, sealer, merchantId, id);
}

/** What was pending when it was disabled goes on; what was missed since waits for a replay. */
export async function enableEndpoint(client: PoolClient, merchantId: string, id: string): Promise<EndpointRow | null> {
  const { rows } = await client.query<EndpointRow>(
    `UPDATE webhook_endpoints SET disabled_at = NULL, disabled_reason = NULL, failing_since = NULL, last_failed_at = NULL
      WHERE merchant_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
    [merchantId, id],
  );
  return rows[0] ?? null;
}

/** Removes it with its secrets. Its deliveries stay as a record; those still pending are dropped. */
export async function removeEndpoint(client: PoolClient, merchantId: string, id: string): Promise<EndpointRow | null> {
  const { rows } = await client.query<EndpointRow>(
    `DELETE FROM webhook_endpoints WHERE merchant_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
    [merchantId, id],
  );
  if (!rows[0]) return null;
  await client.query('DELETE FROM webhook_sequences WHERE merchant_id = $1 AND endpoint_id = $2', [merchantId, id]);
  await client.query(
    `UPDATE webhook_deliveries SET state = 'dropped', next_attempt_at = NULL, claimed_by = NULL, fence = fence + 1
      WHERE merchant_id = $1 AND endpoint_id = $2 AND next_attempt_at IS NOT NULL`,
    [merchantId, id],
  );
  return rows[0];
}

async function withSecret(client: PoolClient, sealer: Sealer, merchantId: string, id: string) {
  const { rows } = await client.query<EndpointRow & { secret: Buffer }>(
    `SELECT ${COLUMNS}, secret FROM webhook_endpoints WHERE merchant_id = $1 AND id = $2`,
    [merchantId, id],
  );
  if (!rows[0]) return null;
  const { secret: sealed, ...endpoint } = rows[0];
  return { endpoint, secret: sealer.open(sealed, `webhook_endpoints|${id}`), made: false };
}

function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}
