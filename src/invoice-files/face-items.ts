import { InvoiceItem } from '../domain/invoice';
import { fenOf } from '../domain/yuan';
import { Line, Segment, spaced, xAt } from './text-lines';

/** A line of the invoice with its net amount in 分. */
export interface FaceItem {
  item: InvoiceItem;
  amount: number;
}

/** The columns of the table by their heads, in the words of both faces. */
const HEADS = {
  name: ['项目名称', '货物或应税劳务、服务名称', '货物或应税劳务名称'],
  spec: ['规格型号', '车牌号'],
  unit: ['单位', '类型'],
  num: ['数量', '通行日期起'],
  price: ['单价', '通行日期止'],
  amount: ['金额'],
  rate: ['税率/征收率', '税率'],
  tax: ['税额'],
} as const;

type Column = keyof typeof HEADS;
const PATTERNS = Object.entries(HEADS).map(
  ([column, words]) => [column as Column, new RegExp(words.map(spaced).join('|'))] as const,
);
type Heads = { column: Column; left: number; right: number }[];

/** The item table between its heads and 合计; empty where it cannot be told apart. */
export function itemsOf(lines: Line[]): FaceItem[] {
  const top = lines.findIndex((line) => headsOf(line).length >= 5);
  if (top < 0) return [];
  const heads = headsOf(lines[top] as Line);
  const rest = lines.slice(top + 1);
  const bottom = rest.findIndex(({ text }) => /(^|\s)合\s*计/.test(text));
  if (bottom < 0) return [];
  const items: FaceItem[] = [];
  for (const { segments } of rest.slice(0, bottom)) {
    const row: Partial<Record<Column, string>> = {};
    for (const segment of segments) {
      const column = columnOf(segment, heads);
      row[column] = (row[column] ?? '') + segment.raw;
    }
    const amount = fenOf(row.amount ?? '');
    const last = items.at(-1);
    if (amount !== null && row.name) items.push({ item: itemOf(row, amount), amount });
    else if (last && row.name) last.item.name += row.name;
  }
  return items;
}

function headsOf({ segments }: Line): Heads {
  return segments.flatMap((segment) =>
    PATTERNS.flatMap(([column, pattern]) => {
      const found = pattern.exec(segment.text);
      if (!found) return [];
      const span = [found.index, found.index + found[0].length].map((index) => xAt(segment, index)) as [number, number];
      return [{ column, left: span[0], right: span[1] }];
    }),
  );
}

/** The column whose head a cell stands under, or nearest to. */
function columnOf({ left, right }: Segment, heads: Heads): Column {
  const distance = (head: Heads[number]) => Math.max(0, head.left - right, left - head.right);
  const middle = (head: Heads[number]) => Math.abs(head.left + head.right - left - right);
  const [nearest] = [...heads].sort((a, b) => distance(a) - distance(b) || middle(a) - middle(b));
  return (nearest as Heads[number]).column;
}

/** 单价 may have thirteen decimals; the card takes whole 分. Without it the amount is the price. */
function itemOf({ name = '', unit, num, price }: Partial<Record<Column, string>>, amount: number): InvoiceItem {
  const count = num !== undefined && /^-?\d+(\.\d+)?$/.test(num) ? Number(num) : undefined;
  const each = price !== undefined && /^\d+(\.\d+)?$/.test(price) ? Math.round(Number(price) * 100) : undefined;
  const told = unit === undefined ? {} : { unit };
  if (count === undefined || each === undefined) return { name, ...told, price: amount };
  return { name, ...told, num: count, price: each };
}
