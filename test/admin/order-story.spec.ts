import { order, tinyPdf } from '../support/orders';
import { Json, KEY, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';

describe('the parts of one order’s story, for operators', () => {
  let world: World;
  let given: Json;
  let id: string;
  let path: string;
  const [first, second] = [tinyPdf('first'), tinyPdf('second')];

  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
    given = { ...order(), pdf: first.toString('base64') };
    const fault = { path: '/card/invoice/insert', mode: 'errcode', errcode: 72031, order_id: given.order_id };
    await world.control('POST', '/faults', { ...fault, times: 2 });
    await world.post('/v1/orders', given).expect(202);
    id = (await world.until(given.order_id as string, ['refused'])).id;
    path = `/v1/admin/orders/${id}`;
  });
  afterAll(() => world.end());

  const read = (what: string, key = ADMIN) => world.get(`${path}/${what}`, key);

  it('is found by why it was refused, and by WeChat’s reference', async () => {
    const [attempt] = (await world.order(given.order_id as string)).insertion.attempts;
    expect(attempt?.hint).toBeTruthy();
    const found = async (search: string) =>
      ((await world.get(`/v1/admin/orders?${search}`, ADMIN).expect(200)).body.items as Json[]).map(
        (one) => one.id as string,
      );
    expect(await found('reason=wechat_72031')).toEqual([id]);
    expect(await found(`hint=${encodeURIComponent(attempt?.hint as string)}`)).toEqual([id]);
    for (const other of ['reason=wechat_72040', 'hint=nobody']) expect(await found(other)).toEqual([]);
  });

  it('has its reinsertions, its events in pages, and the PDF of each revision', async () => {
    expect((await read('reinsertions').expect(200)).body).toEqual({ items: [] });
    const changes = { pdf: second.toString('base64') };
    const { body: begun } = await world
      .post(`${path}/reinsertions`, { reason: '新的 PDF', changes }, ADMIN)
      .expect(201);
    await world.until(given.order_id as string, ['refused']);
    expect((await read('reinsertions').expect(200)).body).toEqual({ items: [begun] });
    expect((await read('resolutions').expect(200)).body).toEqual({ items: [] });

    const pages: Json[] = [];
    for (let cursor = ''; cursor !== 'null'; cursor = String(pages.at(-1)?.next_cursor)) {
      pages.push((await read(`events?limit=2${cursor && `&cursor=${cursor}`}`).expect(200)).body as Json);
    }
    const events = pages.flatMap(({ items }) => items as Json[]);
    expect(events).toEqual(await world.timeline(given.order_id as string));
    expect(events.map(({ seq }) => seq as number)).toEqual(events.map((_, n) => n + 1));

    const bytes = async (what: string) => (await read(what).expect(200)).body as Buffer;
    expect(await bytes('pdf')).toEqual(second);
    expect(await bytes('pdf?revision=2')).toEqual(second);
    expect(await bytes('pdf?revision=1')).toEqual(first);
    for (const none of ['pdf?revision=3', 'pdf?part=trip_pdf']) await read(none).expect(404);
  });

  it('names what it does not know, and is no merchant’s', async () => {
    for (const faulty of ['pdf?revision=x', 'pdf?part=x', 'pdf?colour=red', 'events?limit=0', 'events?appid=x']) {
      await read(faulty).expect(422);
    }
    for (const what of ['events', 'pdf', 'reinsertions', 'resolutions']) {
      await read(what, KEY).expect(401);
      await world.get(`/v1/admin/orders/no-uuid/${what}`, ADMIN).expect(404);
      await world.get(`/v1/admin/orders/${given.order_id}/${what}`, ADMIN).expect(404);
      await world.get(`/v1/admin/orders/0192aaaa-0000-7000-8000-000000000000/${what}`, ADMIN).expect(404);
    }
  });
});
