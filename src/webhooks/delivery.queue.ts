import { DataSource } from 'typeorm';
import { asEngine, Statement } from '../data/statement';

/**
 * The SQL of a delivery's path. The rows are written by the trigger `announce` in the commit of the event they tell.
 * A claim is a lease, as with insertions: `claimed_by` says whose, `next_attempt_at` when it ends.
 */

/**
 * Takes due deliveries under a lease. `$1` how many, `$2` who, `$3` lease in seconds, `$4` how many more each endpoint may
 * take ({id: number}; one that is not named may take one), `$5` how many of all may go to endpoints that fail or dawdle,
 * `$6` the endpoints this process knows to dawdle, `$7` when it last served each merchant ({id: a growing number}).
 * Endpoints with queued rows are found by a loose index scan. Merchants take turns, who was served longest ago first, and
 * within one what is due longest; endpoints that fail share few hands, so that they delay nobody else.
 */
export const CLAIM_DELIVERIES: Statement = {
  name: 'claim_deliveries',
  text: `
    WITH RECURSIVE queued AS (
      (SELECT merchant_id, endpoint_id FROM webhook_deliveries WHERE next_attempt_at IS NOT NULL
        ORDER BY merchant_id, endpoint_id LIMIT 1)
      UNION ALL
      SELECT n.merchant_id, n.endpoint_id FROM queued q CROSS JOIN LATERAL (
        SELECT merchant_id, endpoint_id FROM webhook_deliveries d
         WHERE d.next_attempt_at IS NOT NULL AND (d.merchant_id, d.endpoint_id) > (q.merchant_id, q.endpoint_id)
         ORDER BY merchant_id, endpoint_id LIMIT 1) n
    ), served AS (
      SELECT e.merchant_id, e.id, e.failing_since IS NOT NULL OR e.id = ANY ($6::uuid[]) AS slow,
             coalesce(($4::jsonb ->> e.id::text)::integer, 1) AS share
        FROM queued q JOIN webhook_endpoints e ON e.merchant_id = q.merchant_id AND e.id = q.endpoint_id
       WHERE e.disabled_at IS NULL
    ), due AS (
      SELECT s.slow, d.merchant_id, d.id, d.created_at, d.next_attempt_at,
             row_number() OVER (PARTITION BY d.merchant_id, s.slow ORDER BY d.next_attempt_at) AS turn,
             coalesce(($7::jsonb ->> d.merchant_id::text)::bigint, 0) AS served
        FROM served s CROSS JOIN LATERAL (
          SELECT merchant_id, id, created_at, next_attempt_at FROM webhook_deliveries w
           WHERE w.merchant_id = s.merchant_id AND w.endpoint_id = s.id AND w.next_attempt_at <= now()
           ORDER BY w.next_attempt_at LIMIT least(s.share, $1)) d
    ), placed AS (
      SELECT *, row_number() OVER (PARTITION BY slow ORDER BY turn, served, next_attempt_at) AS place FROM due
    ), chosen AS (
      SELECT merchant_id, id, created_at FROM placed WHERE NOT slow OR place <= $5
       ORDER BY turn, served, next_attempt_at LIMIT $1
    ), taken AS MATERIALIZED (
      SELECT w.merchant_id, w.id, w.created_at
        FROM chosen c JOIN webhook_deliveries w
          ON w.merchant_id = c.merchant_id AND w.id = c.id AND w.created_at = c.created_at
       WHERE w.next_attempt_at <= now()
         FOR UPDATE OF w SKIP LOCKED
    )
    UPDATE webhook_deliveries d
       SET fence = d.fence + 1, claimed_by = $2, next_attempt_at = clock_timestamp() + make_interval(secs => $3)
      FROM taken t JOIN webhook_endpoints e ON e.merchant_id = t.merchant_id
     WHERE d.merchant_id = t.merchant_id AND d.id = t.id AND d.created_at = t.created_at AND e.id = d.endpoint_id
    RETURNING d.merchant_id, d.id, d.created_at::text AS created_at, d.endpoint_id, d.type, d.sequence, d.occurred_at,
              d.data, d.fence, d.claimed_by, d.failures, e.url, e.secret, e.failing_since IS NOT NULL AS failing,
              CASE WHEN e.previous_until > now() THEN e.previous_secret END AS previous_secret`,
};

/**
 * Records attempts under their fences; the leases end. `retry_in` null: delivered, or the schedule is used up. Repeating
 * it changes nothing. `$1` rows.
 */
export const RECORD_DELIVERIES: Statement = {
  name: 'record_deliveries',
  text: `
    WITH given AS (
      SELECT * FROM jsonb_to_recordset($1::jsonb) AS g (merchant_id uuid, id uuid, created_at timestamptz, fence bigint,
        claimed_by text, state text, failures integer, retry_in float8, result text, http_status integer, ms float8)
    ), moved AS (
      UPDATE webhook_deliveries d
         SET state = g.state, failures = g.failures, attempts = d.attempts + 1, claimed_by = NULL,
             next_attempt_at = clock_timestamp() + make_interval(secs => g.retry_in),
             delivered_at = CASE WHEN g.state = 'delivered' THEN clock_timestamp() ELSE d.delivered_at END
        FROM given g
       WHERE d.merchant_id = g.merchant_id AND d.id = g.id AND d.created_at = g.created_at AND d.fence = g.fence
         AND d.claimed_by = g.claimed_by
      RETURNING d.merchant_id, d.id, d.attempts, d.fence, g.result, g.http_status, g.ms
    ), kept AS (
      INSERT INTO webhook_attempts (merchant_id, id, n, started_at, ended_at, result, http_status)
      SELECT merchant_id, id, attempts, clock_timestamp() - make_interval(secs => ms / 1000), clock_timestamp(), result,
             http_status
        FROM moved
    )
    SELECT id, fence FROM moved`,
};

/** What waits for a free hand: up to 100,000, and the age of the oldest in seconds. For /metrics. */
export async function deliveryQueue(dataSource: DataSource): Promise<{ depth: number; age: number }> {
  const { rows } = await asEngine(dataSource, (client) =>
    client.query<{ depth: number; age: number }>(
      `SELECT count(*)::integer AS depth, coalesce(extract(epoch FROM now() - min(next_attempt_at)), 0)::float8 AS age
         FROM (SELECT d.next_attempt_at FROM webhook_endpoints e JOIN webhook_deliveries d
                   ON d.merchant_id = e.merchant_id AND d.endpoint_id = e.id
                WHERE e.disabled_at IS NULL AND d.next_attempt_at <= now() AND d.claimed_by IS NULL LIMIT 100000) due`,
    ),
  );
  return rows[0] as { depth: number; age: number };
}
