import { InvoiceKind, kindOf } from '../domain/invoice';

export interface InvoiceNumbers {
  /** 发票号码 */
  number: string;
  /** 发票代码; empty on a 数电票. */
  code: string;
  /** `unknown` where the digits fit no invoice; then number and code stand as WeChat's page of today names them. */
  kind: InvoiceKind | 'unknown';
}

/**
 * Which of billing_no and billing_code is 号码 and which 代码: WeChat's pages contradict each other, and so do stored cards.
 * The digits decide: 20 are a 数电 number, 10 or 12 a code, 8 a number. `type` is the template's text, e.g. 增值税电子普通发票.
 */
export function numbersOf(billingNo: unknown, billingCode: unknown, type: unknown): InvoiceNumbers {
  const given = [digits(billingNo), digits(billingCode)] as const;
  const [no, code] = given;
  const twenty = given.find((value) => value.length === 20);
  if (twenty) return { number: twenty, code: '', kind: special(type) ? 'digital_special' : 'digital_ordinary' };
  if (isNumber(no) && isCode(code)) return legacy(no, code);
  if (isNumber(code) && isCode(no)) return legacy(code, no);
  return { number: no, code, kind: 'unknown' };
}

function legacy(number: string, code: string): InvoiceNumbers {
  return { number, code, kind: kindOf(number, code) };
}

function isNumber(value: string): boolean {
  return /^\d{8}$/.test(value);
}

function isCode(value: string): boolean {
  return /^(\d{10}|\d{12})$/.test(value);
}

/** Absent, empty and eight zeros all say: none. */
function digits(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  return text === '00000000' ? '' : text;
}

function special(type: unknown): boolean {
  return typeof type === 'string' && /专/.test(type);
}
