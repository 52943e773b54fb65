import { Fault } from '../fault';
import { InvoiceItem } from '../invoice';
import { ITEMS } from './items.rules';
import { broken, Rule } from './rule';

/** 折扣行: a line with a negative price, directly after the line that it makes cheaper. */
export function checkDiscounts(items: InvoiceItem[]): Fault[] {
  return items.flatMap((item, index) => (item.price < 0 ? checkDiscount(item, items[index - 1], index) : []));
}

function checkDiscount(discount: InvoiceItem, before: InvoiceItem | undefined, index: number): Fault[] {
  if (before === undefined || before.price < 0) {
    const [zh, en] = before
      ? ['前一行也是折扣行', 'the line before is a discount too']
      : ['它是第一行', 'it is the first'];
    return [
      said(
        ITEMS.discountPlace,
        index,
        `第 ${index + 1} 行是折扣行（单价为负），但${zh}。折扣行应紧跟被折扣行；红字发票请改用冲红。`,
        `Line ${index + 1} is a discount (negative price), but ${en}. Put it directly after the line it discounts; for a red-letter invoice cancel the order.`,
      ),
    ];
  }
  const faults: Fault[] = [];
  // Each of both amounts is rounded to 分.
  if (-amount(discount) > amount(before) + 1) {
    faults.push(
      said(
        ITEMS.discountSize,
        index,
        `第 ${index + 1} 行折扣 ${Math.round(-amount(discount))} 分，大于被折扣行 ${Math.round(amount(before))} 分。请核对单价与数量。`,
        `Line ${index + 1} takes off ${Math.round(-amount(discount))} 分, more than the ${Math.round(amount(before))} of the line before. Check price and quantity.`,
      ),
    );
  }
  const [own, other] = [categoryOf(discount), categoryOf(before)];
  if (own !== undefined && other !== undefined && own !== other) {
    faults.push(
      said(
        ITEMS.discountCategory,
        index,
        `第 ${index + 1} 行折扣的税收分类与前一行不同。折扣行应与被折扣行同一分类、同一税率，请核对顺序。`,
        `The tax category of discount line ${index + 1} is not that of the line before. Both must have one category and rate; check the order of the lines.`,
      ),
    );
  }
  return faults;
}

function amount({ price, num = 1 }: InvoiceItem): number {
  return price * num;
}

function categoryOf({ name }: InvoiceItem): string | undefined {
  return /^\*([^*]+)\*/.exec(name)?.[1];
}

function said(rule: Rule, index: number, message: string, messageEn: string): Fault {
  return broken(rule, `/invoice/items/${index}`, message, messageEn);
}
