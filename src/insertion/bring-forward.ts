import { PoolClient } from 'pg';
import { MEDIA_LIFE_SECONDS } from '../domain/insertion';

/** Which waiting orders, and how many of them, may be due sooner than by themselves. */
export interface Waiting {
  issuerAppid: string;
  merchantId: string | null;
  from: Date | null;
  to: Date | null;
  /** Only orders that nothing has happened to since, this neither: so each is brought forward once, whoever is killed meanwhile. */
  untouchedSince: Date;
  /** No doubtful order earlier than this after its latest attempt. */
  quietSeconds: number;
  limit: number;
}

/** A queue that became due in one moment would stand in the way of new orders. */
const SPACING_SECONDS = 0.05;

/**
 * Lets orders that wait be due now: those that await authorisation, those in doubt once their quiet period is over, and
 * those whose upload at WeChat is about to be lost. Nearest deadline first. States stay as they are and rows in a
 * worker's hands are left alone: the worker's own path decides what becomes of each.
 */
export async function bringForward(client: PoolClient, waiting: Waiting): Promise<number> {
  const { issuerAppid, merchantId, from, to, untouchedSince, quietSeconds, limit } = waiting;
  const { rowCount } = await client.query(
    `WITH waiting AS (
       SELECT merchant_id, id, coalesce(uploaded_at, waiting_since, doubt_since, created_at) AS oldest FROM insertions
        WHERE due_at > now() + interval '1 second' AND claimed_by IS NULL AND updated_at < $5
          AND (brought_forward_at IS NULL OR brought_forward_at < $5)
          AND issuer_appid = $1 AND ($2::uuid IS NULL OR merchant_id = $2)
          AND ($3::timestamptz IS NULL OR created_at >= $3) AND ($4::timestamptz IS NULL OR created_at < $4)
          AND (doubt_since IS NULL OR greatest(updated_at, doubt_since) < now() - make_interval(secs => $6))
          AND (state IN ('awaiting_authorization', 'in_doubt', 'likely_inserted')
               OR (state = 'uploaded' AND doubt_since IS NULL AND uploaded_at < now() - make_interval(secs => $7 * 0.9)
                   AND due_at > uploaded_at + make_interval(secs => $7)))
        ORDER BY oldest LIMIT $8 FOR UPDATE SKIP LOCKED
     ), queued AS (
       SELECT *, row_number() OVER (ORDER BY oldest) AS place FROM waiting
     )
     UPDATE insertions i
        SET due_at = least(i.due_at, clock_timestamp() + make_interval(secs => (q.place - 1) * $9::float8)),
            brought_forward_at = clock_timestamp()
       FROM queued q WHERE i.merchant_id = q.merchant_id AND i.id = q.id`,
    [issuerAppid, merchantId, from, to, untouchedSince, quietSeconds, MEDIA_LIFE_SECONDS, limit, SPACING_SECONDS],
  );
  return rowCount ?? 0;
}
