import type { SampleOrder } from '../../src/demo/sample-order';
import { invoiceFaceOf, sampleOrder } from '../../src/demo/sample-order';
import type { FaceLine, FaceParty } from '../../src/demo/invoice-face';
import type { InvoiceKind } from '../../src/domain/invoice';

/** A made-up invoice of whatever kind, as it is printed; money in 分. */
export interface Paper {
  kind: Extract<InvoiceKind, 'digital_ordinary' | 'digital_special' | 'vat_ordinary' | 'vat_special' | 'toll'>;
  number: string;
  /** Empty on a 数电票, like the check code. */
  code: string;
  checkCode: string;
  /** `yyyy-MM-dd`. */
  day: string;
  buyer: FaceParty;
  seller: FaceParty;
  lines: FaceLine[];
  net: number;
  tax: number;
  gross: number;
}

/** Digits 11 and 12 of a legacy code (公告2015年第84号, 2017年第66号, 2020年第22号). */
const KIND_DIGITS = { vat_ordinary: '11', toll: '12', vat_special: '13' } as const;

/** The same kind, seed and day give the same paper and order; no two seeds share a number. */
export function paperOf(
  kind: Paper['kind'],
  seed: number,
  issuedAt: Date,
  lines: number,
): { paper: Paper; order: SampleOrder } {
  const digital = kind === 'digital_ordinary' || kind === 'digital_special';
  const order = sampleOrder({ issuedAt, seed, lines, kind: digital ? kind : 'digital_ordinary' });
  const face = invoiceFaceOf(order);
  const numbers = digital ? { number: face.number, code: '', checkCode: '' } : legacyNumbers(kind, seed, face.issuedOn);
  const taxes = kind === 'toll' ? { lines: [tollLine(face.net, face.tax)] } : { lines: face.lines };
  const paper: Paper = {
    ...{ kind, ...numbers, day: face.issuedOn, buyer: face.buyer, seller: face.seller },
    ...{ ...taxes, net: face.net, tax: face.tax, gross: face.gross },
  };
  return { paper, order: orderOf(order, paper) };
}

function legacyNumbers(kind: keyof typeof KIND_DIGITS, seed: number, day: string) {
  const checkCode = ((BigInt(seed) * 73_408_296_047_100_003n + 12_345_678_901_234_567n) % 10n ** 20n).toString();
  return {
    number: String(10_000_000 + seed).slice(-8),
    code: `03100${day.slice(2, 4)}001${KIND_DIGITS[kind]}`,
    checkCode: checkCode.padStart(20, '0'),
  };
}

function tollLine(amount: number, tax: number): FaceLine {
  return { name: '*经营租赁*通行费', amount, rate: '3%', tax };
}

/** The order that such a paper belongs to. */
function orderOf(order: SampleOrder, { kind, number, code, checkCode, lines }: Paper): SampleOrder {
  const items = kind === 'toll' ? lines.map(({ name, amount }) => ({ name, price: amount })) : order.invoice.items;
  const invoice = { ...order.invoice, kind, number, code, check_code: checkCode, items };
  return { ...order, invoice: invoice as unknown as SampleOrder['invoice'] };
}
