import QRCode from 'qrcode';
import type { FaceLine, InvoiceFace } from '../../src/demo/invoice-face';
import { renderInvoicePdf } from '../../src/demo/invoice-pdf';
import { digitalQrPayload } from '../../src/demo/qr-payload';
import { invoiceFaceOf, sampleOrder } from '../../src/demo/sample-order';
import { renderTripPdf } from '../../src/demo/trip-pdf';
import { PdfObjects, readPdf } from './pdf-objects';

const ISSUED = new Date('2026-11-20T10:00:00+08:00');
const face = invoiceFaceOf(sampleOrder({ issuedAt: ISSUED, seed: 3, lines: 1 }));

describe('the PDF of a 数电 invoice', () => {
  let bytes: Buffer;
  let pdf: PdfObjects;

  beforeAll(async () => {
    bytes = await renderInvoicePdf(face);
    pdf = readPdf(bytes);
  });

  it('is one unencrypted page with a plain cross-reference table', () => {
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(bytes.subarray(-7).toString().trim()).toBe('%%EOF');
    expect(pdf.trailer).not.toContain('/Encrypt');
    expect(pdf.dictionaries.filter((dictionary) => /\/Type \/Page\b(?!s)/.test(dictionary))).toHaveLength(1);
  });

  it('carries the six keys of a 数电 PDF in the Info dictionary itself', () => {
    expect(pdf.info).toMatchObject({
      InvoiceNumber: face.number,
      SellerIdNum: face.seller.taxId,
      IssueTime: '2026-11-20',
      TotalAmWithoutTax: '3451.32',
      TotalTaxAm: '448.67',
      'TotalTax-includedAmount': '3899.99',
      Title: face.number,
      Creator: 'Piaoka',
      CreationDate: 'D:20261119160000Z',
      ModDate: 'D:20261119160000Z',
    });
    expect(bytes.includes(`/InvoiceNumber (${face.number})`)).toBe(true);
  });

  it('embeds a subset of its one font, with a way back to Unicode', () => {
    expect(pdf.dictionaries.filter((dictionary) => dictionary.includes('/FontFile2'))).toHaveLength(1);
    expect(pdf.dictionaries.filter((dictionary) => dictionary.includes('/ToUnicode'))).toHaveLength(1);
    expect(pdf.dictionaries.join()).toMatch(/\/BaseFont \/[A-Z]{6}\+ZCOOLXiaoWei/);
  });

  it('says in text what is printed', () => {
    expect(pdf.texts).toEqual(
      expect.arrayContaining([
        '电子发票（普通发票）',
        face.number,
        '2026年11月20日',
        face.buyer.name,
        face.buyer.taxId,
        face.seller.name,
        face.seller.taxId,
        '*计算机外部设备*液晶显示器',
        '13%',
        '¥3451.32',
        '¥448.67',
        '叁仟捌佰玖拾玖圆玖角玖分',
        '¥3899.99',
        '样例 SAMPLE，非真实发票，不作任何凭证',
      ]),
    );
  });

  it('draws the QR code as vectors', () => {
    const expected = QRCode.create(digitalQrPayload({ ...face, fee: face.gross }), { errorCorrectionLevel: 'M' });
    expect(drawnModules(pdf.content, expected.modules.size)).toEqual([...expected.modules.data].map(Boolean));
    expect(pdf.dictionaries.join()).not.toContain('/Subtype /Image');
  });

  it('is below 80 KB with one line and with eight', async () => {
    const eight = invoiceFaceOf(sampleOrder({ issuedAt: ISSUED, seed: 11, lines: 8, kind: 'digital_special' }));
    expect(bytes.length).toBeLessThan(80_000);
    expect((await renderInvoicePdf(eight)).length).toBeLessThan(80_000);
  });

  it('is the same file for the same face and date', async () => {
    expect((await renderInvoicePdf(face)).equals(bytes)).toBe(true);
    expect((await renderInvoicePdf(face, ISSUED)).equals(bytes)).toBe(false);
  });

  it('keeps eight short lines on the usual page and grows for long ones', async () => {
    const short = face.lines[0]!;
    const long = { ...short, name: '*计算机外部设备*液晶显示器（含安装、调试、培训与一年质保服务）', spec: '27 寸' };
    expect(height(await rendered({ lines: Array<FaceLine>(8).fill(short) }))).toBe(396.85);
    expect(height(await rendered({ lines: Array<FaceLine>(8).fill(long) }))).toBeGreaterThan(396.85);
    expect(height(await rendered({ buyer: { name: '示例'.repeat(75) } }))).toBe(396.85);
  });

  it('prints *** where nothing is taxed', async () => {
    const exempt = await rendered({ lines: [{ ...face.lines[0]!, rate: '免税', tax: 0 }], tax: 0, gross: face.net });
    expect(exempt.texts.filter((text) => text === '***')).toHaveLength(2);
  });

  it('refuses a name that it cannot print', async () => {
    await expect(rendered({ buyer: { name: '示例卍有限公司' } })).rejects.toThrow('no glyph for 卍');
  });
});

describe('the PDF of a trip sheet', () => {
  it('names every trip and the sum, and is no invoice', async () => {
    const trips = [
      { on: '2026-11-19', from: '示例路地铁站', to: '样例国际机场', fare: 8650 },
      { on: '2026-11-20', from: '样例国际机场', to: '示例路地铁站', fare: 9120 },
    ];
    const bytes = await renderTripPdf({ orderId: '2026112000001', trips });
    const { info, texts } = readPdf(bytes);
    expect(texts).toEqual(expect.arrayContaining(['2026-11-19', '示例路地铁站', '86.50', '91.20']));
    expect(texts).toContain('共 2 次行程，合计 ¥177.70');
    expect(info).not.toHaveProperty('InvoiceNumber');
    expect(bytes.length).toBeLessThan(40_000);
    await expect(renderTripPdf({ orderId: '1', trips: [] })).rejects.toThrow(RangeError);
  });
});

async function rendered(changes: Partial<InvoiceFace>): Promise<PdfObjects> {
  return readPdf(await renderInvoicePdf({ ...face, ...changes }));
}

function height({ dictionaries }: PdfObjects): number {
  return Number(/\/MediaBox \[0 0 [0-9.]+ ([0-9.]+)\]/.exec(dictionaries.join('\n'))?.[1]);
}

/** The modules that the small rectangles of a page cover, row by row. */
function drawnModules(content: string, size: number): boolean[] {
  const rectangles = [...content.matchAll(/^([0-9.]+) ([0-9.]+) ([0-9.]+) ([0-9.]+) re$/gm)]
    .map((match) => match.slice(1).map(Number) as [number, number, number, number])
    .filter(([, , , height]) => height < 10);
  const left = Math.min(...rectangles.map(([x]) => x));
  const top = Math.min(...rectangles.map(([, y]) => y));
  const modules = Array<boolean>(size * size).fill(false);
  for (const [x, y, width, module] of rectangles) {
    const start = Math.round((y - top) / module) * size + Math.round((x - left) / module);
    modules.fill(true, start, start + Math.round(width / module));
  }
  return modules;
}
