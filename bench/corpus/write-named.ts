import { PDFDocument, PDFHexString, PDFName, PDFRef } from 'pdf-lib';
import QRCode from 'qrcode';
import type { Sheet } from './sheet';

/**
 * Draws sheets with a Chinese font that is only named, as OFD converters do: whoever reads them brings the font. The QR
 * code is a grey image.
 */
export async function writeNamed(...sheets: Sheet[]): Promise<Buffer> {
  const doc = await PDFDocument.create({ updateMetadata: false });
  for (const sheet of sheets) drawPage(doc, sheet);
  return Buffer.from(await doc.save());
}

function drawPage(doc: PDFDocument, sheet: Sheet): void {
  const page = doc.addPage([sheet.width, sheet.height]);
  const rules = sheet.rules.map(([x1, y1, x2, y2]) => `${x1} ${y1} m ${x2} ${y2} l S`);
  const texts = sheet.marks
    .filter(({ turned }) => !turned)
    .map(({ text, x, y, size }) => `BT /F ${size} Tf 1 0 0 1 ${x} ${y} Tm <${utf16(text)}> Tj ET`);
  const { qr } = sheet;
  const picture = qr ? [`q ${qr.side} 0 0 ${qr.side} ${qr.x} ${qr.y} cm /Q Do Q`] : [];
  const contents = doc.context.flateStream(['0.6 w', ...rules, ...picture, ...texts].join('\n'));
  page.node.set(PDFName.of('Contents'), doc.context.register(contents));
  const images = qr ? { XObject: { Q: qrImage(doc, qr.text) } } : {};
  page.node.set(PDFName.of('Resources'), doc.context.obj({ Font: { F: chineseFont(doc) }, ...images }));
}

export function utf16(text: string): string {
  return Buffer.from(text, 'utf16le').swap16().toString('hex');
}

/** STSong-Light in Adobe-GB1, half width for ASCII. */
export function chineseFont(doc: PDFDocument): PDFRef {
  const { context } = doc;
  const descriptor = context.register(
    context.obj({
      ...{ Type: 'FontDescriptor', FontName: 'STSong-Light', Flags: 6, ItalicAngle: 0, Ascent: 880, Descent: -120 },
      ...{ CapHeight: 880, StemV: 93, FontBBox: [-25, -254, 1000, 880] },
    }),
  );
  const order = { Registry: PDFHexString.of(ascii('Adobe')), Ordering: PDFHexString.of(ascii('GB1')), Supplement: 2 };
  const font = context.register(
    context.obj({
      ...{ Type: 'Font', Subtype: 'CIDFontType0', BaseFont: 'STSong-Light', CIDSystemInfo: order },
      ...{ FontDescriptor: descriptor, DW: 1000, W: [1, 95, 500] },
    }),
  );
  return context.register(
    context.obj({
      ...{ Type: 'Font', Subtype: 'Type0', BaseFont: 'STSong-Light', Encoding: 'UniGB-UCS2-H' },
      DescendantFonts: [font],
    }),
  );
}

/** Three grey pixels a module, with a quiet zone. */
export function qrImage(doc: PDFDocument, text: string): PDFRef {
  const { size, data } = QRCode.create(text, { errorCorrectionLevel: 'M' }).modules;
  const side = (size + 8) * 3;
  const dark = (x: number, y: number) => {
    const [column, row] = [Math.floor(x / 3) - 4, Math.floor(y / 3) - 4];
    return column >= 0 && row >= 0 && column < size && row < size && data[row * size + column];
  };
  const pixels = Uint8Array.from({ length: side * side }, (_, n) => (dark(n % side, Math.floor(n / side)) ? 0 : 255));
  const image = { Type: 'XObject', Subtype: 'Image', Width: side, Height: side };
  return doc.context.register(
    doc.context.flateStream(pixels, { ...image, ColorSpace: 'DeviceGray', BitsPerComponent: 8 }),
  );
}

function ascii(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex');
}
