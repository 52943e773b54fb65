import { Fault, fault } from '../domain/fault';
import { cellsOf, DELIMITERS } from './statement-cells';

/** What stands in a column: a field of StatementEntry, amounts in yuan, or nothing of ours. */
export type Column = 'order_id' | 'appid' | 'invoice_number' | 'fee' | 'fee_in_yuan' | 'state' | null;

export interface Columns {
  fields: readonly Column[];
  delimiter: string;
  /** Names of columns that nothing is read from. */
  ignored: string[];
}

/** The names of StatementEntry, and what a Chinese spreadsheet may call them; written as `plain` writes them. */
const NAMES = new Map<string, Exclude<Column, null>>([
  ['order_id', 'order_id'],
  ['订单号', 'order_id'],
  ['订单编号', 'order_id'],
  ['商户订单号', 'order_id'],
  ['appid', 'appid'],
  ['invoice_number', 'invoice_number'],
  ['发票号码', 'invoice_number'],
  ['数电票号码', 'invoice_number'],
  ['数电发票号码', 'invoice_number'],
  ['fee', 'fee'],
  ['金额(分)', 'fee'],
  ['价税合计(分)', 'fee'],
  ['fee_in_yuan', 'fee_in_yuan'],
  ['金额', 'fee_in_yuan'],
  ['金额(元)', 'fee_in_yuan'],
  ['价税合计', 'fee_in_yuan'],
  ['价税合计(元)', 'fee_in_yuan'],
  ['state', 'state'],
  ['状态', 'state'],
  ['发票状态', 'state'],
]);

/** The first line of a CSV; its cells are parted by what parts the names best. Surplus columns are passed over, and named. */
export function readColumns(text: string): Columns | { faults: Fault[] } {
  const { delimiter, cells } = bestReadingOf(text);
  if (!cells) return { faults: [UNQUOTED] };
  const fields = cells.map((cell) => NAMES.get(plain(cell)) ?? null);
  const faults = cells.filter((_, n) => isSaidTwice(fields, n)).map(repeated);
  if (!fields.includes('order_id')) faults.push(withoutOrders(cells));
  if (faults.length > 0) return { faults };
  return { fields, delimiter, ignored: cells.filter((_, n) => fields[n] === null).map((cell) => cell.trim()) };
}

/** How many of its cells are names that are known here: of two ways to read a first line the better one has more. */
export function namesIn(text: string): number {
  return bestReadingOf(text).known;
}

function bestReadingOf(text: string) {
  const readings = DELIMITERS.map((delimiter) => {
    const cells = cellsOf(text, delimiter);
    return { delimiter, cells, known: cells?.filter((cell) => NAMES.has(plain(cell))).length ?? -1 };
  });
  return readings.reduce((best, one) => (one.known > best.known ? one : best));
}

export const UNQUOTED = fault('CSV-SYNTAX', '', '引号不成对或位置不对。', 'A quote is out of place or is not closed.');

/** An amount in 分 and one in yuan are two words on one thing. */
function isSaidTwice(fields: readonly Column[], n: number): boolean {
  const names = fields.map((field) => (field === 'fee_in_yuan' ? 'fee' : field));
  const name = names[n] ?? null;
  return name !== null && names.indexOf(name) !== n;
}

function repeated(cell: string): Fault {
  const name = shown(cell);
  return fault('CSV-COLUMN', '', `列 ${name} 重复。`, `The column ${name} appears twice.`);
}

function withoutOrders(cells: string[]): Fault {
  const [there, known] = [cells.slice(0, 10).map(shown).join(', '), [...NAMES.keys()].join(', ')];
  return fault(
    'CSV-COLUMN',
    '',
    `首行缺少列 order_id（订单号）。首行是：${there}；可用的列名：${known}。`,
    `The first line lacks the column order_id. It has: ${there}; known are: ${known}.`,
  );
}

function shown(cell: string): string {
  return JSON.stringify(cell.trim().slice(0, 64));
}

/** Full-width letters and brackets, capitals and blanks make no other name. */
function plain(name: string): string {
  return name.normalize('NFKC').replace(/\s/g, '').toLowerCase();
}
