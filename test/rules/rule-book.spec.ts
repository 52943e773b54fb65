import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkInvoice } from '../../src/domain/check-invoice';
import { parseIssuedAt } from '../../src/domain/issued-at';
import { RULES, RULES_VERSION } from '../../src/domain/rules/catalogue';
import { CHAPTERS, Rule } from '../../src/domain/rules/rule';
import { errcodeFact } from '../../src/wechat/errcodes';
import { EXAMPLES, UNREADABLE } from './all-examples';
import { codes, digital, legacy, line, NOW, personal } from './invoices';

const ALL: [string, Rule][] = RULES.map((rule) => [rule.code, rule]);

describe('the examples of each rule', () => {
  const checked = ALL.filter(([code]) => !(code in UNREADABLE));

  it.each(checked)('%s accepts what it should', (code) => {
    expect(EXAMPLES[code]?.accepts).not.toHaveLength(0);
    for (const [why, invoice] of EXAMPLES[code]!.accepts) {
      expect([why, ...codes(invoice).filter((found) => found === code)]).toEqual([why]);
    }
  });

  it.each(checked)('%s refuses what it should, with its severity', (code, { severity }) => {
    expect(EXAMPLES[code]?.refuses).not.toHaveLength(0);
    for (const [why, invoice] of EXAMPLES[code]!.refuses) {
      const found = checkInvoice(invoice, NOW).find((fault) => fault.code === code);
      expect([why, found?.severity]).toEqual([why, severity]);
    }
  });

  it.each(checked)('%s knows its edge', (code) => {
    expect(EXAMPLES[code]?.borderline).not.toHaveLength(0);
    for (const [why, invoice, side] of EXAMPLES[code]!.borderline) {
      expect([why, codes(invoice).includes(code) ? 'refused' : 'accepted']).toEqual([why, side]);
    }
  });

  it.each(Object.entries(UNREADABLE))('%s refuses times that cannot be read', (code, values) => {
    for (const value of values) expect(parseIssuedAt(value)).toMatchObject({ code, severity: 'error' });
  });

  it('takes every form of one instant', () => {
    for (const value of ['2026-11-20T00:00:00+08:00', '2026-11-19T16:00:00Z', '2026-11-20', '1795104000', 1795104000]) {
      expect(parseIssuedAt(value)).toBe(1795104000);
    }
  });

  it('has no fault at all in the invoices that the others are made from', () => {
    for (const invoice of [digital(), legacy(), personal()]) expect(codes(invoice)).toEqual([]);
  });
});

describe('the catalogue', () => {
  it('names each rule once, with a source and both languages', () => {
    expect(new Set(RULES.map(({ code }) => code)).size).toBe(RULES.length);
    for (const rule of RULES) {
      expect(rule.code).toMatch(/^INVOICE-[A-Z]+-[0-9]{2}$/);
      expect(CHAPTERS).toHaveProperty(rule.chapter);
      expect(rule.title).toMatch(/\p{Script=Han}/u);
      expect(rule.titleEn).toMatch(/^[A-Z]/);
      expect(rule.source.length).toBeGreaterThan(5);
    }
    expect(RULES_VERSION).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  it('never refuses for what is unknown', () => {
    for (const { code, severity, certainty } of RULES) {
      expect([code, certainty === 'unknown' ? severity : 'warning']).toEqual([code, 'warning']);
    }
  });

  it('names only errcodes that WeChat publishes', () => {
    for (const { code, preventsErrcodes } of RULES) {
      for (const errcode of preventsErrcodes) expect([code, errcode, errcodeFact(errcode)]).not.toContain(undefined);
    }
  });

  it('holds every code that stands in the source, and the source every code that it holds', () => {
    const written = sources().flatMap((text) => text.match(/INVOICE-[A-Z]+-[0-9]{2}/g) ?? []);
    expect([...new Set(written)].sort()).toEqual(RULES.map(({ code }) => code).sort());
  });

  it('holds every code that the examples bring out, and the examples every code', () => {
    const emitted = Object.values(EXAMPLES).flatMap(({ accepts, refuses, borderline }) =>
      [...accepts, ...refuses, ...borderline].flatMap(([, invoice]) => codes(invoice)),
    );
    expect([...new Set([...emitted, ...Object.keys(UNREADABLE)])].sort()).toEqual(RULES.map(({ code }) => code).sort());
  });
});

describe('what a merchant may choose', () => {
  const invoice = digital({ items: [line('牙膏', 30000)], cashier: '示例收款员' });
  const severities = (context: { strict?: string[]; relaxed?: string[] }) =>
    checkInvoice(invoice, { now: NOW, ...context }).map(({ code, severity }) => [code, severity]);

  it('is to have named warnings as errors', () => {
    expect(severities({ strict: ['INVOICE-ITEM-02'] })).toEqual([
      ['INVOICE-ITEM-02', 'error'],
      ['INVOICE-ITEM-04', 'error'],
      ['INVOICE-TEXT-02', 'warning'],
    ]);
  });

  it('is to have the sum of the lines as a warning, and no other error', () => {
    expect(severities({ relaxed: ['INVOICE-ITEM-04'] })).toContainEqual(['INVOICE-ITEM-04', 'warning']);
    const wrong = checkInvoice(digital({ number: '' }), { now: NOW, relaxed: RULES.map(({ code }) => code) });
    expect(wrong).toMatchObject([{ code: 'INVOICE-NUMBER-01', severity: 'error' }]);
  });
});

describe('all faults at once', () => {
  it('come in the reading order of the face', () => {
    const invoice = digital({
      number: '1',
      code: '2',
      checkCode: '3',
      issuedAt: NOW + 9999,
      title: '',
      buyerNumber: undefined,
      sellerNumber: 'x',
      items: [line('', 1), line('牙膏', 0, -1)],
      fee: 0,
      cashier: '示例\u200B',
      remarks: '注'.repeat(451),
    });
    expect(checkInvoice(invoice, NOW).map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '/invoice/number INVOICE-NUMBER-01',
      '/invoice/code INVOICE-CODE-01',
      '/invoice/check_code INVOICE-CHECK-01',
      '/invoice/issued_at INVOICE-TIME-04',
      '/invoice/title INVOICE-TITLE-01',
      '/invoice/buyer_number INVOICE-BUYER-01',
      '/invoice/seller_number INVOICE-SELLER-01',
      '/invoice/items/0/name INVOICE-ITEM-01',
      '/invoice/items/1/name INVOICE-ITEM-02',
      '/invoice/items/1/num INVOICE-ITEM-03',
      '/invoice/items/1/price INVOICE-ITEM-09',
      '/invoice/fee INVOICE-AMOUNT-04',
      '/invoice/fee INVOICE-AMOUNT-01',
      '/invoice/remarks INVOICE-TEXT-01',
      '/invoice/cashier INVOICE-TEXT-02',
      '/invoice/cashier INVOICE-TEXT-03',
    ]);
  });
});

/** The compiled domain, whose comments the compiler keeps. */
function sources(): string[] {
  const domain = join(__dirname, '../../src/domain');
  return readdirSync(domain, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(domain, name), 'utf8'));
}
