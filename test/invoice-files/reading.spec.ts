import { agree } from '../../src/domain/agreement';
import { Invoice } from '../../src/domain/invoice';
import { bestFacts, Fact } from '../../src/domain/invoice-facts';
import { fenOf, yuanOf } from '../../src/domain/yuan';
import { renderInvoicePdf } from '../../src/demo/invoice-pdf';
import { digitalQrPayload } from '../../src/demo/qr-payload';
import { FileReader } from '../../src/invoice-files/file-reader';
import { readQrPayload } from '../../src/invoice-files/qr-payload';
import { withBrowser } from '../support/browser';
import { browserPdf } from './browser-layout';
import { FACE, INVOICE, WHOLE } from './face';
import { LEGACY, legacyOfd, legacyXml, ofdInvoice, xmlInvoice } from './other-formats';
import { otherPdf } from './other-layouts';
import { plainLayout } from './plain-layout';

// A busy machine needs patience; deadlines are tested with the hostile files.
const files = new FileReader({ threads: 1, deadlineMs: 25_000, queue: 100, patienceMs: 60_000 });
afterAll(() => files.close());

describe('an invoice is read wholly', () => {
  it('from the demo’s PDF, by its Info keys, its QR code and its text, each alone', async () => {
    const { facts, faults } = await files.read(await renderInvoicePdf(FACE));
    expect(faults).toEqual([]);
    expect(valuesOf(bestFacts(facts))).toMatchObject(WHOLE);
    expect(valuesOf(facts.filter(({ source }) => source === 'text'))).toMatchObject(WHOLE);
    expect(new Set(facts.map(({ source }) => source))).toEqual(new Set(['info', 'qr', 'text', 'capitals']));
    expect(agree(facts, INVOICE)).toEqual([]);
  });

  it('from a PDF of another layout: larger page, labels apart from values, no Info keys, no QR code', async () => {
    const { facts } = await files.read(await plainLayout());
    expect(valuesOf(facts)).toMatchObject(WHOLE);
    expect(agree(facts, INVOICE)).toEqual([]);
  });

  it.each([
    ['drawn line by line', { scattered: false, turned: false }],
    ['drawn character by character, in no order', { scattered: true, turned: false }],
    ['on a sheet that lies on its side', { scattered: true, turned: true }],
  ])('from a PDF of another program, with a font that it only names, %s', async (_, making) => {
    const { facts, faults } = await files.read(await otherPdf(making));
    expect(faults).toEqual([]);
    expect(valuesOf(facts.filter(({ source }) => source === 'text'))).toMatchObject(WHOLE);
    expect(valuesOf(facts.filter(({ source }) => source === 'qr'))).toMatchObject({ number: FACE.number, fee: 10600 });
    expect(valuesOf(facts.filter(({ source }) => source === 'info'))).toMatchObject({
      number: FACE.number,
      fee: 10600,
    });
    expect(facts).toContainEqual({ field: 'fee', value: 10600, source: 'capitals', confidence: 'certain' });
    expect(agree(facts, INVOICE)).toEqual([]);
  });

  withBrowser(
    'from a web page that a browser prints, in a system’s font, with headings that run downwards',
    async () => {
      const { facts, faults } = await files.read(await browserPdf());
      expect(faults).toEqual([]);
      expect(valuesOf(facts.filter(({ source }) => source === 'text'))).toMatchObject(WHOLE);
      expect(valuesOf(facts.filter(({ source }) => source === 'qr'))).toMatchObject({
        number: FACE.number,
        fee: 10600,
      });
      expect(facts).toContainEqual({ field: 'fee', value: 10600, source: 'capitals', confidence: 'certain' });
      expect(agree(facts, INVOICE)).toEqual([]);
    },
  );

  it('from an OFD and an XML of the older kind, with code, check code and QR text', async () => {
    for (const file of [await legacyOfd(), Buffer.from(legacyXml())]) {
      const { facts, faults } = await files.read(file);
      expect(faults).toEqual([]);
      const items = [{ name: '*餐饮服务*餐费', num: 1, price: 51068 }];
      const parties = { title: WHOLE.title, buyerNumber: WHOLE.buyerNumber, sellerNumber: WHOLE.sellerNumber };
      expect(valuesOf(bestFacts(facts))).toMatchObject({ ...LEGACY, ...parties, items });
    }
  });

  it('from an OFD', async () => {
    const { facts, faults } = await files.read(await ofdInvoice());
    expect(faults).toEqual([]);
    const { items: _, ...withoutLines } = WHOLE;
    expect(valuesOf(bestFacts(facts))).toMatchObject(withoutLines);
  });

  it('from 数电 XML', async () => {
    const { facts, faults } = await files.read(Buffer.from(xmlInvoice()));
    expect(faults).toEqual([]);
    expect(valuesOf(facts)).toMatchObject(WHOLE);
  });
});

describe('agreement', () => {
  const facts: Fact[] = [{ field: 'fee', value: 10600, source: 'qr', confidence: 'certain' }];

  it('names both values and where each stands', () => {
    expect(agree(facts, { ...INVOICE, fee: 10000 })).toMatchObject([
      {
        code: 'PDF-FEE-01',
        severity: 'error',
        messageEn: expect.stringMatching(/QR code "106.00 元".*"100.00 元"/) as string,
      },
    ]);
  });

  it('takes a likely fact for a doubt only', () => {
    const likely = facts.map((fact) => ({ ...fact, confidence: 'likely' as const }));
    expect(agree(likely, { ...INVOICE, fee: 10000 })).toMatchObject([{ severity: 'warning' }]);
  });

  it('quotes nothing of a person', () => {
    const person: Invoice = { ...INVOICE, buyerType: 'individual', title: '李示例' };
    const [doubt] = agree([{ field: 'title', value: '王示例', source: 'text', confidence: 'certain' }], person);
    expect(doubt?.message).not.toMatch(/李|王/);
  });

  it('compares days in UTC+8', () => {
    const issuedOn: Fact = { field: 'issuedOn', value: '2026-11-20', source: 'qr', confidence: 'certain' };
    const at = (time: string) => ({ ...INVOICE, issuedAt: Date.parse(time) / 1000 });
    expect(agree([issuedOn], at('2026-11-19T16:00:00Z'))).toEqual([]);
    expect(agree([issuedOn], at('2026-11-19T15:59:59Z'))).toMatchObject([{ code: 'PDF-DATE-01' }]);
  });
});

test('the amount in capitals is one of the witnesses: where it differs, the file contradicts order and itself', async () => {
  const { facts } = await files.read(await plainLayout('壹佰捌拾陆圆整'));
  expect(facts).toContainEqual({ field: 'fee', value: 18600, source: 'capitals', confidence: 'certain' });
  expect(agree(facts, INVOICE)).toMatchObject([
    { code: 'PDF-FEE-01', severity: 'error', messageEn: expect.stringContaining('capitals "186.00 元"') as string },
  ]);
  const alone = await files.read(await plainLayout('壹佰零陆圆整', '——'));
  expect(valuesOf(bestFacts(alone.facts))).toMatchObject({ fee: 10600 });
});

describe('a QR code', () => {
  it('of a legacy invoice says the net amount, of a 数电 the gross', () => {
    const legacy = readQrPayload('01,10,033002000211,83089647,510.68,20200723,16197833567414507415,0941,') ?? [];
    expect(valuesOf(legacy)).toMatchObject({ feeWithoutTax: 51068, issuedOn: '2020-07-23', code: '033002000211' });
    const digital = readQrPayload(digitalQrPayload({ ...FACE, fee: FACE.gross })) ?? [];
    expect(valuesOf(digital)).toMatchObject({ fee: FACE.gross, number: FACE.number });
  });

  // The digits come from another implementation, itself held against the published check values of these forms.
  it.each([
    ['CRC-16/BUYPASS', '01,32,,26990000000000000017,106.00,20261120,,A4B3'],
    ['CRC-16/ARC', '01,32,,26990000000000000017,106.00,20261120,,acaa'],
    ['CRC-16/MODBUS', '01,51,,26990000000000000017,106.00,20261120,,ea9e'],
    ['CRC-16/X-25', '01,32,,26990000000000000017,106.00,20261120,,6A8D'],
    ['CRC-16/BUYPASS without the last comma', '01,32,,26990000000000000017,106.00,20261120,,E426'],
    ['0x8005 shifted right, without the last comma', '01,32,,26990000000000000017,106.00,20261120,,835A,'],
  ])('with check digits of the form %s is certain, with others of no known form only likely', (_, text) => {
    const facts = readQrPayload(text) ?? [];
    expect(valuesOf(facts)).toMatchObject({ number: '26990000000000000017', fee: 10600, issuedOn: '2026-11-20' });
    expect(facts.map(({ confidence }) => confidence)).not.toContain('likely');
    const other = readQrPayload(text.replace(/[0-9A-Fa-f]{4},?$/, '0F0F')) ?? [];
    expect(valuesOf(other)).toEqual(valuesOf(facts));
    expect(other.map(({ confidence }) => confidence)).not.toContain('certain');
  });

  it.each([
    ['ISO days', '01,32,,26990000000000000017,106.00,2026-11-20,,', { issuedOn: '2026-11-20', fee: 10600 }],
    ['blank amount and day', '01,32,,26990000000000000017,,,,', { number: '26990000000000000017' }],
    ['a blank type', '01,,,26990000000000000017,106.00,20261120,,', { kind: 'digital_ordinary' }],
    ['blanks after commas', '01, 32, , 26990000000000000017, 106.00, 20261120, ,', { fee: 10600 }],
    ['a whole amount', '01,32,,26990000000000000017,106,20261120,,', { fee: 10600 }],
    ['a check code cut short', '01,10,099002000111,00000017,100.00,20261120,123456,', { feeWithoutTax: 10000 }],
  ])('is read with %s', (_, text, wanted) => {
    expect(valuesOf(readQrPayload(text) ?? [])).toMatchObject(wanted);
  });

  it('of a railway ticket names that paper, and no kind of invoice', () => {
    const facts = readQrPayload('01,51,,26990000000000000017,56.00,20261120,,') ?? [];
    expect(valuesOf(facts)).toMatchObject({ document: 'railway_ticket', fee: 5600 });
    expect(facts.some(({ field }) => field === 'kind')).toBe(false);
  });

  it('that only lies in the file says nothing: what counts is on the page', async () => {
    const leftOver = `${FACE.number.slice(0, -1)}9`;
    const { facts, faults } = await files.read(await otherPdf({ scattered: false, turned: false, leftOver }));
    expect(valuesOf(facts.filter(({ source }) => source === 'qr'))).toMatchObject({ number: FACE.number });
    expect([...faults, ...agree(facts, INVOICE)]).toEqual([]);
  });

  it('of another text is none', () => {
    expect(readQrPayload('https://example.com/?bill_num=1')).toBeNull();
    expect(readQrPayload('01,32,,2699000000000000001,106.00,20261120,,')).toBeNull();
  });
});

test('amounts of yuan are read to the 分, and what is none is refused', () => {
  expect(['¥1,234.5', '106', '-0.01', '0.00'].map(fenOf)).toEqual([123450, 10600, -1, 0]);
  expect(['***', '1.234', '', '1.2.3'].map(fenOf)).toEqual([null, null, null, null]);
  expect([0, 5, -10600].map(yuanOf)).toEqual(['0.00', '0.05', '-106.00']);
});

function valuesOf(facts: readonly Fact[]): Record<string, unknown> {
  return Object.fromEntries(facts.map(({ field, value }) => [field, value]));
}
