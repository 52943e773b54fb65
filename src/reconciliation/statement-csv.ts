import { Fault, fault } from '../domain/fault';
import { fenOf } from '../domain/yuan';
import { cellsOf, wordOf } from './statement-cells';
import { Column, Columns, UNQUOTED } from './statement-columns';

const STATES = new Map([
  ['已开具', 'issued'],
  ['已开票', 'issued'],
  ['正常', 'issued'],
  ['已插卡', 'inserted'],
  ['已冲红', 'cancelled'],
  ['已红冲', 'cancelled'],
  ['已作废', 'cancelled'],
]);
const SUM = /^(合计|总计|小计|汇总|本页合计|(grand |sub)?total|sum)[:：]?$/i;
const SCIENTIFIC = /^[+-]?\d+(\.\d+)?E[+-]?\d+$/i;
/** Digits and dots in groups of three, as people write amounts; a sign of yuan before them or behind. */
const AMOUNT = /^[¥￥]?\s*(-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*元?$/;

/** What a line says, still to be checked as a StatementEntry; or what is wrong with the line itself. */
export interface Told {
  value: unknown;
  faults: Fault[];
}

/** A later line of a CSV. An empty cell counts as absent; an empty line, or one that sums up others, says nothing. */
export function readRow(text: string, { fields, delimiter }: Columns): Told {
  const cells = cellsOf(text, delimiter)?.map(wordOf);
  if (!cells) return { value: null, faults: [UNQUOTED] };
  if (isNoOrder(cells, fields)) return { value: null, faults: [] };
  if (cells.length !== fields.length) {
    const zh = `有 ${cells.length} 列，首行有 ${fields.length} 列。`;
    const en = `There are ${cells.length} cells; the first line has ${fields.length}.`;
    return { value: null, faults: [fault('CSV-SYNTAX', '', zh, en)] };
  }
  const said = fields.flatMap((field, n) => {
    const cell = cells[n] as string;
    return field === null || cell === '' ? [] : [valueOf(field, cell)];
  });
  const faults = said.flatMap((one) => ('fault' in one ? [one.fault] : []));
  return { value: Object.fromEntries(said.flatMap((one) => ('entry' in one ? [one.entry] : []))), faults };
}

/** `合计` stands where an order’s number would, or before it; a line with an invoice’s number is an order’s. */
function isNoOrder(cells: string[], fields: readonly Column[]): boolean {
  const at = (field: Column) => cells[fields.indexOf(field)] ?? '';
  if (cells.every((cell) => cell === '')) return true;
  return at('invoice_number') === '' && (SUM.test(at('order_id')) || (at('order_id') === '' && cells.some(isSum)));
}

function isSum(cell: string): boolean {
  return SUM.test(cell);
}

type Said = { entry: [name: string, value: string | number] } | { fault: Fault };

function valueOf(field: Exclude<Column, null>, cell: string): Said {
  if (SCIENTIFIC.test(cell)) return { fault: rewritten(field) };
  switch (field) {
    case 'fee':
      return inFen(cell);
    case 'fee_in_yuan':
      return inYuan(cell);
    case 'state':
      return { entry: ['state', STATES.get(cell) ?? cell] };
    default:
      return { entry: [field, cell] };
  }
}

function inFen(cell: string): Said {
  const amount = AMOUNT.exec(cell.normalize('NFKC'))?.[1];
  if (amount !== undefined && /^-?[\d,]{1,20}$/.test(amount) && !/[¥￥元]/.test(cell))
    return { entry: ['fee', Number(amount.replaceAll(',', ''))] };
  if (amount === undefined) return { entry: ['fee', cell] };
  const [zh, en] = [
    '此列以分计，须为整数；若是元，请把列名改为“金额（元）”。',
    'This column is in 分, a whole number; where it is in yuan, name it 金额（元）.',
  ];
  return { fault: fault('FIELD-TYPE', '/fee', zh, en) };
}

function inYuan(cell: string): Said {
  const amount = AMOUNT.exec(cell.normalize('NFKC'))?.[1];
  const fen = amount === undefined ? null : fenOf(amount);
  if (fen !== null) return { entry: ['fee', fen] };
  const [zh, en] = ['不是以元计的金额，例如 1,234.50。', 'This is no amount of yuan, such as 1,234.50.'];
  return { fault: fault('FIELD-TYPE', '/fee', zh, en) };
}

function rewritten(field: string): Fault {
  return fault(
    'CSV-NUMBER',
    `/${field === 'fee_in_yuan' ? 'fee' : field}`,
    '号码被表格软件改写为科学计数法，末尾数字已丢失；请将该列设为“文本”后重新导出。',
    'A spreadsheet has put the number in scientific notation and lost its last digits; make the column “text” and export anew.',
  );
}

/** More digits than a spreadsheet keeps (15), and nothing but zeros after those it does. Chance does that too, but seldom. */
export function looksRounded(number: string | undefined): boolean {
  return number !== undefined && /^\d{15}0{3,}$/.test(number);
}

export function rounded(field: string): Fault {
  return fault(
    'CSV-NUMBER',
    `/${field}`,
    '表格软件只保留 15 位数字，其后已变为 0，且此处没有这个号码；请将该列设为“文本”后重新填入并导出。',
    'A spreadsheet keeps 15 digits and has made zeros of those after them, and this number is not known here; make the column “text”, fill it in and export anew.',
  );
}
