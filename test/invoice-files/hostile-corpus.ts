import { deflateSync } from 'node:zlib';
import { zip } from './other-formats';

/** What hides in a PDF's catalog or trailer and has no place in an invoice. */
const DANGERS: Record<string, string> = {
  'script on opening': '/OpenAction<</S/JavaScript/JS(app.alert(1))>>',
  'script by name': '/Names<</JavaScript 9 0 R>>',
  'script on an event': '/AA<</O<</S/JavaScript/JS 9 0 R>>>>',
  'program started': '/OpenAction<</S/Launch/F(cmd.exe)>>',
  'form sent': '/OpenAction<</S/SubmitForm/F(http://127.0.0.1/)>>',
  'data imported': '/AA<</O<</S/ImportData/F(a.fdf)>>>>',
  'another file opened': '/OpenAction<</S/GoToR/F(a.pdf)>>',
  'an embedded file opened': '/OpenAction<</S/GoToE>>',
  'film played': '/OpenAction<</S/Rendition/OP 0>>',
  'rich media': '/OpenAction<</S/RichMediaExecute>>',
  'address called': '/OpenAction<</S/URI/URI(http://127.0.0.1/)>>',
  'files embedded': '/Names<</EmbeddedFiles 9 0 R>>',
  'file attached': '/AF[<</EF<</F 9 0 R>>>>]',
  'XFA by reference': '/AcroForm<</XFA 9 0 R>>',
  'XFA in parts': '/AcroForm<</XFA[(a) 9 0 R]>>',
};
const MIB = 1024 * 1024;

/** Files made to hurt whoever reads them, by what they try. */
export async function hostileFiles(): Promise<Map<string, Buffer>> {
  return new Map([...dangers(), ...bombs(), ...brokenPdfs(), ...(await archives()), ...xmlFiles()]);
}

/** A one-page PDF with a right cross-reference. Objects are numbered from 1; the first three are catalog, pages, page. */
export function pdfOf({
  catalog = '',
  page = '',
  kids = '3 0 R',
  count = 1,
  more = [] as Buffer[],
  trailer = '',
} = {}) {
  const bodies = [
    Buffer.from(`<</Type/Catalog/Pages 2 0 R${catalog}>>`),
    Buffer.from(`<</Type/Pages/Kids[${kids}]/Count ${count}>>`),
    Buffer.from(`<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]${page}>>`),
    ...more,
  ];
  const parts = [Buffer.from('%PDF-1.7\n')];
  const places = bodies.map((body, n) => {
    const place = parts.reduce((sum, part) => sum + part.length, 0);
    parts.push(Buffer.concat([Buffer.from(`${n + 1} 0 obj\n`), body, Buffer.from('\nendobj\n')]));
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const start = parts.reduce((sum, part) => sum + part.length, 0);
  const size = bodies.length + 1;
  parts.push(Buffer.from(`xref\n0 ${size}\n0000000000 65535 f \n${places.join('')}`));
  parts.push(Buffer.from(`trailer<</Size ${size}/Root 1 0 R${trailer}>>\nstartxref\n${start}\n%%EOF\n`));
  return Buffer.concat(parts);
}

export function streamOf(bytes: Buffer, dictionary = '/Filter/FlateDecode'): Buffer {
  const head = Buffer.from(`<<${dictionary}/Length ${bytes.length}>>\nstream\n`);
  return Buffer.concat([head, bytes, Buffer.from('\nendstream')]);
}

function dangers(): [string, Buffer][] {
  const escaped = (text: string) => text.replace(/\/([A-Z])/g, (_, letter: string) => `/#${hex(letter)}`);
  const packed = (text: string) =>
    streamOf(deflateSync(`9 0 <<${text}>>`), '/Type/ObjStm/N 1/First 4/Filter/FlateDecode');
  const hidden = Object.entries(DANGERS).flatMap(([name, catalog]): [string, Buffer][] => [
    [name, pdfOf({ catalog })],
    [`${name}, names escaped`, pdfOf({ catalog: escaped(catalog) })],
    [`${name}, in an object stream`, pdfOf({ more: [packed(catalog)] })],
    [`${name}, in an update`, Buffer.concat([pdfOf(), Buffer.from(`1 0 obj<<${catalog}>>endobj\n%%EOF\n`)])],
  ]);
  return [
    ...hidden,
    ['script in the bytes of a stream', hiddenInStream(`<</Type/Catalog/Pages 2 0 R${DANGERS['script on opening']}>>`)],
    ['encrypted', pdfOf({ trailer: '/Encrypt<</Filter/Standard/V 2/R 3>>' })],
    ['encrypted by reference', pdfOf({ trailer: '/Encrypt 9 0 R' })],
  ];
}

/** A cross-reference that finds the catalog within a stream. */
function hiddenInStream(catalog: string): Buffer {
  const object = Buffer.from(`1 0 obj\n${catalog}\nendobj\n`);
  const pdf = pdfOf({ more: [streamOf(object, '')] });
  const [seen, hidden] = [pdf.indexOf('1 0 obj'), pdf.lastIndexOf(object)].map((at) => String(at).padStart(10, '0'));
  return Buffer.from(pdf.toString('latin1').replace(`${seen} 00000 n`, `${hidden} 00000 n`), 'latin1');
}

/** A page that draws this. */
export function drawing(operators: Buffer | string): Buffer {
  return contents(deflateSync(operators));
}

/** A page that is one picture in colour, so many pixels high and wide. */
export function pictured(side: number): Buffer {
  const form = `/Type/XObject/Subtype/Image/Width ${side}/Height ${side}/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode`;
  const picture = streamOf(deflateSync(Buffer.alloc(3 * side * side, 0x7f)), form);
  const page = '/Contents 4 0 R/Resources<</XObject<</P 5 0 R>>>>';
  return pdfOf({ page, more: [streamOf(deflateSync('600 0 0 400 0 0 cm /P Do')), picture] });
}

function contents(packed: Buffer): Buffer {
  return pdfOf({ page: '/Contents 4 0 R', more: [streamOf(packed)] });
}

function bombs(): [string, Buffer][] {
  const zeros = deflateSync(Buffer.alloc(100 * MIB));
  let nested = deflateSync(Buffer.alloc(MIB));
  for (let depth = 0; depth < 5; depth += 1) nested = deflateSync(nested);
  const some = streamOf(deflateSync(Buffer.alloc(MIB)));
  return [
    ['one stream of 100 MiB', contents(zeros)],
    ['a bomb in a bomb', contents(deflateSync(zeros))],
    ['packed over and over', contents(nested)],
    ['many streams', pdfOf({ more: Array.from({ length: 80 }, () => some) })],
    ['a million operators', drawing('q '.repeat(1_000_000))],
    ['arrays within arrays', pdfOf({ catalog: `/X ${'['.repeat(200_000)}` })],
    ['the word stream', Buffer.from(`%PDF-1.4\n${'stream\n'.repeat(500_000)}%%EOF\n`)],
  ];
}

function brokenPdfs(): [string, Buffer][] {
  const whole = pdfOf({ page: '/Contents 4 0 R', more: [streamOf(deflateSync('BT ET'))] });
  const pages = Array.from({ length: 10_000 }, () => '3 0 R').join(' ');
  const looped = streamOf(Buffer.from('/F Do'), '/Type/XObject/Subtype/Form/Resources<</XObject<</F 4 0 R>>>>');
  const cut = [0.25, 0.5, 0.75, 0.95].map((share): [string, Buffer] => [
    `cut at ${share}`,
    whole.subarray(0, Math.floor(whole.length * share)),
  ]);
  return [
    ...cut,
    ['nothing but its head', Buffer.from('%PDF-1.7\n')],
    [
      'a wrong cross-reference',
      Buffer.from(whole.toString('latin1').replace(/startxref\n\d+/, 'startxref\n7'), 'latin1'),
    ],
    ['a cross-reference to itself', pdfOf({ trailer: '/Prev 9' })],
    ['10,000 pages', pdfOf({ kids: pages, count: 10_000 })],
    ['a page tree without end', pdfOf({ kids: '2 0 R' })],
    ['a form within itself', pdfOf({ page: '/Contents 4 0 R/Resources<</XObject<</F 4 0 R>>>>', more: [looped] })],
    ['a page as large as a country', pdfOf({ page: '/MediaBox[0 0 1e9 1e9]' })],
    ['also a web page', Buffer.concat([whole, Buffer.from('<html><script>1</script></html>')])],
    ['noise', Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(50_000, 0xa5), Buffer.from('%%EOF')])],
  ];
}

async function archives(): Promise<[string, Buffer][]> {
  const renamed = async (name: string) => swapped(await zip({ ['x'.repeat(name.length)]: '<a/>' }), name);
  const plain = await zip({ 'OFD.xml': '<ofd/>' });
  const many = Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`${n}.xml`, '<a/>']));
  const locked = Buffer.from(plain);
  locked.writeUInt16LE(1, plain.indexOf('PK\x01\x02', 0, 'latin1') + 8);
  return [
    ['an archive that climbs out', await renamed('../../OFD.xml')],
    ['an archive with a root', await renamed('/etc/OFD.xml')],
    ['an archive with a drive', await renamed('C:/OFD.xml')],
    ['an archive of 20 MiB of zeros', await zip({ 'OFD.xml': Buffer.alloc(20 * MIB) })],
    ['an archive of 600 files', await zip(many)],
    ['an archive locked', locked],
    ['an archive cut', plain.subarray(0, 60)],
    ['an archive of a DOCTYPE', await zip({ 'OFD.xml': '<!DOCTYPE a><a/>' })],
    ['an archive also a PDF', Buffer.concat([pdfOf(), plain])],
  ];
}

function xmlFiles(): [string, Buffer][] {
  const laughs = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>';
  const texts: Record<string, string> = {
    'entities of entities': laughs,
    'an entity from outside': '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    'tags without end': '<a>'.repeat(200_000),
    'tags unclosed': '<EInvoice><Header>',
    'an unknown encoding': '<?xml version="1.0" encoding="x-none"?><EInvoice/>',
    'another document': '<note>no invoice</note>',
    'too much of it': `<EInvoice>${' '.repeat(9 * MIB)}</EInvoice>`,
  };
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(laughs, 'utf16le')]);
  return [
    ...Object.entries(texts).map(([name, text]): [string, Buffer] => [`XML: ${name}`, Buffer.from(text)]),
    ['XML: entities in UTF-16', utf16],
  ];
}

/** The same archive with another name of the same length. */
function swapped(bytes: Buffer, name: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('x'.repeat(name.length), name), 'latin1');
}

function hex(letter: string): string {
  return letter.charCodeAt(0).toString(16);
}
