import fc from 'fast-check';
import { checkInvoice } from '../../src/domain/check-invoice';
import { Invoice } from '../../src/domain/invoice';
import { digital, line, NOW } from './invoices';

/** Every field that may hold somebody's data, each with a text that breaks as many rules as possible. */
const PERSONAL = [
  'title',
  'buyerNumber',
  'buyerAddressAndPhone',
  'buyerBankAccount',
  'sellerNumber',
  'sellerAddressAndPhone',
  'sellerBankAccount',
  'remarks',
  'cashier',
  'maker',
] as const satisfies readonly (keyof Invoice)[];

const anySecret = fc.tuple(
  fc.stringMatching(/^[QWKY]{6}[0-9]{0,4}$/),
  fc.constantFrom('', '<', '\u200b', ' ', '公司', 'a', 'I'),
  fc.constantFrom(0, 7, 8, 90, 500),
);

it('no message quotes what may be personal data', () => {
  fc.assert(
    fc.property(anySecret, fc.constantFrom(...PERSONAL), ([secret, odd, padding], field) => {
      const value = odd + secret + 'K'.repeat(padding) + odd;
      const invoice = digital({ buyerType: 'individual', items: [line('牙膏', 1)], [field]: value });
      for (const { message, messageEn } of checkInvoice(invoice, NOW)) {
        expect(message + messageEn).not.toContain(secret.slice(0, 6));
      }
    }),
  );
});

it('a resident id is not quoted, not even in part', () => {
  for (const buyerType of ['individual', 'enterprise', 'government'] as const) {
    const ids = [
      '11010519491231002X',
      '110105194912310021',
      '11010519491231002x',
      '11010519491231002101',
      '1101051949',
    ];
    for (const buyerNumber of ids) {
      const faults = checkInvoice(digital({ buyerType, buyerNumber }), NOW);
      expect(faults.length).toBeGreaterThan(0);
      for (const { message, messageEn } of faults) expect(message + messageEn).not.toMatch(/1101|1949|1231/);
    }
  }
});
