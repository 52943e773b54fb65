import { InvoiceItem } from '../domain/invoice';
import { moneyOf } from './printed';

/** A line from its fields as they are written; null where it has no name or amount. */
export function itemOf(line: Record<'name' | 'unit' | 'num' | 'price' | 'amount', string>): InvoiceItem | null {
  const amount = moneyOf(line.amount);
  const [num, price] = [Number(line.num || NaN), Math.round(Number(line.price || NaN) * 100)];
  if (!line.name || amount === null) return null;
  const told = line.unit ? { unit: line.unit } : {};
  return Number.isFinite(num) && Number.isFinite(price)
    ? { name: line.name, ...told, num, price }
    : { name: line.name, ...told, price: amount };
}
