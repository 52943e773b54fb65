import { InvoiceItem } from '../domain/invoice';

/**
 * A line of so many at such a price in yuan. The card takes whole 分: where those do not give the printed amount any more
 * (10,000 at 0.003), the line is one for the amount.
 */
export function countedItem(
  told: Pick<InvoiceItem, 'name' | 'unit'>,
  num: number,
  yuan: number,
  amount: number,
): InvoiceItem {
  const price = Math.round(yuan * 100);
  if (Math.abs(Math.round(price * num)) === Math.abs(amount) && price > 0) return { ...told, num, price };
  return { name: told.name, num: 1, price: amount };
}
