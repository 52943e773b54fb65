import { InvoiceItem } from '../domain/invoice';
import { fenOf } from '../domain/yuan';
import { countedItem, multiplies } from './counted-item';
import { glued, Segment } from './text-lines';
import { Column, Head, Table } from './face-table';

/** A line of the invoice with its net amount in 分. */
export interface FaceItem {
  item: InvoiceItem;
  amount: number;
  /** Everything that is printed on it is told: quantity × price is the amount, or neither is printed. */
  whole: boolean;
}

const MONEY = /^[-¥]{0,2}\d{1,3}(?:,\d{3})+\.\d{2}$|^[-¥]{0,2}\d+\.\d{2}$/;
const NUMBER = /^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$|^-?\d+(?:\.\d+)?$/;
const RATE = /^\d{1,2}(?:\.\d+)?%$|^\*{2,}$|^(免税|不征税|出口零税率|普通零税率|零税率)$/;
/** In heights: cells of one text that are further apart are of two columns. */
const APART = 1.5;

/** The lines of an invoice; empty where they cannot be told apart. */
export function itemsOf({ heads, rows }: Table): FaceItem[] {
  if (!heads.some(({ column }) => column === 'name') || !heads.some(({ column }) => column === 'amount')) return [];
  const items: FaceItem[] = [];
  // A name whose amounts stand further down.
  let begun = '';
  for (const { segments } of rows) {
    const cells = nameCells(segments, heads);
    const text = glued(cells.map(({ raw }) => raw));
    const rest = segments.slice(cells.length);
    const amount = amountOf(rest, heads);
    const last = items.at(-1);
    const begins = beginsItem(text, begun || (last?.item.name ?? ''));
    if (amount) {
      const name = begins ? text : begun + text;
      if (name) items.push(itemOf(name, rest.slice(0, amount.at), amount.fen, heads));
      begun = '';
    } else if (begun !== '' || begins) {
      begun = begins ? text : begun + text;
    } else if (last && text) {
      last.item.name = glued([last.item.name, text]);
    }
  }
  return items;
}

/** A name begins with its category between two stars, `*信息技术服务*技术服务费`, which may break before its second. */
function beginsItem(text: string, before: string): boolean {
  return text.startsWith('*') && (before.match(/\*/g)?.length ?? 0) % 2 === 0;
}

/** The cells of the first column: the first of all, where it is its, and what was drawn with it. */
function nameCells(segments: readonly Segment[], heads: readonly Head[]): Segment[] {
  const [first] = segments;
  if (!first || nearest(first, heads) !== 'name') return [];
  let cells = 1;
  for (; cells < segments.length; cells += 1) {
    const [last, next] = [segments[cells - 1] as Segment, segments[cells] as Segment];
    const together = next.run === last.run && next.left - last.right < APART * last.height;
    if (MONEY.test(next.text) || (!together && nearest(next, heads) !== 'name')) break;
  }
  return segments.slice(0, cells);
}

/** The amount stands left of the tax rate; where no rate is printed, under its head. */
function amountOf(segments: readonly Segment[], heads: readonly Head[]): { at: number; fen: number } | null {
  const rate = segments.findIndex((cell) => RATE.test(cell.text) && nearest(cell, heads) === 'rate');
  const at =
    rate > 0 ? rate - 1 : segments.findIndex((cell) => MONEY.test(cell.text) && nearest(cell, heads) === 'amount');
  const cell = segments[at];
  const fen = cell && MONEY.test(cell.text) ? fenOf(cell.text) : null;
  return fen === null ? null : { at, fen };
}

/**
 * Quantity and price are the last two numbers before the amount, where the table has such columns; that their product is
 * the amount proves them. 单价 may have thirteen decimals; the card takes whole 分. Without both the amount is the price.
 */
function itemOf(name: string, between: readonly Segment[], amount: number, heads: readonly Head[]): FaceItem {
  const counted = heads.some(({ column }) => column === 'num') && heads.some(({ column }) => column === 'price');
  const unit = between.find((cell) => nearest(cell, heads) === 'unit' && !NUMBER.test(cell.text))?.raw;
  const told = unit === undefined || !counted ? { name } : { name, unit };
  const numbers = counted ? between.filter(({ text }) => NUMBER.test(text)).slice(-2) : [];
  const strange = between.some(
    (cell) => !numbers.includes(cell) && ['num', 'price'].includes(nearest(cell, heads) ?? ''),
  );
  const [num, price] = numbers.map(({ text }) => text.replaceAll(',', ''));
  if (num === undefined || price === undefined) {
    return { item: { ...told, price: amount }, amount, whole: numbers.length === 0 && !(counted && strange) };
  }
  if (!multiplies(num, price, amount)) return { item: { ...told, price: amount }, amount, whole: false };
  return { item: countedItem(told, Number(num), Number(price), amount), amount, whole: !strange };
}

/** The column whose head a cell stands under, or nearest to. */
function nearest({ left, right }: Segment, heads: readonly Head[]): Column | undefined {
  const distance = (head: Head) => Math.max(0, head.left - right, left - head.right);
  const middle = (head: Head) => Math.abs(head.left + head.right - left - right);
  return heads.reduce<Head | undefined>((best, head) => {
    if (!best) return head;
    return (distance(head) - distance(best) || middle(head) - middle(best)) < 0 ? head : best;
  }, undefined)?.column;
}
