import { InvoiceItem } from '../domain/invoice';

/** Whether a quantity at a price in yuan is the amount in 分, up to the rounding of what is printed. */
export function multiplies(num: string, price: string, amount: number): boolean {
  const half = (printed: string) => 0.5 * 10 ** -(printed.split('.')[1]?.length ?? 0);
  const [count, each] = [Number(num), Number(price)];
  const ofPrice = price.includes('.') ? Math.abs(count) * half(price) : 0;
  const ofCount = num.includes('.') ? Math.abs(each) * half(num) : 0;
  return count !== 0 && Math.abs(count * each - amount / 100) <= 0.011 + ofPrice + ofCount;
}

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
  if (Math.round(price * num) === amount && price > 0) return { ...told, num, price };
  return { name: told.name, num: 1, price: amount };
}
