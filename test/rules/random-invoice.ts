import { BUYER_TYPES, Invoice, INVOICE_KINDS, InvoiceItem } from '../../src/domain/invoice';
import { digital, legacy } from './invoices';

/** In Jest's realm every look at a global costs; these are looked at a million times. */
const { floor, imul } = Math;
const { fromCharCode } = String;

const TEXTS = [
  '',
  ' ',
  '个人',
  '示例有限公司',
  '*餐饮服务*餐饮服务',
  '差额征税：1.00。',
  '\uD800',
  '\u200B',
  '\u3164\u2800',
  '示例&amp;科技\u00A0\uE863\uFFFD',
  '2６312000000183259524',
  '26312000000183259524',
  '031001900111',
  '39324919',
  '91310000MADEM0011A',
  '11010519491231002X',
];
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const NUMBERS = [0, -0, 1, -1, 0.5, 10600, 10000, 600, 2 ** 31, 2 ** 53, 1e308, NaN, Infinity, -Infinity];
const RIGHT = [digital(), legacy()];
const FIELDS = Object.keys(digital()) as (keyof Invoice)[];

/** Pseudo-random numbers in [0, 1): the same for a seed on every machine (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = imul(state ^ (state >>> 15), 1 | state);
    t = (t + imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Anything that has the right types; every second time a faultless invoice with a few fields of such a one. Frozen. */
export function randomInvoice(random: () => number): Invoice {
  const wrong = anything(random);
  if (random() < 0.5) return frozen(wrong);
  const fields = FIELDS.filter(() => random() < 0.2);
  return frozen({ ...oneOf(RIGHT, random), ...Object.fromEntries(fields.map((field) => [field, wrong[field]])) });
}

function anything(random: () => number): Invoice {
  const text = () => anyText(random);
  const optional = () => (random() < 0.5 ? undefined : text());
  const number = () => (random() < 0.5 ? oneOf(NUMBERS, random) : floor((random() - 0.1) * 1e9));
  const items = Array.from({ length: floor(random() * 6) }, (): InvoiceItem => {
    return { name: text(), unit: optional(), num: random() < 0.5 ? undefined : number(), price: number() };
  });
  return {
    kind: oneOf(INVOICE_KINDS, random),
    number: text(),
    code: text(),
    checkCode: text(),
    issuedAt: random() < 0.8 ? 1_400_000_000 + floor(random() * 4e8) : number(),
    title: text(),
    buyerType: oneOf(BUYER_TYPES, random),
    fee: number(),
    feeWithoutTax: number(),
    tax: number(),
    items,
    buyerNumber: optional(),
    buyerAddressAndPhone: optional(),
    buyerBankAccount: optional(),
    sellerNumber: optional(),
    sellerAddressAndPhone: optional(),
    sellerBankAccount: optional(),
    remarks: optional(),
    cashier: optional(),
    maker: optional(),
  };
}

/** One that stands for something, digits and capitals of any length, or any code units at all. */
function anyText(random: () => number): string {
  const which = random();
  if (which < 0.4) return oneOf(TEXTS, random);
  const length = floor(random() * 24);
  let text = '';
  for (let n = 0; n < length; n += 1) {
    text += which < 0.8 ? oneOf(DIGITS, random) : fromCharCode(floor(random() * 0x10000));
  }
  return text;
}

function oneOf<T>(values: ArrayLike<T>, random: () => number): T {
  return values[floor(random() * values.length)] as T;
}

/** A rule that changed its invoice would throw. */
function frozen(invoice: Invoice): Invoice {
  invoice.items.forEach((item) => Object.freeze(item));
  Object.freeze(invoice.items);
  return Object.freeze(invoice);
}
