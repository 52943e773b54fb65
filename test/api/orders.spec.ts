import request from 'supertest';
import { order, tinyPdf } from '../support/orders';
import { query } from '../support/databases';
import { Json, KEY, World } from '../support/world';

describe('POST /v1/orders', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api' } });
  });
  afterAll(() => world.end());

  it('two hundred requests at once for one order make one order', async () => {
    const given = order();
    const answers = await Promise.all(Array.from({ length: 200 }, () => world.post('/v1/orders', given)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 202)).toHaveLength(1);
    expect(statuses.filter((status) => status === 200)).toHaveLength(199);
    expect(new Set(answers.map(({ body }) => (body as Json).id)).size).toBe(1);
    const stored = await query(world.databaseUrl, 'SELECT * FROM orders WHERE order_id = $1', [given.order_id]);
    expect(stored).toHaveLength(1);
    for (const table of ['pdfs', 'insertions', 'events', 'live_invoices']) {
      expect(await query(world.databaseUrl, `SELECT 1 FROM ${table} WHERE id = $1`, [stored[0]?.id])).toHaveLength(1);
    }
  });

  it('repeated with the same content: 200, the order as it is now, Idempotent-Replayed', async () => {
    const given = order();
    await world.post('/v1/orders', given).expect(202);
    const again = await world.post('/v1/orders', given).expect(200).expect('idempotent-replayed', 'true');
    expect(again.body).toMatchObject({ order_id: given.order_id, state: 'accepted' });
    // Defaults resolved: what was left out, and what was said in other words, is the same content.
    const reworded = {
      ...given,
      appid: 'wxc0b84a53ed8e8d29',
      invoice: { ...given.invoice, code: undefined, issued_at: Date.parse(given.invoice.issued_at as string) / 1000 },
    };
    await world.post('/v1/orders', reworded).expect(200);
  });

  it('repeated with other content: 409 that names what differs, and nothing changed', async () => {
    const given = order();
    await world.post('/v1/orders', given).expect(202);
    const changed = {
      ...given,
      card_id: 'pOther',
      invoice: { ...given.invoice, title: '另一家公司' },
      pdf: tinyPdf('other').toString('base64'),
    };
    const refused = await world
      .post('/v1/orders', changed)
      .expect(409)
      .expect('content-type', /application\/problem\+json/);
    expect(refused.body).toMatchObject({ code: 'order_conflict', status: 409 });
    expect(pointers(refused.body)).toEqual(['/card_id', '/invoice/title', '/pdf']);
    expect((await world.order(given.order_id)).invoice.title).toBe(given.invoice.title);
  });

  it('an invoice that is on its way cannot go into a second order', async () => {
    const given = order();
    await world.post('/v1/orders', given).expect(202);
    const second = { ...given, order_id: `${given.order_id}-B` };
    const refused = await world.post('/v1/orders', second).expect(409);
    expect(refused.body).toMatchObject({ code: 'invoice_taken', detail_en: expect.stringContaining(given.order_id) });
    await world.get(`/v1/orders/${second.order_id}`).expect(404);
  });

  it('concurrent orders for one invoice: one is taken, the others are told', async () => {
    const given = order();
    const rivals = Array.from({ length: 20 }, (_, n) => ({ ...given, order_id: `${given.order_id}-${n}` }));
    const answers = await Promise.all(rivals.map((rival) => world.post('/v1/orders', rival)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, ...Array<number>(19).fill(409)]);
  });

  it('one order_id with different content at the same moment: one wins, the rest conflict, no batch suffers', async () => {
    const given = order();
    const rivals = Array.from({ length: 10 }, () => ({ ...order(), order_id: given.order_id }));
    const bystanders = Array.from({ length: 10 }, () => order());
    const answers = await Promise.all([...rivals, ...bystanders].map((one) => world.post('/v1/orders', one)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.slice(0, 10).sort()).toEqual([202, ...Array<number>(9).fill(409)]);
    expect(statuses.slice(10)).toEqual(Array<number>(10).fill(202));
    expect(answers.filter(({ status }) => status === 409).map(({ body }) => (body as Json).code)).toEqual(
      Array<string>(9).fill('order_conflict'),
    );
    // The losers' invoices are free: a conflict must not block an invoice number.
    const orphans = await query(
      world.databaseUrl,
      'SELECT 1 FROM live_invoices l WHERE NOT EXISTS (SELECT FROM orders o WHERE o.id = l.id)',
    );
    expect(orphans).toEqual([]);
  });

  it('every fault at once, each by pointer, in two languages', async () => {
    const given = order();
    const broken = {
      ...given,
      invoice: { ...given.invoice, number: '123', code: '1', title: '', fee: 1, issued_at: '2026-11-20T10:00:00' },
      pdf: Buffer.from('not a pdf').toString('base64'),
    };
    const { body } = await world.post('/v1/orders', broken).expect(422);
    expect(body).toMatchObject({
      code: 'invalid_order',
      type: expect.any(String),
      title: expect.any(String),
      request_id: expect.any(String),
    });
    expect(pointers(body)).toEqual(
      expect.arrayContaining([
        '/invoice/number',
        '/invoice/code',
        '/invoice/title',
        '/invoice/fee',
        '/invoice/issued_at',
        '/pdf',
      ]),
    );
    for (const fault of (body as Json).errors as Json[]) {
      expect(fault.message).toMatch(/\p{Script=Han}/u);
      expect(fault.message_en).toMatch(/[a-z]/);
    }
  });

  it('an order number that no address can name is refused at every door', async () => {
    const asked = { fee: 1, source: 'web', type: 1, redirect_url: 'https://example.com/' };
    for (const id of ['.', '..', '', 'a/b', '订单']) {
      const faults = [
        ...((await world.post('/v1/orders', { ...order(), order_id: id }).expect(422)).body as Json).errors,
        ...((await world.post('/v1/authorizations', { ...asked, order_id: id }).expect(422)).body as Json).errors,
      ] as Json[];
      expect(faults).toMatchObject(Array(2).fill({ pointer: '/order_id', code: 'FIELD-PATTERN' }));
      for (const { message } of faults) expect(message).toContain('不能是 . 或 ..');
    }
    for (const id of ['...', '.a', 'a.', '~', '*|@:']) {
      const given = { ...order(), order_id: id };
      await world.post('/v1/orders', given).expect(202);
      const { body } = await world.get(`/v1/orders/${encodeURIComponent(id)}`).expect(200);
      expect((body as Json).order_id).toBe(id);
    }
  });

  it('unknown and missing fields and wrong types are named', async () => {
    const given = order();
    const { fee: _, ...withoutFee } = given.invoice as Json;
    const broken = {
      ...given,
      s_pdf_media_id: 'x',
      invoice: { ...withoutFee, 'title ': 'x', tax: '600', billing_no: '1' },
    };
    const { body } = await world.post('/v1/orders', broken).expect(422);
    expect(pointers(body).sort()).toEqual(
      ['/invoice/billing_no', '/invoice/fee', '/invoice/tax', '/invoice/title ', '/s_pdf_media_id'].sort(),
    );
  });

  it('keys: none, unknown and malformed get one answer; another’s order does not exist', async () => {
    const given = order();
    await world.post('/v1/orders', given).expect(202);
    const answers = await Promise.all([
      request(world.service.url).get(`/v1/orders/${given.order_id}`),
      world.get(`/v1/orders/${given.order_id}`, `${KEY.slice(0, -1)}x`),
      world.get(`/v1/orders/${given.order_id}`, 'x'),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect({ ...answer.body, request_id: '' }).toEqual({ ...(answers[0]?.body as Json), request_id: '' });
    }
    await world.get('/v1/orders/none').expect(404);
  });
});

describe('reading orders', () => {
  let world: World;
  const ids: string[] = [];
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api' } });
    for (let n = 0; n < 7; n += 1) {
      const given = order();
      await world.post('/v1/orders', given).expect(202);
      ids.unshift(given.order_id);
    }
  });
  afterAll(() => world.end());

  it('pages by keyset, newest first, without gap or repeat', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Json = (await world.get(`/v1/orders?limit=3${cursor ? `&cursor=${cursor}` : ''}`).expect(200)).body;
      seen.push(...(page.items as Json[]).map(({ order_id }) => order_id as string));
      expect(page.has_more).toBe(page.next_cursor !== null);
      cursor = page.next_cursor as string | null;
    } while (cursor);
    expect(seen).toEqual(ids);
  });

  it('filters by state, invoice number and time', async () => {
    const one = await world.order(ids[3] as string);
    const byNumber = (await world.get(`/v1/orders?invoice_number=${one.invoice.number}`).expect(200)).body as Json;
    expect((byNumber.items as Json[]).map(({ order_id }) => order_id)).toEqual([ids[3]]);
    expect((await world.get('/v1/orders?state=inserted').expect(200)).body).toMatchObject({
      items: [],
      has_more: false,
    });
    const from = encodeURIComponent(one.created_at);
    const since = (await world.get(`/v1/orders?created_from=${from}`).expect(200)).body as Json;
    expect((since.items as Json[]).map(({ order_id }) => order_id)).toEqual(ids.slice(0, 4));
  });

  it.each([
    'limit=0',
    'limit=x',
    'cursor=%00',
    'cursor=abc',
    'state=lost',
    'created_from=yesterday',
    'page=2',
    'state=a&state=b',
  ])('refuses ?%s by name', async (text) => {
    const { body } = await world.get(`/v1/orders?${text}`).expect(422);
    expect(pointers(body)).toEqual([`?${text.split('=')[0]}`]);
  });

  it('tells the timeline in pages', async () => {
    const first = (await world.get(`/v1/orders/${ids[0]}/events?limit=1`).expect(200)).body as Json;
    expect(first).toMatchObject({ items: [{ seq: 1, type: 'accepted' }], has_more: false, next_cursor: null });
  });

  it('describes itself: OpenAPI 3.1 with the shapes that are checked', async () => {
    const { body } = await world.get('/openapi.json').expect(200);
    const document = body as Json;
    expect(document.openapi).toBe('3.1.0');
    expect(document.components.schemas.InvoiceRequest.required).toEqual(
      expect.arrayContaining(['number', 'issued_at', 'title', 'fee', 'fee_without_tax', 'tax']),
    );
    await world.get('/docs').expect(200);
    await world.get('/livez').expect(200);
    await world.get('/readyz').expect(200);
  });
});

function pointers(body: unknown): string[] {
  return ((body as Json).errors as Json[]).map(({ pointer }) => pointer as string);
}
