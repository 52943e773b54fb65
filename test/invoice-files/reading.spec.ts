import PDFDocument from 'pdfkit';
import { once } from 'node:events';
import { agree } from '../../src/domain/agreement';
import { Invoice } from '../../src/domain/invoice';
import { bestFacts, Fact } from '../../src/domain/invoice-facts';
import { fenOf, yuanOf } from '../../src/domain/yuan';
import { invoiceFont } from '../../src/demo/invoice-font';
import { renderInvoicePdf } from '../../src/demo/invoice-pdf';
import { digitalQrPayload } from '../../src/demo/qr-payload';
import { FileReader } from '../../src/invoice-files/file-reader';
import { readQrPayload } from '../../src/invoice-files/qr-payload';
import { FACE, INVOICE, WHOLE } from './face';
import { ofdInvoice, xmlInvoice } from './other-formats';

// A busy machine needs patience; deadlines are tested with the hostile files.
const files = new FileReader({ threads: 1, deadlineMs: 25_000, queue: 100, patienceMs: 60_000 });
afterAll(() => files.close());

describe('an invoice is read wholly', () => {
  it('from the demo’s PDF, by its Info keys, its QR code and its text, each alone', async () => {
    const { facts, faults } = await files.read(await renderInvoicePdf(FACE));
    expect(faults).toEqual([]);
    expect(valuesOf(bestFacts(facts))).toMatchObject(WHOLE);
    expect(valuesOf(facts.filter(({ source }) => source === 'text'))).toMatchObject(WHOLE);
    expect(new Set(facts.map(({ source }) => source))).toEqual(new Set(['info', 'qr', 'text']));
    expect(agree(facts, INVOICE)).toEqual([]);
  });

  it('from a PDF of another layout: larger page, labels apart from values, no Info keys, no QR code', async () => {
    const { facts } = await files.read(await plainLayout());
    expect(valuesOf(facts)).toMatchObject(WHOLE);
    expect(agree(facts, INVOICE)).toEqual([]);
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

describe('a QR code', () => {
  it('of a legacy invoice says the net amount, of a 数电 the gross', () => {
    const legacy = readQrPayload('01,10,033002000211,83089647,510.68,20200723,16197833567414507415,0941,');
    expect(legacy?.crc).toBe('right');
    expect(valuesOf(legacy?.facts ?? [])).toMatchObject({
      feeWithoutTax: 51068,
      issuedOn: '2020-07-23',
      code: '033002000211',
    });
    const digital = readQrPayload(digitalQrPayload({ ...FACE, fee: FACE.gross }));
    expect(digital?.crc).toBe('right');
    expect(valuesOf(digital?.facts ?? [])).toMatchObject({ fee: FACE.gross, number: FACE.number });
  });

  it('that was edited does not fit its check digits; other texts are none', () => {
    const text = digitalQrPayload({ ...FACE, fee: FACE.gross });
    expect(readQrPayload(text.replace('106.00', '186.00'))?.crc).toBe('wrong');
    expect(readQrPayload(text.slice(0, -4))?.crc).toBe('absent');
    expect(readQrPayload('https://example.com/?bill_num=1')).toBeNull();
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

async function plainLayout(): Promise<Buffer> {
  const doc = new PDFDocument({ size: 'A4', margin: 0 });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = once(doc, 'end');
  doc.font(invoiceFont()).fontSize(11);
  const put = (text: string, x: number, y: number) => doc.text(text, x, y, { lineBreak: false });
  // Drawn from the foot up: the order of drawing says nothing.
  put('（小写）￥106.00', 380, 420);
  put('价税合计（大写） 壹佰零陆圆整', 40, 420);
  put('合 计', 60, 390).text('￥100.00', 360, 390, { lineBreak: false });
  put('￥6.00', 510, 390);
  put('*信息技术服务*技术服务费', 40, 330);
  for (const [text, x] of [
    ['次', 250],
    ['1', 300],
    ['100.00', 345],
    ['100.00', 410],
    ['6%', 470],
    ['6.00', 520],
  ] as const)
    put(text, x, 330);
  for (const [text, x] of [
    ['项目名称', 60],
    ['规格型号', 190],
    ['单位', 245],
    ['数量', 295],
    ['单价', 350],
    ['金额', 415],
    ['税率', 465],
    ['税额', 520],
  ] as const)
    put(text, x, 305);
  put('名 称：', 40, 240).text(FACE.seller.name, 110, 240, { lineBreak: false });
  put('纳税人识别号：', 40, 260).text(FACE.seller.taxId as string, 150, 260, { lineBreak: false });
  put('名 称：', 40, 180).text(FACE.buyer.name, 110, 180, { lineBreak: false });
  put('纳税人识别号：', 40, 200).text(FACE.buyer.taxId as string, 150, 200, { lineBreak: false });
  put('开票日期：2026 年 11 月 20 日', 330, 120);
  put('发票号码：', 330, 100).text(FACE.number, 400, 100, { lineBreak: false });
  put('电子发票（普通发票）', 200, 60);
  doc.end();
  await ended;
  return Buffer.concat(chunks);
}
