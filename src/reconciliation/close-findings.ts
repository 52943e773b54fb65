import { DataSource } from 'typeorm';
import { asEngine } from '../data/statement';
import { Step } from './reconciler';

const BATCH = 5000;

/**
 * Closes what no longer holds: what this run would have seen and did not see. How a card differs at WeChat is closed by
 * reading that card again alone: a run that could not read it has learnt nothing. What was found as orders were posted is
 * for a person to decide. What only a statement can tell stays until
 * the next statement of all those days, unless our own ledger answers it: a missing order has come, an extra one has ended.
 */
export function closeFindings(dataSource: DataSource): Step {
  return {
    name: 'closing',
    async page(run) {
      const values = [run.started_at, run.merchant_id, run.from_at, run.to_at, run.source === 'statement'];
      const { rowCount } = await asEngine(dataSource, (client) => client.query(CLOSE, values));
      return { next: rowCount === BATCH ? 'more' : null, counts: { closed: rowCount ?? 0 } };
    },
  };
}

const CLOSE = `
  UPDATE findings SET state = 'gone', decided_at = clock_timestamp(), decided_by = coalesce(decided_by, 'reconciliation')
   WHERE id IN (
     SELECT id FROM findings f
      WHERE state IN ('open', 'accepted') AND ($2::uuid IS NULL OR merchant_id = $2)
        AND ($3::timestamptz IS NULL OR order_at >= $3) AND ($4::timestamptz IS NULL OR order_at < $4)
        AND CASE WHEN source = 'orders' OR (source = 'wechat' AND class IN ('amount', 'number')) THEN false
                 WHEN source <> 'statement' OR $5 THEN seen_at < $1
                   AND (class <> 'missing' OR coalesce((facts -> 'theirs' ->> 'statement_until')::timestamptz <= $4, true))
                 WHEN class = 'missing' THEN EXISTS (
                   SELECT FROM orders o WHERE o.merchant_id = f.merchant_id AND o.order_id = f.order_id
                                          AND o.appid || '/' || o.order_id = f.subject)
                 WHEN class = 'extra' THEN EXISTS (
                   SELECT FROM insertions i WHERE i.merchant_id = f.merchant_id AND i.id = f.order_uuid
                                              AND i.state IN ('refused', 'rejected', 'cancelled'))
                 ELSE false END
      LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`;
