import fc from 'fast-check';
import { checkInvoice } from '../../src/domain/check-invoice';
import { BUYER_TYPES, Invoice, INVOICE_KINDS } from '../../src/domain/invoice';
import { RULES } from '../../src/domain/rules/catalogue';
import { digital, legacy, NOW } from './invoices';

const KNOWN = new Set(RULES.map(({ code }) => code));

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.stringMatching(/^[0-9A-Z]{0,22}$/),
  fc.constantFrom(
    '',
    '个人',
    '示例有限公司',
    '*餐饮服务*餐饮服务',
    '差额征税：1.00。',
    '\uD800',
    '2６312000000183259524',
  ),
);
const optional = fc.option(text, { nil: undefined });
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.constantFrom(0, -0, 1, 10600, 10000, 600, NaN, Infinity, 2 ** 53),
);
const line = fc.record({ name: text, unit: optional, num: fc.option(number, { nil: undefined }), price: number });

/** Anything that has the right types. */
const anything: fc.Arbitrary<Invoice> = fc.record({
  kind: fc.constantFrom(...INVOICE_KINDS),
  number: text,
  code: text,
  checkCode: text,
  issuedAt: fc.oneof(fc.integer({ min: 1_400_000_000, max: 1_800_000_000 }), number),
  title: text,
  buyerType: fc.constantFrom(...BUYER_TYPES),
  fee: number,
  feeWithoutTax: number,
  tax: number,
  items: fc.array(line, { maxLength: 6 }),
  buyerNumber: optional,
  buyerAddressAndPhone: optional,
  buyerBankAccount: optional,
  sellerNumber: optional,
  sellerAddressAndPhone: optional,
  sellerBankAccount: optional,
  remarks: optional,
  cashier: optional,
  maker: optional,
});

/** A faultless invoice with a few fields of another one. */
const damaged: fc.Arbitrary<Invoice> = fc
  .tuple(fc.constantFrom(digital(), legacy()), anything, fc.subarray(Object.keys(digital()) as (keyof Invoice)[]))
  .map(([right, wrong, fields]) => ({ ...right, ...Object.fromEntries(fields.map((field) => [field, wrong[field]])) }));

it('20,000 random invoices are judged without a throw, the same each time, in codes of the book', () => {
  fc.assert(
    fc.property(fc.oneof(anything, damaged), (invoice) => {
      const before = structuredClone(invoice);
      const faults = checkInvoice(invoice, NOW);
      expect(invoice).toEqual(before);
      expect(checkInvoice(structuredClone(invoice), NOW)).toEqual(faults);
      for (const { code, pointer, severity, message, messageEn } of faults) {
        if (!KNOWN.has(code)) throw new Error(`${code} is not in the book`);
        if (!/^\/invoice\/[a-z_]+(\/\d+(\/[a-z]+)?)?$/.test(pointer)) throw new Error(pointer);
        if (severity !== 'error' && severity !== 'warning') throw new Error(code);
        if (!/\p{Script=Han}.*。$/su.test(message) || !/[.)]$/.test(messageEn)) throw new Error(`${code}: ${message}`);
        if (/undefined|NaN.*NaN|\[object/.test(message + messageEn)) throw new Error(`${code}: ${message}`);
      }
    }),
    { numRuns: 20_000 },
  );
}, 120_000);
