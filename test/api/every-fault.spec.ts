import request from 'supertest';
import { order, orderWithoutPdf, tinyPdf } from '../support/orders';
import { Json, KEY, World } from '../support/world';

const RESIDENT = '11010519491231002X';

describe('every fault at once: one of shape hides no other', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({ env: { ROLE: 'api' } })));
  afterAll(() => world.end());

  const told = (body: unknown) => {
    const { errors, faults } = body as { errors?: Json[]; faults?: Json[] };
    return (errors ?? faults ?? []).map(({ pointer, code }) => `${pointer as string} ${code as string}`);
  };
  const refused = async (changes: Json, ofOrder: Json = {}) => {
    const given = order();
    const body = { ...given, ...ofOrder, invoice: { ...(given.invoice as Json), ...changes } };
    return told((await world.post('/v1/orders', body).expect(422)).body);
  };
  const checked = async (changes: Json) => {
    const invoice = { ...(orderWithoutPdf().invoice as Json), ...changes };
    return told((await world.post('/v1/invoices/check', { invoice }).expect(200)).body);
  };

  it('a text for an amount, base64 that is none, an unknown field, and what the rules say of the rest', async () => {
    const found = await refused(
      { fee: '106.00', title: '', buyer_number: 'x', taxes: 1, issued_at: '2026-11-20T10:00:00' },
      { pdf: '?', trip_pdf: '!', pdfs: 1 },
    );
    expect(found.sort()).toEqual([
      '/invoice/buyer_number INVOICE-BUYER-02',
      '/invoice/fee FIELD-TYPE',
      '/invoice/issued_at INVOICE-TIME-02',
      '/invoice/taxes FIELD-UNKNOWN',
      '/invoice/title INVOICE-TITLE-01',
      '/pdf PDF-BASE64-01',
      '/pdfs FIELD-UNKNOWN',
      '/trip_pdf PDF-BASE64-01',
    ]);
  });

  it('a field that is missing, beside a file that is no PDF', async () => {
    const found = await refused({ title: undefined, number: '1' }, { pdf: 'T0ZE', trip_pdf: 'T0ZE', order_id: '' });
    expect(found.sort()).toEqual([
      '/invoice/number INVOICE-NUMBER-01',
      '/invoice/title FIELD-MISSING',
      '/order_id FIELD-PATTERN',
      '/pdf PDF-SHAPE-01',
      '/trip_pdf PDF-SHAPE-01',
    ]);
  });

  it('no invoice at all, and what is wrong with the files', async () => {
    const { order_id } = order();
    const { body } = await world.post('/v1/orders', { order_id, pdf: 'T0ZE' }).expect(422);
    expect(told(body)).toEqual(['/invoice FIELD-MISSING', '/pdf PDF-SHAPE-01']);
    const left = { order_id, invoice: 'from_file', pdf: 'T0ZE', trip_pdf: 'T0ZE' };
    expect(told((await world.post('/v1/orders', left).expect(422)).body)).toEqual([
      '/pdf PDF-SHAPE-01',
      '/trip_pdf PDF-SHAPE-01',
    ]);
  });

  it.each<[string, Json, string[]]>([
    ['an amount as text speaks of no sum', { fee: '10600' }, ['/invoice/fee FIELD-TYPE']],
    ['nor does a tax of null', { tax: null }, ['/invoice/tax FIELD-TYPE']],
    ['a number that is a JSON number', { number: 123 }, ['/invoice/number FIELD-TYPE']],
    ['a time of true', { issued_at: true }, ['/invoice/issued_at FIELD-TYPE']],
    [
      'a code of false decides no kind',
      { kind: undefined, code: false, number: '12345678' },
      ['/invoice/code FIELD-TYPE'],
    ],
    ['items that are no list', { items: {} }, ['/invoice/items FIELD-TYPE']],
    ['a line of null', { items: [null] }, ['/invoice/items/0 FIELD-TYPE']],
    ['a buyer’s type that there is not', { buyer_type: 'company' }, ['/invoice/buyer_type FIELD-VALUE']],
    ['a taxpayer id that is a JSON number', { buyer_number: 91310000 }, ['/invoice/buyer_number FIELD-TYPE']],
    [
      'a line whose quantity is text, and another without a name',
      {
        items: [
          { name: '牙膏', num: '1', price: 1 },
          { name: '', price: 5 },
        ],
      },
      [
        '/invoice/items/0/name INVOICE-ITEM-02',
        '/invoice/items/0/num FIELD-TYPE',
        '/invoice/items/1/name INVOICE-ITEM-01',
      ],
    ],
    [
      'a title too long for its column, and remarks of a red-letter invoice',
      { title: '示'.repeat(301), remarks: '被红冲蓝字发票号码：1' },
      ['/invoice/title FIELD-LENGTH', '/invoice/remarks INVOICE-KIND-01'],
    ],
    [
      'two things',
      { seller_number: '1', maker: 7 },
      ['/invoice/seller_number INVOICE-SELLER-01', '/invoice/maker FIELD-TYPE'],
    ],
  ])('%s', async (_what, changes, expected) => {
    expect([...new Set(await checked(changes))].sort()).toEqual([...expected].sort());
    expect([...new Set(await refused(changes))].sort()).toEqual([...expected].sort());
  });

  it('a spoilt buyer’s type shows nobody’s name: what may be a person’s is not quoted', async () => {
    const given = orderWithoutPdf({ buyerType: 'individual' });
    const invoice = { ...(given.invoice as Json), buyer_type: 'person', title: '示例姓名', buyer_number: RESIDENT };
    const { body } = await world.post('/v1/invoices/check', { invoice }).expect(200);
    expect(JSON.stringify(body)).not.toMatch(/示例姓名|1949/);
  });

  it('a line of a batch tells all of its own', async () => {
    const given = order();
    const line = { ...given, extra: 1, invoice: { ...(given.invoice as Json), fee: '1', title: '' }, pdf: '?' };
    const { text } = await request(world.service.url)
      .post('/v1/orders/batch')
      .set('authorization', `Bearer ${KEY}`)
      .set('content-type', 'application/x-ndjson')
      .buffer(true)
      .parse((response, done) => {
        let heard = '';
        response.on('data', (chunk: Buffer) => (heard += chunk.toString()));
        response.on('end', () => done(null, heard));
      })
      .serialize((body) => body as string)
      .send(`${JSON.stringify(line)}\n`)
      .expect(200)
      .then(({ body }) => ({ text: body as string }));
    const { problem } = JSON.parse(text) as { problem: unknown };
    expect(told(problem).sort()).toEqual([
      '/extra FIELD-UNKNOWN',
      '/invoice/fee FIELD-TYPE',
      '/invoice/title INVOICE-TITLE-01',
      '/pdf PDF-BASE64-01',
    ]);
  });
});

describe('the same of a form', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({ env: { ROLE: 'api' } })));
  afterAll(() => world.end());

  const form = (path: string) => request(world.service.url).post(path).set('authorization', `Bearer ${KEY}`);
  const told = (body: unknown) =>
    ((body as Json).errors as Json[]).map(({ pointer, code }) => `${pointer as string} ${code as string}`);

  it('an unknown part, one that is missing, a field’s type, a rule, and a file that is no PDF', async () => {
    const { invoice, ...given } = orderWithoutPdf();
    const bad = { ...given, invoice: { ...(invoice as Json), fee: '1', title: '' } };
    const { body } = await form('/v1/orders')
      .field('order', JSON.stringify(bad))
      .attach('file', tinyPdf(), 'a.pdf')
      .attach('trip_pdf', Buffer.from('OFD'), 'b.ofd')
      .expect(422);
    expect(told(body).sort()).toEqual([
      '/file PART-UNKNOWN',
      '/invoice/fee FIELD-TYPE',
      '/invoice/title INVOICE-TITLE-01',
      '/pdf PART-MISSING',
      '/trip_pdf PDF-SHAPE-01',
    ]);
  });

  it('an empty trip_pdf, as browsers send a field without a file, is absent', async () => {
    const given = orderWithoutPdf();
    const empty = { filename: '', contentType: 'application/octet-stream' };
    const post = () => form('/v1/orders').field('order', JSON.stringify(given)).attach('pdf', tinyPdf('e'), 'a.pdf');
    await post().attach('trip_pdf', Buffer.alloc(0), empty).expect(202);
    await post().expect(200).expect('idempotent-replayed', 'true');
    await world.post('/v1/orders', { ...given, pdf: tinyPdf('e').toString('base64'), trip_pdf: '' }).expect(200);
    await world.get(`/v1/orders/${given.order_id}/pdf?part=trip_pdf`).expect(404);
  });

  it('an empty pdf of a check is absent; an order’s own is not', async () => {
    const { invoice, ...given } = orderWithoutPdf();
    const empty = { filename: '', contentType: 'application/octet-stream' };
    const check = form('/v1/invoices/check').field('invoice', JSON.stringify(invoice));
    expect((await check.attach('pdf', Buffer.alloc(0), empty).expect(200)).body).toMatchObject({
      valid: true,
      faults: [],
    });
    const json = await world.post('/v1/invoices/check', { invoice, pdf: '' }).expect(200);
    expect(json.body).toMatchObject({ valid: true });
    const whole = form('/v1/orders').field('order', JSON.stringify({ ...given, invoice }));
    expect(told((await whole.attach('pdf', Buffer.alloc(0), empty).expect(422)).body)).toEqual(['/pdf PDF-SHAPE-01']);
  });
});
