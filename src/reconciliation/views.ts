import { toShanghai } from '../domain/shanghai';
import { explain } from './explain';
import { FindingRow } from './findings';
import { FindingPage, FindingView, RunView } from './reconciliations.api';
import { RunRow } from './runs';

export function runView(run: RunRow): RunView {
  return {
    id: run.id,
    merchant: run.merchant_id,
    source: run.source,
    requested_by: run.requested_by,
    from: run.from_at && toShanghai(run.from_at),
    to: run.to_at && toShanghai(run.to_at),
    state: run.state,
    ...(run.statement_sha256 ? { statement_sha256: run.statement_sha256.toString('hex') } : {}),
    ...(run.statement_lines === null ? {} : { statement_lines: run.statement_lines }),
    counts: run.counts,
    error: run.error,
    created_at: toShanghai(run.created_at),
    started_at: run.started_at && toShanghai(run.started_at),
    ended_at: run.ended_at && toShanghai(run.ended_at),
  };
}

export function findingView(row: FindingRow): FindingView {
  return {
    id: row.id,
    source: row.source,
    class: row.class,
    state: row.state,
    merchant: row.merchant_id,
    order_id: row.order_id,
    order: row.order_uuid,
    ours: row.facts.ours ?? null,
    theirs: row.facts.theirs ?? null,
    ...explain(row),
    since: toShanghai(row.since),
    age_seconds: Math.max(0, Math.floor((Date.now() - row.since.getTime()) / 1000)),
    opened_at: toShanghai(row.opened_at),
    seen_at: toShanghai(row.seen_at),
    decided_at: row.decided_at && toShanghai(row.decided_at),
    decided_by: row.decided_by,
    reason: row.reason,
  };
}

export function findingPage(rows: FindingRow[], limit: number): FindingPage {
  const page = rows.slice(0, limit);
  const hasMore = rows.length > page.length;
  return { items: page.map(findingView), next_cursor: hasMore ? (page.at(-1)?.id ?? null) : null, has_more: hasMore };
}
