import { InvoiceItem } from '../domain/invoice';
import { countedItem } from './counted-item';
import { fenOf } from '../domain/yuan';
import { Line, placeIn, Segment, spaced } from './text-lines';

/** A line of the invoice with its net amount in 分. */
export interface FaceItem {
  item: InvoiceItem;
  amount: number;
  /** Quantity × price is the amount, or neither is told. */
  whole: boolean;
}

/** The columns of the table by their heads, in the words of all faces; those not named here are of special trades. */
const HEADS = {
  name: ['项目名称', '货物或应税劳务、服务名称', '货物或应税劳务名称', '货物(劳务)名称'],
  unit: ['单位'],
  num: ['数量'],
  price: ['单价'],
  amount: ['金额'],
  rate: ['税率/征收率', '征收率', '税率'],
  tax: ['税额'],
  // 规格型号, and what stands between name and amount on faces for tolls, freight, travel, buildings and land.
  other: [
    ...['规格型号', '车牌号', '类型', '通行日期起', '通行日期止', '建筑服务发生地', '建筑项目名称', '起运地', '到达地'],
    ...['产权证书/不动产权证号', '不动产权证号', '面积单位', '不动产地址', '租赁期起止', '车种车号', '运输货物信息'],
  ],
} as const;

type Column = keyof typeof HEADS;
const PATTERNS = Object.entries(HEADS).map(
  ([column, words]) => [column as Column, new RegExp(words.map(spaced).join('|'), 'g')] as const,
);

interface Head {
  column: Column;
  left: number;
  right: number;
}

export interface Table {
  /** Above and below the lines of the invoice. */
  top: number;
  bottom: number;
  heads: Head[];
  rows: Line[];
}

const MONEY = /^[-¥]{0,2}\d{1,3}(?:,\d{3})+\.\d{2}$|^[-¥]{0,2}\d+\.\d{2}$/;
const NUMBER = /^-?\d+(?:\.\d+)?$/;
const RATE = /^\d{1,2}(?:\.\d+)?%$|^\*{2,}$|^(免税|不征税|出口零税率|普通零税率|零税率)$/;
/** What ends the lines of a page: its sum, or that of all pages. */
const TOTAL = /(^|\s)[合小]\s*计(?!\s*\()/;
/** The heads of a second table within the first (旅客运输, 货物运输 …): what is below them are no lines of the invoice. */
const SECOND_TABLE = /出行人|有效身份证件|运输工具种类|车辆识别代号|车架号|面积单位/;

/** Where the lines of the invoice are. Null: there is no table. */
export function tableIn(lines: readonly Line[]): Table | null {
  const top = lines.findIndex((line) => headsOf(line).length >= 4);
  if (top < 0) return null;
  const rest = lines.slice(top + 1);
  const total = rest.findIndex(({ text }) => TOTAL.test(text));
  const bottom = total < 0 ? rest.length : total;
  const second = rest.findIndex(({ text }) => SECOND_TABLE.test(text.replace(/\s/g, '')));
  return {
    top: (lines[top] as Line).y,
    bottom: rest[bottom]?.y ?? -Infinity,
    heads: headsOf(lines[top] as Line),
    rows: rest.slice(0, second >= 0 ? Math.min(second, bottom) : bottom),
  };
}

/** The lines of an invoice; empty where they cannot be told apart. */
export function itemsOf({ heads, rows }: Table): FaceItem[] {
  if (!heads.some(({ column }) => column === 'name') || !heads.some(({ column }) => column === 'amount')) return [];
  const items: FaceItem[] = [];
  for (const { segments } of rows) {
    const name = nameCells(segments, heads);
    const text = name.map(({ raw }) => raw).join('');
    const last = items.at(-1);
    const amount = amountOf(segments.slice(name.length), heads);
    if (amount && text)
      items.push(itemOf(text, segments.slice(name.length, amount.at + name.length), amount.fen, heads));
    else if (last && text && !amount) last.item.name += text;
  }
  return items;
}

function headsOf(line: Line): Head[] {
  const heads = PATTERNS.flatMap(([column, pattern]) =>
    [...line.text.matchAll(pattern)].map((found) => {
      const left = placeIn(line, found.index).x;
      const last = placeIn(line, found.index + found[0].length - 1);
      const own = line.segments[last.segment] as Segment;
      return { column, left, right: own.places[last.at + 1] ?? own.right };
    }),
  ).sort((a, b) => a.left - b.left || b.right - a.right);
  // 征收率 is part of 税率/征收率.
  return heads.filter((head, n) => n === 0 || head.left >= (heads[n - 1] as Head).right - 1);
}

/** The cells of the first column: the first of all, where it is its, and what was drawn with it. */
function nameCells(segments: readonly Segment[], heads: Head[]): Segment[] {
  const [first] = segments;
  if (!first || nearest(first, heads)?.column !== 'name') return [];
  let cells = 1;
  for (; cells < segments.length; cells += 1) {
    const next = segments[cells] as Segment;
    if (next.run !== (segments[cells - 1] as Segment).run && nearest(next, heads)?.column !== 'name') break;
    if (MONEY.test(next.text)) break;
  }
  return segments.slice(0, cells);
}

/** The amount stands left of the tax rate; where no rate is printed, under its head. */
function amountOf(segments: readonly Segment[], heads: Head[]): { at: number; fen: number } | null {
  const rate = segments.findIndex((cell) => RATE.test(cell.text) && nearest(cell, heads)?.column === 'rate');
  const at =
    rate > 0
      ? rate - 1
      : segments.findIndex((cell) => MONEY.test(cell.text) && nearest(cell, heads)?.column === 'amount');
  const cell = segments[at];
  const fen = cell && MONEY.test(cell.text) ? fenOf(cell.text) : null;
  return fen === null ? null : { at, fen };
}

/**
 * Quantity and price are the last two numbers before the amount, where the table has such columns; that their product is
 * the amount proves them. 单价 may have thirteen decimals; the card takes whole 分. Without both the amount is the price.
 */
function itemOf(name: string, between: readonly Segment[], amount: number, heads: Head[]): FaceItem {
  const counted = heads.some(({ column }) => column === 'num') && heads.some(({ column }) => column === 'price');
  const cells = between.filter((cell) => nearest(cell, heads)?.column !== 'other');
  const unit = cells.find((cell) => nearest(cell, heads)?.column === 'unit' && !NUMBER.test(cell.text))?.raw;
  const told = unit === undefined || !counted ? { name } : { name, unit };
  const numbers = counted ? between.filter(({ text }) => NUMBER.test(text)).slice(-2) : [];
  const [num, price] = numbers.map(({ text }) => text);
  if (num === undefined || price === undefined || Number(num) === 0) {
    return { item: { ...told, price: amount }, amount, whole: true };
  }
  if (!multiplies(num, price, amount)) return { item: { ...told, price: amount }, amount, whole: false };
  return { item: countedItem(told, Number(num), Number(price), amount), amount, whole: true };
}

/** Up to the rounding of what is printed: half of the last digit of each factor, and of the amount. */
function multiplies(num: string, price: string, amount: number): boolean {
  const half = (printed: string) => 0.5 * 10 ** -(printed.split('.')[1]?.length ?? 0);
  const [count, each] = [Number(num), Number(price)];
  const slack =
    0.011 + (price.includes('.') ? Math.abs(count) * half(price) : 0) + (num.includes('.') ? each * half(num) : 0);
  return Math.abs(Math.abs(count * each) - Math.abs(amount / 100)) <= slack;
}

/** The head that a cell stands under, or nearest to. */
function nearest({ left, right }: Segment, heads: Head[]): Head | undefined {
  const distance = (head: Head) => Math.max(0, head.left - right, left - head.right);
  const middle = (head: Head) => Math.abs(head.left + head.right - left - right);
  return heads.reduce<Head | undefined>((best, head) => {
    if (!best) return head;
    const nearer = distance(head) - distance(best) || middle(head) - middle(best);
    return nearer < 0 ? head : best;
  }, undefined);
}
