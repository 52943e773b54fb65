import { checkInvoice } from '../../src/domain/check-invoice';
import { Invoice, InvoiceItem } from '../../src/domain/invoice';

export const NOW = at('2026-11-22T12:00:00+08:00');

export function at(time: string): number {
  return Math.floor(new Date(time).getTime() / 1000);
}

/** A faultless 数电普票 between invented companies, but for what is given. */
export function digital(changes: Partial<Invoice> = {}): Invoice {
  return {
    kind: 'digital_ordinary',
    number: '26312000000183259524',
    code: '',
    checkCode: '',
    issuedAt: at('2026-11-20T10:00:00+08:00'),
    title: '示例科技(上海)有限公司',
    buyerType: 'enterprise',
    buyerNumber: '91310000MADEM0011A',
    fee: 10600,
    feeWithoutTax: 10000,
    tax: 600,
    items: [line('*信息技术服务*技术服务费', 10000)],
    sellerNumber: '91310000MADEM002X2',
    ...changes,
  };
}

/** A faultless 电子普票 of 2019. */
export function legacy(changes: Partial<Invoice> = {}): Invoice {
  return digital({
    kind: 'vat_ordinary',
    number: '39324919',
    code: '031001900111',
    checkCode: '16197833567414507415',
    issuedAt: at('2019-04-05T19:39:33+08:00'),
    fee: 4100,
    feeWithoutTax: 3868,
    tax: 232,
    items: [line('*餐饮服务*餐饮服务', 3868)],
    ...changes,
  });
}

/** The same for a person, who needs no taxpayer id. */
export function personal(changes: Partial<Invoice> = {}): Invoice {
  return digital({ title: '个人', buyerType: 'individual', buyerNumber: undefined, ...changes });
}

export function line(name: string, price: number, num?: number): InvoiceItem {
  return num === undefined ? { name, price } : { name, price, num };
}

/** Totals for one line of `net` with `tax`. */
export function totals(net: number, tax: number): Partial<Invoice> {
  return { fee: net + tax, feeWithoutTax: net, tax, items: [line('*信息技术服务*技术服务费', net)] };
}

/** Totals for lines without tax. */
export function untaxed(...items: InvoiceItem[]): Partial<Invoice> {
  const sum = items.reduce((total, { price, num = 1 }) => total + price * num, 0);
  return { fee: sum, feeWithoutTax: sum, tax: 0, items };
}

export function codes(invoice: Invoice, now = NOW): string[] {
  return checkInvoice(invoice, now).map(({ code }) => code);
}

export function errors(invoice: Invoice, now = NOW): string[] {
  return checkInvoice(invoice, now)
    .filter(({ severity }) => severity === 'error')
    .map(({ code }) => code);
}
