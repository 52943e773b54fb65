import request from 'supertest';
import { RULES, RULES_VERSION } from '../../src/domain/rules/catalogue';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { Json, World } from '../support/world';

describe('the book of rules over HTTP', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({ env: { ROLE: 'api' } })));
  afterAll(() => world.end());
  afterEach(() => query(world.databaseUrl, `UPDATE merchants SET strict = '{}', relaxed = '{}'`));

  const get = (path: string) => request(world.service.url).get(path);
  /** What the service knows of a key and its merchant is up to five seconds old. */
  const chosen = async (strict: string[], relaxed: string[]) => {
    await query(world.databaseUrl, 'UPDATE merchants SET strict = $1, relaxed = $2', [strict, relaxed]);
    await new Promise((resume) => setTimeout(resume, 5100));
  };

  it('is data for everybody, and unchanged for whoever knows it', async () => {
    const { body, headers } = await get('/v1/rules').expect(200);
    const book = body as Json;
    expect(book.version).toBe(RULES_VERSION);
    expect((book.rules as Json[]).map(({ code }) => code as string)).toEqual(RULES.map(({ code }) => code));
    const year = (book.rules as Json[]).find(({ code }) => code === 'INVOICE-NUMBER-03');
    expect(year).toMatchObject({
      chapter: 'number',
      severity: 'error',
      relaxable: false,
      doc: '/docs/errors/INVOICE-NUMBER-03',
    });
    const fee = (book.wechat_errcodes as Json[]).find(({ errcode }) => errcode === 72073);
    expect(fee).toMatchObject({ text: 'Fee_Error', on_insert: 'dataFix' });
    expect(fee?.prevented_by).toContain('INVOICE-AMOUNT-01');
    for (const { advice, advice_en } of book.wechat_errcodes as Json[]) expect([advice, advice_en]).not.toContain('');
    const again = await get('/v1/rules').set('if-none-match', `"other", W/${headers.etag}`).expect(304);
    expect(again.text).toBe('');
    await get('/v1/rules').set('if-none-match', '"other"').expect(200);
  });

  it('is where a problem’s type leads: HTML for a browser, Markdown otherwise', async () => {
    const { body } = await world.post('/v1/orders', {}).expect(422);
    const { type, code } = body as Json;
    expect(type).toBe(`/docs/errors/${code}`);
    const page = await get(type as string)
      .expect(200)
      .expect('content-type', /^text\/markdown/);
    expect(page.text).toContain('# invalid_order');
    const html = await get('/docs/errors/INVOICE-TITLE-02').set('accept', 'text/html,*/*').expect(200);
    expect(html.headers['content-type']).toMatch(/^text\/html/);
    expect(html.text).toContain('<h1>');
    await get('/docs/errors').expect(302);
    await get('/docs/errors/index').expect(200);
    await get('/docs/errors/README.zh-CN.md').expect(200);
    for (const path of ['..%2F..%2Fpackage', '..%2FREADME', 'nothing', '%00', 'a.b']) {
      await get(`/docs/errors/${path}`).expect(404);
    }
    // Swagger UI keeps its place beside them.
    await get('/docs').expect(200);
  });

  it('each order keeps the version and the warnings by which it was accepted', async () => {
    const given = order();
    const doubtful = { ...given, invoice: { ...given.invoice, cashier: '示例', items: [] } };
    const accepted = (await world.post('/v1/orders', doubtful).expect(202)).body as Json;
    expect(accepted.checked).toEqual({ rules_version: RULES_VERSION, warnings: ['INVOICE-TEXT-02'] });
    expect((await world.order(given.order_id)).checked).toEqual(accepted.checked);
    const faultless = order();
    await world.post('/v1/orders', faultless).expect(202);
    expect((await world.order(faultless.order_id)).checked?.warnings).toEqual([]);
  });

  it('a merchant may want a warning strict and a relaxable error relaxed, in single orders, batches and checks', async () => {
    const [known, strict, relaxed] = [order(), order(), order()];
    for (const one of [known, strict]) one.invoice.cashier = '示例';
    relaxed.invoice.items = [{ name: '*饮料*茶', price: 1 }];
    await world.post('/v1/orders', known).expect(202);
    await world.post('/v1/orders', relaxed).expect(422);
    await chosen(['INVOICE-TEXT-02'], ['INVOICE-ITEM-04']);

    const refused = (await world.post('/v1/orders', strict).expect(422)).body as Json;
    expect(refused.errors).toMatchObject([{ code: 'INVOICE-TEXT-02', severity: 'error' }]);
    const check = await world.post('/v1/invoices/check', { invoice: strict.invoice }).expect(200);
    expect(check.body).toMatchObject({ valid: false, faults: [{ code: 'INVOICE-TEXT-02', severity: 'error' }] });
    const batch = await world
      .post('/v1/orders/batch', '')
      .set('content-type', 'application/x-ndjson')
      .send([strict, relaxed].map((one) => JSON.stringify(one)).join('\n'))
      .expect(200);
    const lines = batch.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
    expect(lines.map(({ status }) => status as number)).toEqual([422, 202]);
    expect(lines[1]?.order.checked.warnings).toContain('INVOICE-ITEM-04');

    // What was accepted once is not judged again: its repeat is a repeat.
    await world.post('/v1/orders', known).expect(200).expect('idempotent-replayed', 'true');
    known.invoice.remarks = 'other';
    await world.post('/v1/orders', known).expect(422);
  }, 60_000);
});
