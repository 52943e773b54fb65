import { once } from 'node:events';
import PDFDocument from 'pdfkit';
import { invoiceFont } from './invoice-font';

export type Pdf = PDFKit.PDFDocument;

/** 砖红, the colour of rules and labels on a Chinese invoice, and black for what is filled in. */
export const BRICK = '#9C3A22';
export const INK = '#111111';

/** How a single line of text stands: points, and where x is (left end, middle or right end). */
export interface Style {
  size?: number;
  color?: string;
  align?: 'left' | 'center' | 'right';
}

/**
 * Opens a document without a page. Every glyph drawn is embedded as a subset of ZCOOL XiaoWei (SIL Open Font
 * License 1.1), so that any viewer shows the Chinese text. The file is a function of its content and `createdAt`:
 * the file identifier is derived from `info`.
 */
export function openPdf(createdAt: Date, info: Record<string, string>): Pdf {
  const doc = new PDFDocument({
    autoFirstPage: false,
    pdfVersion: '1.7',
    lang: 'zh-CN',
    info: { Creator: 'Piaoka', Producer: 'PDFKit', CreationDate: createdAt, ModDate: createdAt, ...info },
  });
  return doc.font(invoiceFont());
}

/** Adds a page of the given size in points, ready for brick-red rules. */
export function addSheet(doc: Pdf, width: number, height: number): void {
  doc
    .addPage({ size: [width, height], margin: 0 })
    .lineWidth(0.6)
    .strokeColor(BRICK);
}

/** Draws one line of text with its top at y. */
export function put(doc: Pdf, text: string, x: number, y: number, style: Style = {}): void {
  refuseUnknownGlyphs(doc, text);
  doc.fontSize(style.size ?? 8.5).fillColor(style.color ?? INK);
  const share = { left: 0, center: 0.5, right: 1 }[style.align ?? 'left'];
  doc.text(text, x - doc.widthOfString(text) * share, y, { lineBreak: false });
}

/** Draws one line as outlines, centred on x with its baseline at y: to be seen, and not in the way of who reads the text. */
export function putOutlines(doc: Pdf, text: string, x: number, y: number, size: number): void {
  const font = refuseUnknownGlyphs(doc, text);
  const scale = size / font.unitsPerEm;
  const run = font.layout(text);
  doc
    .save()
    .translate(x - (run.advanceWidth * scale) / 2, y)
    .scale(scale, -scale);
  run.glyphs.forEach((glyph, i) => {
    doc.path(glyph.path.toSVG()).fill(BRICK);
    doc.translate(run.positions[i]?.xAdvance ?? 0, 0);
  });
  doc.restore();
}

/** Draws text that wraps inside a width, with its top at y. */
export function putWrapped(doc: Pdf, text: string, x: number, y: number, width: number): void {
  refuseUnknownGlyphs(doc, text);
  doc.fontSize(8.5).fillColor(INK).text(text, x, y, { width, lineGap: 1.5 });
}

/** How high `putWrapped` draws a text; a page need not exist yet. */
export function heightOf(doc: Pdf, text: string, width: number): number {
  return doc.fontSize(8.5).heightOfString(text, { width, lineGap: 1.5, height: 10_000 });
}

/** Draws a rule between two points. */
export function rule(doc: Pdf, x1: number, y1: number, x2: number, y2: number): void {
  doc.moveTo(x1, y1).lineTo(x2, y2).stroke();
}

/** Writes the file. */
export async function finishPdf(doc: Pdf): Promise<Buffer> {
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const written = once(doc, 'end');
  writeInfoInPlace(doc);
  doc.end();
  await written;
  return Buffer.concat(chunks);
}

/**
 * PDFKit makes each Info value an object of its own and leaves only a reference in the dictionary. Invoice readers
 * that scan for `/InvoiceNumber (…)` expect the string in place, as other producers write it.
 */
function writeInfoInPlace(doc: Pdf): void {
  const reference = doc.ref.bind(doc);
  doc.ref = (data: object) => {
    if (data instanceof String) return inPlace(new String(data));
    return data instanceof Date ? inPlace(new Date(data)) : reference(data);
  };
}

function inPlace(value: object): PDFKit.PDFKitReference {
  return Object.assign(value, { end: () => undefined }) as unknown as PDFKit.PDFKitReference;
}

/** Better no file than one with an empty box in a name. */
function refuseUnknownGlyphs(doc: Pdf, text: string): OutlineFont {
  const { font } = (doc as unknown as { _font: { font: OutlineFont } })._font;
  const missing = [...text].filter((char) => char !== '\n' && !font.hasGlyphForCodePoint(char.codePointAt(0) ?? 0));
  if (missing.length > 0) throw new RangeError(`the invoice font has no glyph for ${missing.join(' ')}`);
  return font;
}

/** What we use of the parsed font that PDFKit holds, and its types do not show. */
interface OutlineFont {
  unitsPerEm: number;
  hasGlyphForCodePoint(point: number): boolean;
  layout(text: string): {
    advanceWidth: number;
    glyphs: { path: { toSVG(): string } }[];
    positions: { xAdvance: number }[];
  };
}
