import request from 'supertest';
import { RULES_VERSION } from '../../src/domain/rules/catalogue';
import { query } from '../support/databases';
import { orderWithoutPdf, tinyPdf } from '../support/orders';
import { Json, KEY, WHOLE_CHECK, World } from '../support/world';

describe('an invoice is checked before there is an order', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({ env: WHOLE_CHECK })));
  afterAll(() => world.end());

  const check = async (body: unknown) => (await world.post('/v1/invoices/check', body).expect(200)).body as Json;
  const codes = (answer: Json) => (answer.faults as Json[]).map(({ pointer, code }) => `${pointer} ${code}`);
  const invoice = (changes: Json = {}) => ({ ...(orderWithoutPdf().invoice as Json), ...changes });

  it('a faultless one is valid, with or without its PDF, and nothing is stored', async () => {
    expect(await check({ invoice: invoice() })).toEqual({ valid: true, rules_version: RULES_VERSION, faults: [] });
    expect(await check({ invoice: invoice(), pdf: tinyPdf().toString('base64'), appid: 'wx1' })).toMatchObject({
      valid: true,
    });
    expect(await query(world.databaseUrl, 'SELECT FROM orders')).toEqual([]);
    expect(await query(world.databaseUrl, 'SELECT FROM pdfs')).toEqual([]);
  });

  it('a warning leaves it valid; errors do not, and all come at once with what to do in both languages', async () => {
    expect(await check({ invoice: invoice({ cashier: '示例' }) })).toMatchObject({
      valid: true,
      faults: [{ code: 'INVOICE-TEXT-02', pointer: '/invoice/cashier', severity: 'warning' }],
    });
    const answer = await check({ invoice: invoice({ number: '1', fee: 1, issued_at: 'soon' }), pdf: 'T0ZE' });
    expect(answer.valid).toBe(false);
    expect(codes(answer)).toEqual([
      '/invoice/issued_at INVOICE-TIME-01',
      '/invoice/number INVOICE-NUMBER-01',
      '/invoice/fee INVOICE-AMOUNT-01',
      '/pdf PDF-SHAPE-01',
    ]);
    for (const { message, message_en } of answer.faults as Json[]) expect([message, message_en]).not.toContain('');
  });

  it('faults of shape are faults too, and an unknown field keeps no rule from speaking', async () => {
    expect(codes(await check({ invoice: invoice({ fees: 1, number: '1' }) }))).toEqual([
      '/invoice/fees FIELD-UNKNOWN',
      '/invoice/number INVOICE-NUMBER-01',
    ]);
    expect(codes(await check({ invoice: invoice({ fee: '1' }), pdf: '?' }))).toEqual([
      '/pdf PDF-BASE64-01',
      '/invoice/fee FIELD-TYPE',
    ]);
    expect(codes(await check({}))).toEqual(['/invoice FIELD-MISSING']);
    for (const body of [[], [1]]) expect((await check(body)).valid).toBe(false);
  });

  it('what cannot be read at all is a problem', async () => {
    const post = (type: string, body: string) =>
      request(world.service.url)
        .post('/v1/invoices/check')
        .set('authorization', `Bearer ${KEY}`)
        .set('content-type', type)
        .send(body);
    await post('application/json', '{').expect(400);
    await post('application/json', '{"invoice":1,"invoice":2}').expect(400);
    await post('text/plain', 'x').expect(415);
    await request(world.service.url).post('/v1/invoices/check').send({}).expect(401);
  });

  it('takes the same as multipart/form-data', async () => {
    const form = (fields: Json) =>
      request(world.service.url)
        .post('/v1/invoices/check')
        .set('authorization', `Bearer ${KEY}`)
        .field('invoice', JSON.stringify(fields));
    const good = await form(invoice()).attach('pdf', tinyPdf(), 'invoice.pdf').expect(200);
    expect(good.body).toMatchObject({ valid: true, faults: [{ code: 'FILE-READ-01', severity: 'warning' }] });
    const bad = await form(invoice({ tax: -1 }))
      .attach('pdf', Buffer.from('OFD'), 'invoice.pdf')
      .expect(200);
    expect(codes(bad.body as Json)).toContain('/pdf PDF-SHAPE-01');
    expect(codes(bad.body as Json)).toContain('/invoice/tax INVOICE-AMOUNT-02');
  });
});
