import { PoolClient } from 'pg';
import { Subject } from '../insertion/settle';
import { CancelVerdict } from '../wechat/updatestatus';

/** A cancellation in one process's hands: what WeChat is to be told. */
export interface Wish extends Subject {
  issuerAppid: string;
  cardId: string;
  cardCode: string;
}

/** Waits after an answer that was not clear, in seconds; then every twelve hours. */
const WAITS = [60, 300, 1800, 7200, 43_200];

const WISH = `
  SELECT w.merchant_id AS "merchantId", w.id, i.issuer_appid AS "issuerAppid", o.card_id AS "cardId", i.card_code AS "cardCode"
    FROM wished w JOIN orders o USING (merchant_id, id) JOIN insertions i USING (merchant_id, id)`;

/** Writes the wish down, and makes it this process's for a while. Null: it is another's at this moment. */
export async function intend(
  client: PoolClient,
  { merchantId, id }: Subject,
  { by, reason }: { by: string; reason: string | null },
  leaseSeconds: number,
): Promise<Wish | null> {
  const { rows } = await client.query<Wish>(
    `WITH wished AS (
       INSERT INTO cancellations AS c (merchant_id, id, state, requested_by, reason, calls, due_at)
       VALUES ($1, $2, 'pending', $3, $4, 1, clock_timestamp() + make_interval(secs => $5))
       ON CONFLICT (merchant_id, id) DO UPDATE
          SET state = 'pending', requested_by = $3, reason = $4, requested_at = now(), ended_at = NULL, calls = c.calls + 1,
              due_at = excluded.due_at, errcode = NULL, errmsg = NULL
        WHERE c.state = 'refused' OR c.due_at <= now()
       RETURNING merchant_id, id)
     ${WISH}`,
    [merchantId, id, by, reason, leaseSeconds],
  );
  return rows[0] ?? null;
}

/** The next wish whose time has come. */
export async function nextDue(client: PoolClient, leaseSeconds: number): Promise<Wish | null> {
  const { rows } = await client.query<Wish>(
    `WITH wished AS (
       UPDATE cancellations SET calls = calls + 1, due_at = clock_timestamp() + make_interval(secs => $1)
        WHERE (merchant_id, id) = (SELECT merchant_id, id FROM cancellations WHERE due_at <= now()
                                    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING merchant_id, id)
     ${WISH}`,
    [leaseSeconds],
  );
  return rows[0] ?? null;
}

export async function record(client: PoolClient, { merchantId, id }: Subject, verdict: CancelVerdict): Promise<void> {
  const { errcode, errmsg } = verdict.kind === 'cancelled' ? { errcode: null, errmsg: null } : verdict;
  const state = { cancelled: 'done', refused: 'refused', again: 'pending' }[verdict.kind];
  await client.query(
    `UPDATE cancellations
        SET state = $3, errcode = $4, errmsg = $5,
            due_at = CASE WHEN $3 = 'pending'
                          THEN clock_timestamp() + make_interval(secs => ($6::float8[])[least(calls, ${WAITS.length})]) END,
            ended_at = CASE WHEN $3 <> 'pending' THEN clock_timestamp() END
      WHERE merchant_id = $1 AND id = $2 AND state = 'pending'`,
    [merchantId, id, state, errcode, errmsg?.slice(0, 500) ?? null, WAITS],
  );
}
