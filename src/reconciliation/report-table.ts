import { REPORT_LINES, ReportSummary } from '../data/entities/report';
import { toShanghai } from '../domain/shanghai';
import { Drift } from './report-facts';
import { findingView } from './views';

export type Cell = string | number | null;

/** The columns of the drift list: name for programs, heading for people. Money is 分. */
export const DRIFT_COLUMNS: readonly (readonly [name: string, heading: string])[] = [
  ['order_id', '订单号'],
  ['order', '订单 uuid'],
  ['order_at', '受理时间'],
  ['source', '来源'],
  ['class', '差异类别'],
  ['state', '处理状态'],
  ['our_state', '我方状态'],
  ['our_number', '我方发票号码'],
  ['our_fee', '我方金额（分）'],
  ['their_state', '对方状态'],
  ['their_number', '对方发票号码'],
  ['their_fee', '对方金额（分）'],
  ['since', '起始时间'],
  ['explanation', '说明'],
  ['suggestion', '建议'],
  ['decided_by', '处理人'],
  ['reason', '处理理由'],
];

export const SUMMARY_COLUMNS: readonly (readonly [name: string, heading: string])[] = [
  ['line', '项目'],
  ['count', '笔数'],
  ['fee', '金额（分）'],
];

const LINE_NAMES = { issued: '开具', inserted: '已插卡', open: '处理中', refused: '已拒绝', cancelled: '已冲红' };

/** `names` false: as programs read it. */
export function summaryCells(summary: ReportSummary, names: boolean): Cell[][] {
  return REPORT_LINES.map((line) => [names ? LINE_NAMES[line] : line, summary[line].count, summary[line].fee]);
}

export function driftCells(row: Drift): Cell[] {
  const {
    order_id,
    order,
    source,
    class: kind,
    state,
    since,
    explanation,
    suggestion,
    decided_by,
    reason,
  } = findingView(row);
  const ours = row.facts.ours ?? {};
  const theirs = row.facts.theirs ?? {};
  return [
    ...[order_id, order, toShanghai(row.order_at), source, kind, state],
    ...[ours.state ?? null, ours.number ?? null, ours.fee ?? null],
    ...[theirs.reimburse_status ?? theirs.state ?? null, theirs.number ?? null, theirs.fee ?? null],
    ...[since, explanation, suggestion, decided_by, reason],
  ];
}
