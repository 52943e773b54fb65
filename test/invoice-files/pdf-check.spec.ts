import { orderWithRealPdf, tinyPdf } from '../support/orders';
import { APPID, CARD_ID, Json, WHOLE_CHECK, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';

jest.setTimeout(60_000);

describe('a PDF is held against its order', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { ...WHOLE_CHECK, BOOTSTRAP_ADMIN_KEY: ADMIN } });
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
    const { given, other, pdf } = await orderWithAnother();
    await world.post('/v1/orders', { ...given, pdf: pdf.toString('base64') }).expect(202);
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

  it('what cannot be read is no contradiction and no agreement: it goes its way, and the order says so', async () => {
    const given = await orderWithRealPdf();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', { ...given, pdf: tinyPdf(given.order_id).toString('base64') }).expect(202);
    const { insertion } = await world.until(given.order_id, ['inserted']);
    expect(insertion.faults).toMatchObject([
      { code: expect.stringMatching(/^FILE-READ-/) as string, severity: 'warning' },
    ]);
  });

  it('for a merchant that wants warnings alone: as wholly, and what differs is told on the way', async () => {
    const key = await merchantWith('warn');
    const { given, pdf } = await orderWithAnother();
    await world.post('/v1/orders', { ...given, pdf: pdf.toString('base64') }, key).expect(202);
    const { insertion } = await world.until(given.order_id, ['inserted', 'refused'], 20_000, key);
    expect(insertion.state).toBe('inserted');
    const number = insertion.faults?.find(({ code }) => code === 'PDF-NUMBER-01');
    expect(number).toMatchObject({ severity: 'warning', pointer: '/invoice/number' });
    expect(number?.message_en).toContain('QR code');
    const uploaded = (await world.timeline(given.order_id, key)).find(({ type }) => type === 'uploaded');
    expect(uploaded?.data.faults).toEqual(insertion.faults);

    const { invoice, ...rest } = await orderWithRealPdf();
    const told = { ...rest, invoice: { ...(invoice as Json), seller_number: '91310000MADEM0011A' } };
    const accepted = await world.post('/v1/orders', told, key).expect(202);
    expect(accepted.body.warnings).toEqual(
      expect.arrayContaining([expect.objectContaining({ code: 'PDF-SELLER-01', severity: 'warning' })]),
    );
  });

  it('for a merchant that wants none: not at acceptance, not later; WeChat compares', async () => {
    const key = await merchantWith('off');
    const { given, other } = await orderWithAnother();
    await world.post('/v1/orders', { ...given, pdf: other.pdf as string }, key).expect(202);
    const { insertion } = await world.until(given.order_id, ['inserted', 'refused'], 20_000, key);
    expect(insertion).toMatchObject({ state: 'refused', attempts: [{ errcode: 72047 }] });
    expect(insertion.faults).toBeUndefined();
  });

  it('a PDF with a script is refused at the door', async () => {
    const given = await orderWithRealPdf();
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</S/JavaScript/J#53(app.alert(1))>>endobj\ntrailer<<>>\n%%EOF\n');
    const refused = await world.post('/v1/orders', { ...given, pdf: pdf.toString('base64') }).expect(422);
    expect((refused.body.errors as Json[]).map(({ code }) => code as string)).toEqual(['PDF-SAFE-02']);
  });

  /** The key of a new merchant whose PDFs are checked so. */
  async function merchantWith(pdfCheck: string): Promise<string> {
    const settings = { name: `示例商店 ${pdfCheck}`, appid: APPID, card_id: CARD_ID, issuer_appid: APPID };
    const { body: shop } = await world
      .post('/v1/admin/merchants', { ...settings, pdf_check: pdfCheck }, ADMIN)
      .expect(201);
    const wanted = { label: 'ERP', scopes: ['orders:write', 'orders:read'] };
    const { body } = await world.post(`/v1/admin/merchants/${shop.id}/keys`, wanted, ADMIN).expect(201);
    return body.key as string;
  }

  /** An order, another one, and the other's PDF without its Info keys: the quick check sees nothing. */
  async function orderWithAnother() {
    const [given, other] = [await orderWithRealPdf(), await orderWithRealPdf()];
    await world.authorize(given.order_id);
    return { given, other, pdf: withoutInfo(Buffer.from(other.pdf as string, 'base64')) };
  }
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
