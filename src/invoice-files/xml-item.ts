import { FactList } from '../domain/invoice-facts';
import { countedItem, multiplies } from './counted-item';
import { moneyOf } from './printed';

/** A line's fields as they are written, empty where there are none. */
export type XmlLine = Record<'name' | 'unit' | 'num' | 'price' | 'amount', string>;

/**
 * Adds the lines, or none where one cannot be read: part of a list is no list. They are only likely where the quantity
 * times the price of one is not its amount.
 */
export function addLines(list: FactList, lines: readonly XmlLine[]): void {
  const read = lines.map((line) => ({ line, amount: moneyOf(line.amount) }));
  if (read.length === 0 || read.some(({ line, amount }) => !line.name || amount === null)) return;
  let sure = true;
  const items = read.map(({ line: { name, unit, num, price }, amount: fen }) => {
    const amount = fen as number;
    const told = { name, ...(unit ? { unit } : {}) };
    if (num && price && multiplies(num, price, amount)) return countedItem(told, Number(num), Number(price), amount);
    if (num && price) sure = false;
    return { ...told, price: amount };
  });
  list.add('items', items, sure ? 'certain' : 'likely');
}
