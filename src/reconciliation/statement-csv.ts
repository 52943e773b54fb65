import { Fault, fault } from '../domain/fault';

/** The names of StatementEntry, and what a Chinese spreadsheet may call them. */
const NAMES = new Map([
  ['order_id', 'order_id'],
  ['订单号', 'order_id'],
  ['appid', 'appid'],
  ['invoice_number', 'invoice_number'],
  ['发票号码', 'invoice_number'],
  ['fee', 'fee'],
  ['金额（分）', 'fee'],
  ['state', 'state'],
  ['状态', 'state'],
]);

const STATES = new Map([
  ['已开具', 'issued'],
  ['已插卡', 'inserted'],
  ['已冲红', 'cancelled'],
]);

/** The fields of StatementEntry in the order of the columns. */
export type Columns = readonly string[];

/** What a line says, still to be checked as a StatementEntry; or what is wrong with the line itself. */
export interface Told {
  value: unknown;
  faults: Fault[];
}

/** The first line of a CSV. */
export function readColumns(text: string): { names: Columns } | { faults: Fault[] } {
  const cells = cellsOf(text)?.map((cell) => cell.trim());
  if (!cells) return { faults: [UNQUOTED] };
  const columns = cells.map((cell) => NAMES.get(cell));
  const faults = cells
    .filter((_, n) => columns[n] === undefined || columns.indexOf(columns[n]) !== n)
    .map((cell) => {
      const [name, known] = [JSON.stringify(cell.slice(0, 64)), [...NAMES.keys()].join(', ')];
      const zh = `列名 ${name} 不可用或重复；可用：${known}。`;
      return fault('CSV-COLUMN', '', zh, `The column ${name} is unknown or appears twice; there are: ${known}.`);
    });
  if (!columns.includes('order_id')) {
    faults.push(
      fault('CSV-COLUMN', '', '首行缺少列 order_id（订单号）。', 'The first line lacks the column order_id.'),
    );
  }
  return faults.length > 0 ? { faults } : { names: columns as string[] };
}

/** A later line of a CSV. An empty cell counts as absent. */
export function readRow(text: string, columns: Columns): Told {
  const cells = cellsOf(text);
  if (!cells) return { value: null, faults: [UNQUOTED] };
  if (cells.length !== columns.length) {
    const zh = `有 ${cells.length} 列，首行有 ${columns.length} 列。`;
    const en = `There are ${cells.length} cells; the first line has ${columns.length}.`;
    return { value: null, faults: [fault('CSV-SYNTAX', '', zh, en)] };
  }
  const entries = columns
    .map((name, n): [string, string] => [name, (cells[n] as string).trim()])
    .filter(([, cell]) => cell !== '');
  const faults = entries.filter(([, cell]) => /^\d(\.\d+)?E\+\d+$/i.test(cell)).map(([name]) => rewritten(name));
  return { value: Object.fromEntries(entries.map(([name, cell]) => [name, valueOf(name, cell)])), faults };
}

const UNQUOTED = fault('CSV-SYNTAX', '', '引号不成对或位置不对。', 'A quote is out of place or is not closed.');

/** The cells of a line (RFC 4180 §2); null where its quotes are not in order. */
function cellsOf(text: string): string[] | null {
  const cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (let more = true; more;) {
    const match = cell.exec(text);
    if (!match) return null;
    cells.push(match[1]?.replaceAll('""', '"') ?? (match[2] as string));
    more = match[3] === ',';
  }
  return cells;
}

function rewritten(name: string): Fault {
  return fault(
    'CSV-NUMBER',
    `/${name}`,
    '号码被表格软件改写为科学计数法，末尾数字已丢失；请将该列设为“文本”后重新导出。',
    'A spreadsheet has put the number in scientific notation and lost its last digits; make the column “text” and export anew.',
  );
}

function valueOf(name: string, cell: string): string | number {
  if (name === 'fee' && /^\d{1,16}$/.test(cell)) return Number(cell);
  return name === 'state' ? (STATES.get(cell) ?? cell) : cell;
}
