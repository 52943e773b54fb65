import { orderWithRealPdf, tinyPdf } from '../support/orders';
import { Json, World } from '../support/world';

describe('a PDF is held against its order', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world.end());

  it('at acceptance by its Info keys: what differs is named with both values', async () => {
    const given = await orderWithRealPdf();
    const invoice = given.invoice as Json;
    const wrong = { ...invoice, fee: invoice.fee + 100, fee_without_tax: invoice.fee_without_tax + 100 };
    const refused = await world.post('/v1/orders', { ...given, invoice: { ...wrong, items: [] } }).expect(422);
    const codes = (refused.body.errors as Json[]).map(({ code }) => code as string);
    expect(codes).toEqual(expect.arrayContaining(['PDF-NET-01', 'PDF-FEE-01']));
    expect((refused.body.errors as Json[]).find(({ code }) => code === 'PDF-FEE-01')).toMatchObject({
      pointer: '/invoice/fee',
      severity: 'error',
      message_en: expect.stringContaining('document properties') as string,
    });
  });

  it('before it is sent by its text and QR code: the order ends refused, and WeChat was not called', async () => {
    const given = await orderWithRealPdf();
    const other = await orderWithRealPdf();
    await world.authorize(given.order_id);
    // Without its Info keys the quick check sees nothing.
    const pdf = withoutInfo(Buffer.from(other.pdf as string, 'base64')).toString('base64');
    await world.post('/v1/orders', { ...given, pdf }).expect(202);
    const ended = await world.until(given.order_id, ['refused', 'inserted', 'needs_human']);
    expect(ended).toMatchObject({ state: 'refused', insertion: { reason: 'pdf_contradicts' } });
    const faults = (ended.insertion as unknown as Json).faults as Json[];
    const number = faults.find(({ code }) => code === 'PDF-NUMBER-01');
    expect(number?.message_en).toContain('QR code');
    expect(number?.message_en).toContain('printed text');
    expect(number?.message_en).toContain((given.invoice as Json).number);
    expect(number?.message_en).toContain((other.invoice as Json).number);
    expect(await world.requests('/card/invoice/setpdf')).toEqual([]);
    expect(await world.cards(given.order_id)).toEqual([]);
  });

  it('what cannot be read is no contradiction: it goes its way', async () => {
    const given = await orderWithRealPdf();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', { ...given, pdf: tinyPdf(given.order_id).toString('base64') }).expect(202);
    await world.until(given.order_id, ['inserted']);
  });

  it('a PDF with a script is refused at the door', async () => {
    const given = await orderWithRealPdf();
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</S/JavaScript/J#53(app.alert(1))>>endobj\ntrailer<<>>\n%%EOF\n');
    const refused = await world.post('/v1/orders', { ...given, pdf: pdf.toString('base64') }).expect(422);
    expect((refused.body.errors as Json[]).map(({ code }) => code as string)).toEqual(['PDF-SAFE-02']);
  });
});

test('where the full check is off, the same PDF is sent: the check is what stopped it', async () => {
  const world = await World.start({ env: { PDF_CHECK: 'fast' } });
  try {
    const given = await orderWithRealPdf();
    const other = await orderWithRealPdf();
    await world.authorize(given.order_id);
    const pdf = withoutInfo(Buffer.from(other.pdf as string, 'base64')).toString('base64');
    await world.post('/v1/orders', { ...given, pdf }).expect(202);
    await world.until(given.order_id, ['inserted']);
  } finally {
    await world.end();
  }
});

/** The same file with other names for its Info keys, as long as they were. */
function withoutInfo(pdf: Buffer): Buffer {
  const names = /\/(InvoiceNumber|SellerIdNum|IssueTime|TotalAmWithoutTax|TotalTaxAm|TotalTax-includedAmount)/g;
  return Buffer.from(
    pdf.toString('latin1').replace(names, (name) => `/X${name.slice(2)}`),
    'latin1',
  );
}
