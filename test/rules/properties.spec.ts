import fc from 'fast-check';
import { uscc } from '../../src/demo/uscc';
import { innerPartsAgree, isResidentId, usccProblem } from '../../src/domain/rules/taxpayer-id';
import { at, codes, digital, errors, legacy, NOW, totals } from './invoices';

const AREAS =
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 91 92 93 94 95'.split(
    ' ',
  );
const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
const anyRegion = fc
  .tuple(fc.constantFrom(...AREAS.slice(0, 31)), digits(4))
  .map(([province, rest]) => province + rest);
const anyOrganisation = fc.stringMatching(/^[0-9A-HJ-NPQRTUWXY]{8}$/);
const anyCode = fc.tuple(anyRegion, anyOrganisation).map(([region, organisation]) => uscc(region, organisation));
const ALPHABET = [...'0123456789ABCDEFGHJKLMNPQRTUWXY'];

describe('数电 numbers', () => {
  const anyNumber = fc.record({
    year: fc.integer({ min: 21, max: 26 }),
    area: fc.constantFrom(...AREAS),
    rest: digits(16),
  });

  it('of every bureau, channel and sequence are taken in their year', () => {
    fc.assert(
      fc.property(anyNumber, ({ year, area, rest }) => {
        const issuedAt = at(`20${year}-11-01T00:00:00+08:00`);
        expect(codes(digital({ number: `${year}${area}${rest}`, issuedAt }))).toEqual([]);
      }),
    );
  });

  it('of 16 to 24 characters are taken only when they are twenty ASCII digits', () => {
    const near = fc.string({ unit: fc.constantFrom(...'0123456789０x \u200b'), minLength: 16, maxLength: 24 });
    fc.assert(
      fc.property(near, (number) => {
        expect(codes(digital({ number })).includes('INVOICE-NUMBER-01')).toBe(!/^[0-9]{20}$/.test(number));
      }),
    );
  });

  it('of any two digits of area are refused unless a bureau, or 99', () => {
    for (let i = 0; i < 100; i++) {
      const area = String(i).padStart(2, '0');
      const refused = errors(digital({ number: `26${area}2000000183259524` })).includes('INVOICE-NUMBER-04');
      expect([area, refused]).toEqual([area, !AREAS.includes(area) && area !== '99']);
    }
  });
});

describe('legacy numbers and codes', () => {
  it('of every province, batch and earlier year are taken', () => {
    const anyLegacy = fc.tuple(
      anyRegion.map((region) => region.slice(0, 4)),
      fc.integer({ min: 15, max: 19 }),
      digits(3),
      digits(8),
    );
    fc.assert(
      fc.property(anyLegacy, ([region, year, batch, number]) => {
        fc.pre(number !== '00000000');
        expect(codes(legacy({ number, code: `0${region}${year}${batch}11` }))).toEqual([]);
      }),
    );
  });
});

describe('统一社会信用代码', () => {
  it('made by the standards are taken, of buyer and seller', () => {
    fc.assert(
      fc.property(anyCode, (id) => {
        expect([usccProblem(id), innerPartsAgree(id)]).toEqual(['none', true]);
        expect(codes(digital({ buyerNumber: id, sellerNumber: id }))).toEqual([]);
      }),
    );
  });

  it('with any one character changed are refused', () => {
    fc.assert(
      fc.property(anyCode, fc.nat(17), fc.constantFrom(...ALPHABET), (id, place, character) => {
        fc.pre(id.charAt(place) !== character);
        const wrong = id.slice(0, place) + character + id.slice(place + 1);
        expect(usccProblem(wrong)).toBe('check');
        expect(errors(digital({ sellerNumber: wrong }))).toEqual(['INVOICE-SELLER-02']);
      }),
    );
  });

  it('with two neighbours exchanged are refused', () => {
    fc.assert(
      fc.property(anyCode, fc.nat(16), (id, place) => {
        const [a, b] = [id.charAt(place), id.charAt(place + 1)];
        fc.pre(a !== b);
        expect(usccProblem(id.slice(0, place) + b + a + id.slice(place + 2))).toBe('check');
      }),
    );
  });

  it('with I, O, S, V or Z say where', () => {
    fc.assert(
      fc.property(anyCode, fc.nat(17), fc.constantFrom(...'IOSVZ'), (id, place, letter) => {
        expect(usccProblem(id.slice(0, place) + letter + id.slice(place + 1))).toBe(place + 1);
      }),
    );
  });
});

describe('居民身份证', () => {
  const anyBirthday = fc.date({
    min: new Date('1900-01-01T00:00:00Z'),
    max: new Date(NOW * 1000),
    noInvalidDate: true,
  });
  const anyResident = fc.tuple(anyRegion, anyBirthday, digits(3)).map(([region, born, sequence]) => {
    const body = region + born.toISOString().slice(0, 10).replaceAll('-', '') + sequence;
    const check = [...'0123456789X'].find((last) => isResidentId(body + last));
    return { body, check };
  });

  it('have exactly one check character for each body with a real birthday', () => {
    fc.assert(
      fc.property(anyResident, ({ body, check }) => {
        expect([...'0123456789X'].filter((last) => isResidentId(body + last))).toEqual([check]);
      }),
    );
  });

  it('with any one digit changed are none', () => {
    fc.assert(
      fc.property(anyResident, fc.nat(16), fc.integer({ min: 1, max: 9 }), ({ body, check }, place, more) => {
        const digit = (Number(body.charAt(place)) + more) % 10;
        expect(isResidentId(`${body.slice(0, place)}${digit}${body.slice(place + 1)}${check}`)).toBe(false);
      }),
    );
  });
});

describe('money', () => {
  const anyNet = fc.integer({ min: 1, max: 1_500_000_000 });

  it('at every rate of the day, rounded, is taken', () => {
    fc.assert(
      fc.property(anyNet, fc.constantFrom(13, 9, 6, 5, 3, 1.5, 1, 0), (net, rate) => {
        expect(codes(digital(totals(net, Math.round((net * rate) / 100))))).toEqual([]);
      }),
    );
  });

  it('that does not add up is refused, by however little', () => {
    const off = fc.integer({ min: -1_000_000, max: 1_000_000 }).filter((n) => n !== 0);
    fc.assert(
      fc.property(anyNet, off, (net, difference) => {
        const right = totals(net, 0);
        fc.pre(net + difference > 0);
        expect(errors(digital({ ...right, fee: net + difference }))).toContain('INVOICE-AMOUNT-01');
      }),
    );
  });
});
