import { deflateSync } from 'node:zlib';
import { corpusFile, KINDS } from '../../bench/corpus/corpus';
import { FileReader } from '../../src/invoice-files/file-reader';
import { quickReading } from '../../src/invoice-files/pdf-quick';
import { pdfOf, streamOf } from './hostile-corpus';

const files = new FileReader({ threads: 1, deadlineMs: 25_000, queue: 100, patienceMs: 60_000 });
afterAll(() => files.close());

const SCRIPT = '/OpenAction<</S/JavaScript/JS(app.alert(1))>>';
const MIB = 1024 * 1024;

/** An object stream with the catalog in it, packed and described as its maker likes. */
function inObjects(pack: (objects: Buffer) => Buffer, dictionary: string, padding = ''): Buffer {
  const objects = Buffer.from(`9 0 ${padding}<</Type/Catalog/Pages 2 0 R${SCRIPT}>>`);
  return pdfOf({ more: [streamOf(pack(objects), `/Type/ObjStm/N 1/First 4${dictionary}`)] });
}

const hex = (bytes: Buffer) => Buffer.from(`${bytes.toString('hex')}>`);

/** Where whoever looks for a script might not look. Each is refused, whatever word it is refused with. */
const HIDDEN: [name: string, pdf: Buffer][] = [
  ['names written with numbers', pdfOf({ catalog: '/Open#41ction<</S/Java#53cript/J#53(x)>>' })],
  [
    'names written with numbers, packed',
    inObjects(
      (bytes) =>
        deflateSync(Buffer.from(bytes.toString().replaceAll('/JavaScript', '/Java#53cript').replace('/JS', '/J#53'))),
      '/Filter/FlateDecode',
    ),
  ],
  ['comments between words', pdfOf({ catalog: '/OpenAction<</S%c\n/JavaScript/JS%c\n(x)>>' })],
  ['zero bytes between words', pdfOf({ catalog: '/OpenAction<</S\0/JavaScript/JS\0(x)>>' })],
  [
    'the name as an object of its own',
    pdfOf({ catalog: '/OpenAction<</S 4 0 R/X 5 0 R>>', more: [Buffer.from('/JavaScript')] }),
  ],
  ['objects packed as hexadecimal', inObjects(hex, '/Filter/ASCIIHexDecode')],
  ['objects packed twice', inObjects((bytes) => hex(deflateSync(bytes)), '/Filter[/ASCIIHexDecode/FlateDecode]')],
  ['objects with a predictor', inObjects(deflateSync, '/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 4>>')],
  ['objects behind a long dictionary', inObjects(deflateSync, `/Filter/FlateDecode/Pad(${'x'.repeat(600)})`)],
  ['objects behind much that is blank', inObjects(deflateSync, '/Filter/FlateDecode', ' '.repeat(MIB + 100))],
  ['a stream that is a comment', pdfOf({ more: [Buffer.from(`%>>\n%stream\n<<${SCRIPT}>>\n%endstream`)] })],
  ['a stream that is a string', pdfOf({ catalog: `/Foo(stream\n)${SCRIPT}/Bar(endstream)` })],
  ['objects within the bytes of a stream', withinStream()],
];

/** The cross-reference leads into a stream, where an object lies in plain words. */
function withinStream(): Buffer {
  const catalog = `1 0 obj<</Type/Catalog/Pages 2 0 R/Open#41ction<</S/Java#53cript/J#53(x)>>>>endobj`;
  const pdf = pdfOf({ more: [streamOf(Buffer.from(`\n${catalog}\n`), '')] }).toString('latin1');
  const place = String(pdf.lastIndexOf('1 0 obj<</Type/Catalog')).padStart(10, '0');
  return Buffer.from(pdf.replace(/0000000009 00000 n/, `${place} 00000 n`), 'latin1');
}

describe('a script is refused wherever it hides', () => {
  it.each(HIDDEN)('%s', async (_, pdf) => {
    const faults = [...quickReading(pdf).faults, ...(await files.read(pdf)).faults];
    const errors = faults.filter(({ severity, pointer }) => severity === 'error' && pointer === '/pdf');
    expect(errors.map(({ code }) => code)).toContainEqual(expect.stringMatching(/^PDF-(SAFE-0[27]|SHAPE-05)$/));
  });
});

describe('what only looks like a danger is none', () => {
  it.each([
    ['a font called JS1', '/Font<</JS1 4 0 R/XFA1 5 0 R>>'],
    ['an image called JS', '/XObject<</JSX 5 0 R>>'],
    ['a link to the issuer', '/Annots[<</Subtype/Link/A<</S/URI/URI(https://example.com/)>>>>]'],
    ['a link into another file', '/Annots[<</Subtype/Link/A<</S/GoToR/F(other.pdf)>>>>]'],
    ['a view to open with', '/OpenAction[3 0 R/Fit]'],
    ['an empty list of scripts', '/Names<</JavaScript<</Names[]>>>>'],
    ['an empty form', '/AcroForm<</Fields[]/SigFlags 3/XFA[]>>'],
    ['actions of nothing', '/AA<<>>'],
  ])('%s', async (_, words) => {
    const { pdf } = await corpusFile(KINDS[0] as (typeof KINDS)[number], 21, new Date());
    const text = pdf.toString('latin1');
    // An object more, that belongs to nothing: whoever reads words reads it as well.
    const at = text.lastIndexOf('xref');
    const more = `98 0 obj\n<<${words}>>\nendobj\n`;
    const begin = text.lastIndexOf('\nxref') + 1;
    const changed = `${text.slice(0, begin)}${more}${text.slice(begin).replace(/startxref\n\d+/, `startxref\n${begin + more.length}`)}`;
    expect(at).toBeGreaterThan(0);
    const read = await files.read(Buffer.from(changed, 'latin1'));
    expect([...quickReading(Buffer.from(changed, 'latin1')).faults, ...read.faults]).toEqual([]);
    expect(read.facts).not.toEqual([]);
  });
});
