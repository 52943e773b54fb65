import fc from 'fast-check';
import { BUYERS, SELLERS } from '../../src/demo/sample-companies';
import { invoiceFaceOf, sampleOrder, SampleOptions, SampleOrder } from '../../src/demo/sample-order';
import { uscc } from '../../src/demo/uscc';
import { checkInvoice } from '../../src/domain/check-invoice';

const NOON = new Date('2026-11-20T12:00:00+08:00');

const anyOptions: fc.Arbitrary<SampleOptions> = fc.record({
  issuedAt: fc.date({ min: new Date('2022-01-01T00:00:00Z'), max: NOON, noInvalidDate: true }),
  seed: fc.nat(999_999_999),
  kind: fc.constantFrom('digital_ordinary', 'digital_special'),
  lines: fc.integer({ min: 1, max: 8 }),
});

describe('a sample order', () => {
  it('breaks no rule', () => {
    fc.assert(fc.property(anyOptions, (options) => expect(faults(sampleOrder(options))).toEqual([])));
    expect(faults(sampleOrder({ issuedAt: NOON, buyerType: 'individual' }))).toEqual([]);
  });

  it('has a number of the year in China, of the seller’s area and of channel 2', () => {
    const { invoice } = sampleOrder({ issuedAt: new Date('2025-12-31T16:00:00Z'), seed: 5 });
    const seller = SELLERS.find(({ taxId }) => taxId === invoice.seller_number);
    expect(invoice.issued_at).toBe('2026-01-01T00:00:00+08:00');
    expect(invoice.number).toMatch(new RegExp(`^26${seller?.area}2[0-9]{15}$`));
  });

  it('has lines that add up exactly, in whole 分', () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        const { invoice } = sampleOrder(options);
        expect(invoice.items).toHaveLength(options.lines!);
        expect(invoice.items.reduce((sum, { price, num }) => sum + price * num, 0)).toBe(invoice.fee_without_tax);
        expect(invoice.fee).toBe(invoice.fee_without_tax + invoice.tax);
        expect(Number.isSafeInteger(invoice.tax)).toBe(true);
        for (const { name } of invoice.items) expect(name).toMatch(/^\*[^*]{1,15}\*[^*]+$/);
      }),
    );
  });

  it('is the same for the same options, and unlike that of any other seed', () => {
    expect(sampleOrder({ issuedAt: NOON, seed: 7 })).toEqual(sampleOrder({ issuedAt: NOON, seed: 7 }));
    const orders = Array.from({ length: 20_000 }, (_, i) => sampleOrder({ issuedAt: NOON, seed: i * 50 }));
    expect(new Set(orders.map(({ invoice }) => invoice.number.slice(5))).size).toBe(orders.length);
    expect(new Set(orders.map(({ order_id }) => order_id)).size).toBe(orders.length);
  });

  it('takes what it is given', () => {
    const order = sampleOrder({ issuedAt: NOON, orderId: 'A-1', appid: 'wx0000000000000000', cardId: 'p-card' });
    expect(order).toMatchObject({ order_id: 'A-1', appid: 'wx0000000000000000', card_id: 'p-card' });
    expect(sampleOrder({ issuedAt: NOON })).not.toHaveProperty('appid');
  });

  it('for an individual carries no buyer number, and is never special', () => {
    const { invoice } = sampleOrder({ issuedAt: NOON, buyerType: 'individual' });
    expect(invoice).toMatchObject({ title: '个人', buyer_type: 'individual' });
    expect(invoice).not.toHaveProperty('buyer_number');
    expect(() => sampleOrder({ issuedAt: NOON, buyerType: 'individual', kind: 'digital_special' })).toThrow(RangeError);
  });

  it.each([{ seed: -1 }, { seed: 1.5 }, { seed: 1e9 }, { lines: 0 }, { lines: 9 }])('refuses %p', (options) => {
    expect(() => sampleOrder({ issuedAt: NOON, ...options })).toThrow(RangeError);
  });
});

describe('the face of a sample order', () => {
  it('says what the order says, and its lines add up', () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        const { invoice } = sampleOrder(options);
        const face = invoiceFaceOf(sampleOrder(options));
        expect([face.number, face.net, face.tax, face.gross]).toEqual([
          invoice.number,
          invoice.fee_without_tax,
          invoice.tax,
          invoice.fee,
        ]);
        expect(face.lines.reduce((sum, { amount }) => sum + amount, 0)).toBe(face.net);
        expect(face.lines.reduce((sum, { tax }) => sum + tax, 0)).toBe(face.tax);
        const seller = SELLERS.find(({ taxId }) => taxId === invoice.seller_number);
        expect(face.seller.name).toBe(seller?.name);
        expect(new Set(face.lines.map(({ rate }) => rate))).toEqual(new Set([`${seller?.rate}%`]));
      }),
    );
  });
});

describe('统一社会信用代码', () => {
  it('has the check characters of the standards', () => {
    expect(uscc('350100', 'M000100Y')).toBe('91350100M000100Y43');
    expect(uscc('310000', 'MADEM001')).toBe('91310000MADEM0011A');
    expect(uscc('310000', 'MADEM002')).toBe('91310000MADEM002X2');
  });

  it('is another one for every sample company', () => {
    const ids = [...BUYERS, ...SELLERS].map(({ taxId }) => taxId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^91[0-9]{6}MADEM[0-9]{3}[0-9X][0-9A-Y]$/);
  });
});

function faults({ invoice }: SampleOrder) {
  const issuedAt = new Date(invoice.issued_at).getTime() / 1000;
  return checkInvoice(
    {
      kind: invoice.kind,
      number: invoice.number,
      code: invoice.code,
      checkCode: invoice.check_code,
      issuedAt,
      title: invoice.title,
      buyerType: invoice.buyer_type,
      fee: invoice.fee,
      feeWithoutTax: invoice.fee_without_tax,
      tax: invoice.tax,
      items: invoice.items,
      buyerNumber: invoice.buyer_number,
      sellerNumber: invoice.seller_number,
      maker: invoice.maker,
    },
    NOON.getTime() / 1000,
  );
}
