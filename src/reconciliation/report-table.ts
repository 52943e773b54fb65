import { REPORT_LINES, ReportSummary } from '../data/entities/report';
import { FindingClass, FindingSource, FindingState } from '../data/entities/reconciliation';
import { InvoiceKind } from '../domain/invoice';
import { InsertionState } from '../domain/insertion';
import { toShanghai } from '../domain/shanghai';
import { STATE_WORDS } from '../domain/state-words';
import { CLASS_WORDS, FINDING_STATE_WORDS, SOURCE_WORDS } from './finding-words';
import { Drift, InvoiceRow } from './report-facts';
import { findingView } from './views';

/** 分, which a sheet shows as yuan. */
export interface Amount {
  fen: number;
}
export type Cell = string | number | Amount | null;

/** A column: its name for programs, its heading for people in both languages, and how wide a sheet shows it. */
export type Column = readonly [name: string, heading: string, width: number];

/** Files for programs say 分 and WeChat's words; sheets for people yuan and theirs. */
export type For = 'programs' | 'people';

export const DRIFT_COLUMNS: readonly Column[] = [
  ['order_id', '订单号 Order', 24],
  ['order', '订单 uuid', 38],
  ['order_at', '受理时间 Accepted', 27],
  ['source', '来源 Source', 14],
  ['class', '差异类别 Difference', 20],
  ['state', '处理状态 Status', 16],
  ['our_state', '我方状态 Our state', 20],
  ['our_number', '我方发票号码 Our invoice', 26],
  ['our_fee', '我方金额（元）Our amount', 26],
  ['their_state', '对方状态 Their state', 20],
  ['their_number', '对方发票号码 Their invoice', 26],
  ['their_fee', '对方金额（元）Their amount', 28],
  ['since', '起始时间 Since', 27],
  ['explanation', '说明 Explanation', 60],
  ['suggestion', '建议 Suggestion', 60],
  ['decided_by', '处理人 By', 16],
  ['reason', '处理理由 Reason', 30],
];

export const SUMMARY_COLUMNS: readonly Column[] = [
  ['line', '项目 Line', 24],
  ['count', '笔数 Orders', 14],
  ['fee', '价税合计（元）Total', 24],
  ['net', '不含税金额（元）Net', 24],
  ['tax', '税额（元）Tax', 20],
];

export const INVOICE_COLUMNS: readonly Column[] = [
  ['order_id', '订单号 Order', 24],
  ['accepted_at', '受理时间 Accepted', 27],
  ['state', '状态 State', 26],
  ['kind', '票种 Kind', 22],
  ['code', '发票代码 Code', 16],
  ['number', '发票号码 Number', 24],
  ['issued_at', '开票时间 Issued', 27],
  ['title', '购买方 Buyer', 36],
  ['fee', '价税合计（元）Total', 22],
  ['net', '不含税金额（元）Net', 22],
  ['tax', '税额（元）Tax', 18],
  ['card_code', '卡券号 Card', 18],
];

const LINE_WORDS = {
  issued: '开具 Issued',
  inserted: '已插卡 Inserted',
  open: '处理中 Open',
  refused: '已拒绝 Refused',
  cancelled: '已冲红 Cancelled',
};

const KIND_WORDS: Record<InvoiceKind, string> = {
  digital_ordinary: '数电普票',
  digital_special: '数电专票',
  vat_ordinary: '电子普票',
  vat_special: '电子专票',
  toll: '通行费',
  blockchain: '区块链发票',
};

export function summaryCells(summary: ReportSummary, whom: For): Cell[][] {
  return REPORT_LINES.map((line) => {
    const { count, fee, net = 0, tax = 0 } = summary[line];
    const sums = [fee, net, tax].map((fen) => money(fen, whom));
    return [whom === 'people' ? LINE_WORDS[line] : line, count, ...sums];
  });
}

/** A person's name is not in it: it lies sealed. */
export function invoiceCells({ order_id, created_at, state, invoice, card_code }: InvoiceRow, whom: For): Cell[] {
  const { kind, code, number, issuedAt, title, fee, feeWithoutTax, tax } = invoice;
  return [
    ...[order_id, toShanghai(created_at), stateOf(state, whom)],
    ...[whom === 'people' ? (KIND_WORDS[kind] ?? null) : (kind ?? null), code ?? null, number ?? null],
    ...[issuedAt === undefined ? null : toShanghai(new Date(issuedAt * 1000)), title ?? null],
    ...[money(fee, whom), money(feeWithoutTax, whom), money(tax, whom), card_code],
  ];
}

export function driftCells(row: Drift, whom: For): Cell[] {
  const view = findingView(row);
  const { order_id, order, since, explanation, suggestion, decided_by, reason } = view;
  const ours = row.facts.ours ?? {};
  const theirs = row.facts.theirs ?? {};
  return [
    ...[order_id, order, toShanghai(row.order_at), ...kindOf(view, whom)],
    ...[stateOf(ours.state ?? null, whom), ours.number ?? null, money(ours.fee, whom)],
    ...[stateOf(theirs.reimburse_status ?? theirs.state ?? null, whom), theirs.number ?? null, money(theirs.fee, whom)],
    ...[since, explanation, suggestion, decided_by, reason],
  ];
}

type Kind = { source: FindingSource; class: FindingClass; state: FindingState };

function kindOf({ source, class: kind, state }: Kind, whom: For): string[] {
  return whom === 'programs'
    ? [source, kind, state]
    : [SOURCE_WORDS[source], CLASS_WORDS[kind], FINDING_STATE_WORDS[state]];
}

function stateOf(state: string | number | null, whom: For): string | number | null {
  const words =
    typeof state === 'string' && Object.hasOwn(STATE_WORDS, state) ? STATE_WORDS[state as InsertionState] : undefined;
  return whom === 'people' && words ? words.join(' ') : state;
}

function money(fen: string | number | null | undefined, whom: For): Cell {
  return typeof fen === 'number' && whom === 'people' ? { fen } : (fen ?? null);
}
