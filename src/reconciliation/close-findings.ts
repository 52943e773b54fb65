import { DataSource } from 'typeorm';
import { asEngine } from '../data/statement';
import { Step } from './reconciler';

const BATCH = 5000;

/**
 * Closes what no longer holds: what this run would have seen and did not see. How a card differs at WeChat is closed by
 * reading that card again alone: a run that could not read it has learnt nothing.
 */
export function closeFindings(dataSource: DataSource): Step {
  return {
    name: 'closing',
    async page(run) {
      const values = [run.started_at, run.merchant_id, run.from_at, run.to_at];
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
        AND seen_at < $1 AND NOT (source = 'wechat' AND class IN ('amount', 'number'))
      LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`;
