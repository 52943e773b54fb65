import { toShanghai } from '../domain/shanghai';
import { ProblemCode, PROBLEMS } from '../http/problems';
import { ALONE_ORDERS, BulkGroupRow, BulkOrderRow, BulkRow, MOST_ORDERS } from './bulk-reinsertions';
import { BulkOrderView, BulkPreview, BulkView } from './bulk-reinsertions.api';

export function previewOf(groups: BulkGroupRow[]): BulkPreview {
  const orders = groups.reduce((sum, group) => sum + group.orders, 0);
  return {
    dry_run: true,
    orders,
    most: MOST_ORDERS,
    alone: ALONE_ORDERS,
    needs_approval: orders > ALONE_ORDERS,
    by_reason: groups,
  };
}

export function bulkView(row: BulkRow): BulkView {
  const { id, state, filter, reason, operator, orders, reinserted, skipped } = row;
  return {
    id,
    state,
    filter,
    reason,
    operator,
    orders,
    counts: { pending: orders - reinserted - skipped, reinserted, skipped },
    approval: row.approved_by === null ? null : { operator: row.approved_by, reason: row.approval_reason },
    cancellation: row.cancelled_by === null ? null : { operator: row.cancelled_by, reason: row.cancellation_reason },
    created_at: toShanghai(row.created_at),
    started_at: row.started_at && toShanghai(row.started_at),
    ended_at: row.ended_at && toShanghai(row.ended_at),
  };
}

export function bulkOrderView(row: BulkOrderRow): BulkOrderView {
  const { n, merchant_id, order_uuid: order, order_id, outcome, code, reinsertion_id } = row;
  const [, message, messageEn] = code === null ? [null, null, null] : PROBLEMS[code as ProblemCode];
  return {
    n,
    order,
    order_id,
    merchant_id,
    outcome: outcome ?? 'pending',
    reinsertion_id,
    code,
    message,
    message_en: messageEn,
    ended_at: row.ended_at && toShanghai(row.ended_at),
    state: row.state,
    reason: row.reason,
  };
}
