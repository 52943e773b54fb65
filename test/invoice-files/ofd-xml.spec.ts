import { PDFDocument } from 'pdf-lib';
import { mark } from '../../bench/corpus/sheet';
import { bestFacts, Fact } from '../../src/domain/invoice-facts';
import { renderInvoicePdf } from '../../src/demo/invoice-pdf';
import { FileReader } from '../../src/invoice-files/file-reader';
import { FACE, WHOLE } from './face';
import { ofdParts } from './ofd-parts';
import { zip } from './other-formats';
import { xbrlInvoice } from './xbrl';

const files = new FileReader({ threads: 1, deadlineMs: 25_000, queue: 100, patienceMs: 60_000 });
afterAll(() => files.close());

const NAMES = { title: WHOLE.title, sellerName: WHOLE.sellerName };
const FIELDS = {
  number: WHOLE.number,
  issuedOn: WHOLE.issuedOn,
  fee: WHOLE.fee,
  feeWithoutTax: WHOLE.feeWithoutTax,
  tax: WHOLE.tax,
};

describe('an OFD', () => {
  it.each(['Tpls/Tpl_0', 'TPLS/Tpl_7', 'Temps/Temp_0'])(
    'is read on its template in %s, wherever that lies',
    async (folder) => {
      const { facts } = await files.read(await zip(ofdParts({ template: folder, custom: false })));
      expect(valuesOf(facts)).toMatchObject({ ...NAMES, ...FIELDS, items: WHOLE.items, kind: 'digital_ordinary' });
      expect(confidences(facts, 'number', 'title', 'fee', 'items')).toEqual([
        'certain',
        'certain',
        'certain',
        'certain',
      ]);
    },
  );

  it('without labels is read by the tags that name its objects, certainly', async () => {
    const { facts } = await files.read(await zip(ofdParts({ template: null, tags: true, custom: false })));
    expect(valuesOf(facts)).toMatchObject({ ...NAMES, ...FIELDS });
    expect(confidences(facts, 'number', 'title', 'fee', 'tax')).toEqual(['certain', 'certain', 'certain', 'certain']);
  });

  it('whose custom data have not the shape of their names is not believed there', async () => {
    const odd = {
      发票号码: '9.9',
      合计金额: '壹佰圆',
      开票日期: '待定',
      购买方名称: '名称：',
      购买方纳税人识别号: '无',
    };
    const { facts } = await files.read(await zip(ofdParts({ template: 'Tpls/Tpl_0', custom: odd })));
    expect(valuesOf(facts)).toMatchObject({ ...NAMES, ...FIELDS });
    for (const { value } of facts) expect(Object.values(odd)).not.toContain(value);
  });

  it('whose check code stands without a label gives no invoice number', async () => {
    const custom = { 发票代码: '099002000111', 发票号码: '00000017', 校验码: '12345 67890 12345 67890' };
    const parts = ofdParts({ template: null, custom, page: [mark(480, 321, '98765432109876543210')] });
    const { facts } = await files.read(await zip(parts));
    const legacy = facts.filter(({ field }) => field === 'number' || field === 'checkCode');
    expect(legacy).toContainEqual({ field: 'number', value: '00000017', source: 'ofd', confidence: 'certain' });
    expect(legacy).toContainEqual({
      field: 'checkCode',
      value: '12345678901234567890',
      source: 'ofd',
      confidence: 'certain',
    });
    expect(legacy.map(({ value }) => value)).not.toContain('98765432109876543210');
  });

  it('carries the ministry’s XBRL, which is believed', async () => {
    const parts = ofdParts({ template: null, custom: false });
    const { facts } = await files.read(
      await zip({ ...parts, 'Doc_0/Attachs/inv_ord_issuer.xml': xbrlInvoice('einv') }),
    );
    expect(valuesOf(facts)).toMatchObject({ ...NAMES, ...FIELDS, items: WHOLE.items });
  });
});

describe('the ministry’s XBRL', () => {
  it.each(['inv', 'einv'] as const)('by itself, of the taxonomy %s', async (taxonomy) => {
    const { facts, faults } = await files.read(Buffer.from(xbrlInvoice(taxonomy)));
    expect(faults).toEqual([]);
    expect(valuesOf(facts)).toMatchObject({ ...NAMES, ...FIELDS, items: WHOLE.items, kind: 'digital_ordinary' });
  });

  it('attached to a PDF agrees without a word about attachments; another attachment is told', async () => {
    const invoice = await PDFDocument.load(await renderInvoicePdf(FACE), { updateMetadata: false });
    await invoice.attach(Buffer.from(xbrlInvoice('einv')), 'einv_ord_issuer.xml', { mimeType: 'application/xml' });
    const { facts, faults } = await files.read(Buffer.from(await invoice.save()));
    expect(faults).toEqual([]);
    expect(valuesOf(facts.filter(({ source }) => source === 'xml'))).toMatchObject({ ...NAMES, ...FIELDS });
    await invoice.attach(Buffer.from('MZ\\x90 a program'), 'setup.exe');
    const other = await files.read(Buffer.from(await invoice.save()));
    expect(other.faults).toMatchObject([{ code: 'PDF-SAFE-04', severity: 'warning' }]);
  });

  it('of a railway ticket tells the journey, and of the traveller nothing', async () => {
    const { facts } = await files.read(Buffer.from(xbrlInvoice('rai')));
    expect(valuesOf(facts)).toMatchObject({
      ...{ number: WHOLE.number, title: WHOLE.title, fee: WHOLE.fee, document: 'railway_ticket' },
      journey: { number: 'G9999', from: '示例站', to: '样本站', on: '2026-11-21' },
    });
    expect(JSON.stringify(facts)).not.toContain('示例旅客');
    expect(facts.some(({ field }) => field === 'kind')).toBe(false);
  });

  it('of another paper says nothing of an invoice', async () => {
    const bank = xbrlInvoice('inv').replaceAll('NumberOfInvoice', 'NumberOfReceipt');
    expect((await files.read(Buffer.from(bank))).facts).toEqual([]);
  });
});

describe('an archive as makers pack it', () => {
  it.each([
    ['with names that begin with a slash', (name: string) => `/${name}`],
    ['with names of backslashes', (name: string) => name.replaceAll('/', '\\')],
    ['with names in capitals', (name: string) => name.toUpperCase()],
  ])('%s', async (_, renamed) => {
    const parts = ofdParts({ template: 'Tpls/Tpl_0', custom: false });
    const packed = await zip(
      Object.fromEntries(Object.entries(parts).map(([name, text]) => [standIn(renamed(name)), text])),
    );
    const { facts, faults } = await files.read(Buffer.from(named(packed.toString('latin1')), 'latin1'));
    expect(faults).toEqual([]);
    expect(valuesOf(facts)).toMatchObject({ ...NAMES, ...FIELDS });
  });

  it.each([
    ['empty', ''],
    ['broken', '<einv:x'],
    ['no XML', 'PK'],
  ])('one attachment that is %s spoils nothing', async (_, content) => {
    const parts = { ...ofdParts({ template: 'Tpls/Tpl_0', custom: false }), 'Doc_0/Attachs/x.xml': content };
    const { facts, faults } = await files.read(await zip(parts));
    expect(faults).toEqual([]);
    expect(valuesOf(facts)).toMatchObject({ ...NAMES, ...FIELDS });
  });

  /** The packer refuses such names: signs of the same length stand for them until it is done. */
  function standIn(name: string): string {
    return name.replace(/^\//, '@').replaceAll('\\', '%');
  }
  function named(archive: string): string {
    return archive.replace(/@(?=OFD\.xml|Doc_0)/g, '/').replace(/(?<=Doc_0|Pages|Page_0|Tpls|Tpl_0)%/g, '\\');
  }
});

it.each([
  ['says UTF-8', 'encoding="UTF-8"'],
  ['says nothing', ''],
  ['says GBK', 'encoding="GBK"'],
])('an XML in GBK that %s is read by what it is', async (_, said) => {
  const text = xbrlInvoice('einv').replace('encoding="UTF-8"', said);
  const { facts } = await files.read(gbk(text));
  expect(valuesOf(facts)).toMatchObject({ ...NAMES, ...FIELDS });
});

/** By the decoder's own table: Node.js encodes UTF-8 alone. */
function gbk(text: string): Buffer {
  const table = new Map<string, number[]>();
  const decoder = new TextDecoder('gbk');
  for (let high = 0x81; high <= 0xfe; high += 1) {
    for (let low = 0x40; low <= 0xfe; low += 1) table.set(decoder.decode(Uint8Array.of(high, low)), [high, low]);
  }
  return Buffer.from(
    [...text].flatMap((char) => (char.charCodeAt(0) < 0x80 ? [char.charCodeAt(0)] : (table.get(char) as number[]))),
  );
}

test('no tax, however an XML writes it, is nought', async () => {
  for (const none of ['***', '免税', '不征税', '0.00']) {
    const xml = `<eInvoice><InvoiceCode>099002000111</InvoiceCode><InvoiceNo>00000017</InvoiceNo><TaxInclusiveTotalAmount>100.00</TaxInclusiveTotalAmount><TaxExclusiveTotalAmount>100.00</TaxExclusiveTotalAmount><TaxTotalAmount>${none}</TaxTotalAmount></eInvoice>`;
    expect(valuesOf((await files.read(Buffer.from(xml))).facts)).toMatchObject({
      tax: 0,
      fee: 10000,
      feeWithoutTax: 10000,
    });
  }
});

function valuesOf(facts: readonly Fact[]): Record<string, unknown> {
  return Object.fromEntries(bestFacts(facts).map(({ field, value }) => [field, value]));
}

function confidences(facts: readonly Fact[], ...fields: Fact['field'][]): (string | undefined)[] {
  const best = bestFacts(facts);
  return fields.map((field) => best.find((fact) => fact.field === field)?.confidence);
}
