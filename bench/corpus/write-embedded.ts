import { once } from 'node:events';
import PDFDocument from 'pdfkit';
import QRCode from 'qrcode';
import { invoiceFont } from '../../src/demo/invoice-font';
import type { Sheet } from './sheet';

export interface Making {
  /** The code as an image of so many pixels a module, or as rectangles. */
  qr: number | 'drawn';
  /** With the field of a signature, as 税控 invoices are signed. */
  signed?: boolean;
  /** Sizes are set by a matrix over huge letters, as office programs do. */
  scaled?: boolean;
}

/** Draws a sheet with a font that is embedded as a subset. The same sheet gives the same file. */
export async function writeEmbedded(sheet: Sheet, { qr, signed, scaled }: Making): Promise<Buffer> {
  const doc = new PDFDocument({ size: [sheet.width, sheet.height], margin: 0, pdfVersion: '1.4', info: INFO });
  doc.font(invoiceFont());
  doc.lineWidth(0.6);
  for (const [x1, y1, x2, y2] of sheet.rules)
    doc
      .moveTo(x1, sheet.height - y1)
      .lineTo(x2, sheet.height - y2)
      .stroke();
  if (sheet.qr) await drawCode(doc, sheet, qr);
  writeMarks(doc, sheet, scaled ? 20 : 1);
  if (signed) addSignature(doc);
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const written = once(doc, 'end');
  doc.end();
  await written;
  return Buffer.concat(chunks);
}

const DAY = new Date('2026-01-01T00:00:00Z');
const INFO = { Creator: 'corpus', Producer: 'corpus', CreationDate: DAY, ModDate: DAY };

async function drawCode(doc: PDFKit.PDFDocument, { qr, height }: Sheet, making: number | 'drawn'): Promise<void> {
  if (!qr) return;
  const { text, x, y, side } = qr;
  if (making !== 'drawn') {
    const png = await QRCode.toBuffer(text, { errorCorrectionLevel: 'M', margin: 1, scale: making });
    doc.image(png, x, height - y - side, { width: side });
    return;
  }
  const { size, data } = QRCode.create(text, { errorCorrectionLevel: 'M' }).modules;
  const module = side / size;
  for (let n = 0; n < data.length; n += 1) {
    if (!data[n]) continue;
    doc.rect(x + (n % size) * module, height - y - side + Math.floor(n / size) * module, module, module);
  }
  doc.fill('black');
}

/** What we use of PDFKit's embedded font, and its types do not show. */
interface EmbeddedFont {
  id: string;
  ref(): PDFKit.PDFKitReference;
  encode(text: string): [hex: string[], positions: unknown[]];
}

/** Text by its own operators: each mark one text, or one for each character. */
function writeMarks(doc: PDFKit.PDFDocument, { marks, height }: Sheet, factor: number): void {
  const { _font: font } = doc as unknown as { _font: EmbeddedFont };
  const { page } = doc as unknown as { page: { fonts: Record<string, PDFKit.PDFKitReference> } };
  page.fonts[font.id] ??= font.ref();
  // PDFKit has turned the page upside down; sheets stand on their feet.
  const lines = [`q 1 0 0 -1 0 ${height} cm`];
  for (const { text, x, y, size, turned = 0, apart } of marks) {
    const [cos, sin] = [Math.cos((turned * Math.PI) / 180), Math.sin((turned * Math.PI) / 180)];
    let at = x;
    for (const part of apart ? [...text] : [text]) {
      const hex = font.encode(part)[0].join('');
      const own = apart ? factor : 1;
      const matrix = [cos / own, sin / own, -sin / own, cos / own, at, y].map((value) => value.toFixed(4)).join(' ');
      lines.push(`BT /${font.id} ${size * own} Tf ${matrix} Tm <${hex}> Tj ET`);
      at += advance(doc, part, size);
    }
  }
  lines.push('Q');
  (doc as unknown as { addContent(text: string): void }).addContent(lines.join('\n'));
}

function advance(doc: PDFKit.PDFDocument, text: string, size: number): number {
  return doc.fontSize(size).widthOfString(text);
}

/** An unsigned signature: its field, its widget on the page, and room for a certificate. */
function addSignature(doc: PDFKit.PDFDocument): void {
  const { page } = doc as unknown as {
    page: { dictionary: PDFKit.PDFKitReference; annotations: PDFKit.PDFKitReference[] };
  };
  const value = doc.ref({
    ...{ Type: 'Sig', Filter: 'Adobe.PPKLite', SubFilter: 'adbe.pkcs7.detached', ByteRange: [0, 100, 8292, 100] },
    Contents: Buffer.alloc(4096),
    ...{ M: DAY, Reason: new String('发票签章'), Name: new String('FPZYZ') },
  });
  value.end('');
  const field = doc.ref({
    ...{ Type: 'Annot', Subtype: 'Widget', FT: 'Sig', T: new String('FPZYZ'), F: 4, Rect: [500, 20, 590, 90] },
    ...{ P: page.dictionary, V: value },
  });
  field.end('');
  page.annotations.push(field);
  doc.initForm();
  const { _root: root } = doc as unknown as { _root: { data: { AcroForm: { data: Record<string, unknown> } } } };
  Object.assign(root.data.AcroForm.data, { Fields: [field], SigFlags: 3, NeedAppearances: false });
}
