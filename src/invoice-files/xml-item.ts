import { InvoiceItem } from '../domain/invoice';
import { countedItem } from './counted-item';
import { moneyOf } from './printed';

/** A line from its fields as they are written; null where it has no name or amount. */
export function itemOf(line: Record<'name' | 'unit' | 'num' | 'price' | 'amount', string>): InvoiceItem | null {
  const amount = moneyOf(line.amount);
  const [num, price] = [Number(line.num || NaN), Number(line.price || NaN)];
  if (!line.name || amount === null) return null;
  const told = { name: line.name, ...(line.unit ? { unit: line.unit } : {}) };
  return Number.isFinite(num) && Number.isFinite(price) && num !== 0
    ? countedItem(told, num, price, amount)
    : { ...told, price: amount };
}
