import { randomBytes } from 'node:crypto';

/** What is changed from order to order in the one PDF that a run reuses: the invoice number, always 20 digits. */
export class PdfTemplate {
  private readonly places: number[] = [];

  constructor(
    private readonly bytes: Buffer,
    number: string,
  ) {
    for (let at = bytes.indexOf(number); at >= 0; at = bytes.indexOf(number, at + 1)) this.places.push(at);
    if (this.places.length === 0) throw new Error('the PDF does not name its invoice in plain text');
  }

  /** The PDF as the invoice of that number: its Info keys agree with the order, its drawn page is the template's. */
  of(number: string): Buffer {
    const copy = Buffer.from(this.bytes);
    for (const at of this.places) copy.write(number, at, 'latin1');
    return copy;
  }
}

/**
 * Grows a PDF to a size by a stream that nothing refers to, as full as a font or a picture: random bytes, which no
 * compression makes smaller. The positions that its cross-reference names stay.
 */
export function padPdf(pdf: Buffer, size: number): Buffer {
  const at = pdf.lastIndexOf('startxref');
  const begin = (length: number) => `99 0 obj\n<< /Length ${length} >>\nstream\n`;
  const end = '\nendstream\nendobj\n';
  const missing = size - pdf.length - begin(size).length - end.length;
  if (missing < 1) return pdf;
  return Buffer.concat([
    pdf.subarray(0, at),
    Buffer.from(begin(missing)),
    randomBytes(missing),
    Buffer.from(end),
    pdf.subarray(at),
  ]);
}

/** A whole PDF of about 1 KB: an empty page and the Info keys of a 数电 invoice. */
export function tinyPdf(info: Record<string, string>): Buffer {
  const entries = Object.entries(info).map(([key, value]) => `/${key} (${value})`);
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 396] /Resources << >> >>',
    `<< ${entries.join(' ')} >>`,
  ];
  let text = '%PDF-1.7\n';
  const offsets = objects.map((object, n) => {
    const offset = text.length;
    text += `${n + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const startxref = text.length;
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows.join('')}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 4 0 R >>\nstartxref\n${startxref}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}
