import { corpusFile, KINDS } from '../../bench/corpus/corpus';
import { FileReader } from '../../src/invoice-files/file-reader';
import { quickReading } from '../../src/invoice-files/pdf-quick';

const files = new FileReader({ threads: 1, deadlineMs: 25_000, queue: 100, patienceMs: 60_000 });
afterAll(() => files.close());

/** What programs do to bytes that they take for text, or lose on the way. */
const DAMAGES: [name: string, damage: (pdf: Buffer) => Buffer][] = [
  ['decoded as UTF-8', (pdf) => Buffer.from(pdf.toString('utf8'))],
  ['encoded as UTF-8, byte by byte', (pdf) => Buffer.from(pdf.toString('latin1'))],
  ['with line ends made CRLF', (pdf) => latin1(pdf, (text) => text.replace(/\r?\n/g, '\r\n'))],
  ['with line ends made LF', (pdf) => latin1(pdf, (text) => text.replace(/\r\n?/g, '\n'))],
  ['cut to seven bits', (pdf) => Buffer.from(pdf.map((byte) => byte & 0x7f))],
  ['written as ASCII', (pdf) => Buffer.from(pdf.map((byte) => (byte < 0x80 ? byte : 0x3f)))],
  [
    'with blanks trimmed at line ends',
    (pdf) => latin1(pdf, (text) => text.replace(/[ \t\0]+\n/g, '\n').replace(/\0/g, '')),
  ],
  [
    'that lost a piece in its middle',
    (pdf) => Buffer.concat([pdf.subarray(0, pdf.length >> 1), pdf.subarray((pdf.length >> 1) + 4096)]),
  ],
  [
    'with a piece in its middle twice',
    (pdf) => Buffer.concat([pdf.subarray(0, pdf.length >> 1), pdf.subarray((pdf.length >> 1) - 4096)]),
  ],
];

describe('a PDF whose bytes are damaged shows an empty page: it is an error, and says to fetch the file as bytes', () => {
  const kinds = KINDS.filter(({ name }) => /signed|report|code drawn/.test(name));
  const each = DAMAGES.flatMap(([how, damage]) => kinds.map((kind) => [how, kind.name, kind, damage] as const));

  it.each(each)('%s: %s', async (_, __, kind, damage) => {
    const { pdf } = await corpusFile(kind, 9, new Date('2026-11-20T02:00:00Z'));
    const broken = damage(pdf);
    expect(broken.equals(pdf)).toBe(false);
    const faults = [...quickReading(broken).faults, ...(await files.read(broken)).faults];
    expect(faults).toContainEqual(expect.objectContaining({ code: 'PDF-SHAPE-05', severity: 'error' }));
    expect(quickReading(pdf).faults).toEqual([]);
  });
});

function latin1(pdf: Buffer, change: (text: string) => string): Buffer {
  return Buffer.from(change(pdf.toString('latin1')), 'latin1');
}
