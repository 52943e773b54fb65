import { Client } from 'pg';
import { OrderView } from '../../src/orders/orders.api';
import { order } from '../support/orders';
import { query } from '../support/databases';
import { APPID, Json, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const CREATECARD = '/card/invoice/platform/createcard';
const TEMPLATE = {
  payee: '示例科技（上海）有限公司',
  type: '数电发票（普通发票）',
  title: '示例科技',
  logo_url: 'https://mmbiz.qpic.cn/mmbiz/example/0',
};

describe('one template for each payee and type, for ever', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
  });
  afterEach(() => world.control('DELETE', '/faults'));
  afterAll(() => world.end());

  const make = (change: Json = {}) => world.post('/v1/admin/templates', { ...TEMPLATE, ...change }, ADMIN);
  const asked = async () => (await world.requests(CREATECARD)).length;
  const list = async () => ((await world.get('/v1/admin/templates', ADMIN).expect(200)).body as Json).items as Json[];

  /** Due at once when it is taken, and not again for long once a worker has looked at it. */
  const waitsFor = ({ insertion }: OrderView) => new Date(insertion.next_attempt_at ?? 0).getTime() - Date.now();
  const seen = async (orderId: string, good: (one: OrderView) => boolean) => {
    let one = await world.order(orderId);
    for (let n = 0; n < 600 && !good(one); n += 1) {
      await new Promise((resume) => setTimeout(resume, 30));
      one = await world.order(orderId);
    }
    expect(good(one)).toBe(true);
    return one;
  };

  it('ten requests at once make one; the same again gives the same', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => make()));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await asked()).toBe(1);
    const again = (await make().expect(200)).body as Json;
    expect(again.card_id).toMatch(/^p[\w-]{27}$/);
    expect(await asked()).toBe(1);
    const [{ body }] = (await world.requests(CREATECARD)) as [Json];
    expect(body).toEqual({
      invoice_info: {
        base_info: { title: TEMPLATE.title, logo_url: TEMPLATE.logo_url },
        type: TEMPLATE.type,
        payee: TEMPLATE.payee,
      },
    });
  });

  it.each([
    ['the answer is lost', { mode: 'drop_after' }],
    ['WeChat is busy, perhaps after the fact', { mode: 'errcode', errcode: -1, applied: true }],
    ['half an answer comes', { mode: 'truncated_json' }],
  ])('%s: it is unclear, shown, never asked again, until a person has looked', async (payee, fault) => {
    await world.control('POST', '/faults', [{ path: CREATECARD, times: 1, ...fault }]);
    const before = await asked();
    expect((await make({ payee }).expect(409)).body).toMatchObject({ code: 'template_unclear' });
    expect((await make({ payee }).expect(409)).body).toMatchObject({ code: 'template_unclear' });
    expect(await asked()).toBe(before + 1);
    const row = (await list()).find((one) => one.payee === payee) as Json;
    expect(row).toMatchObject({ state: 'unclear', card_id: null });
    // Asked once, told once, though nobody knows what came of it.
    expect(await query(world.databaseUrl, `SELECT action FROM audit WHERE object = $1 ORDER BY seq`, [row.id])).toEqual(
      [{ action: 'template.asked' }],
    );
    const settle = (body: Json) => world.post(`/v1/admin/templates/${row.id as string}/resolutions`, body, ADMIN);
    await settle({ kind: 'made', reason: 'seen in the console' }).expect(422);
    await settle({ kind: 'made', card_id: 'pjZ8Yt9WoOePThU0NfUKz5-tBEWU', reason: 'seen in the console' }).expect(201);
    await settle({ kind: 'not_made', reason: 'twice' }).expect(404);
    expect((await make({ payee }).expect(200)).body).toMatchObject({ card_id: 'pjZ8Yt9WoOePThU0NfUKz5-tBEWU' });
  });

  it('two people who settle it at once do not overrule each other', async () => {
    await world.control('POST', '/faults', [{ path: CREATECARD, times: 1, mode: 'drop_after' }]);
    await make({ payee: 'at once' }).expect(409);
    const row = (await list()).find((one) => one.payee === 'at once') as Json;
    const client = new Client({ connectionString: world.databaseUrl });
    await client.connect();
    // Both have looked before either has written.
    await client.query('BEGIN; LOCK TABLE templates IN SHARE MODE');
    const settle = (body: Json) => world.post(`/v1/admin/templates/${row.id as string}/resolutions`, body, ADMIN);
    const settling = Promise.all([
      settle({ kind: 'made', card_id: 'pjZ8Yt9WoOePThU0NfUKz5-tBEWU', reason: 'there it is' }),
      settle({ kind: 'not_made', reason: 'not there' }),
    ]);
    await new Promise((resume) => setTimeout(resume, 500));
    await client.query('COMMIT');
    await client.end();
    expect((await settling).map(({ status }) => status).sort()).toEqual([201, 404]);
    const told = await query<Json>(world.databaseUrl, `SELECT action FROM audit WHERE object = $1 ORDER BY seq`, [
      row.id,
    ]);
    expect(told).toHaveLength(2);
  });

  it('an intent whose process died counts as unclear', async () => {
    await make({ payee: 'died' }).expect(201);
    await query(
      world.databaseUrl,
      `UPDATE templates SET state = 'creating', card_id = NULL, created_at = now() - interval '3 minutes' WHERE payee = 'died'`,
    );
    await make({ payee: 'died' }).expect(409);
    const row = (await list()).find(({ payee }) => payee === 'died') as Json;
    await world
      .post(`/v1/admin/templates/${row.id as string}/resolutions`, { kind: 'not_made', reason: 'not there' }, ADMIN)
      .expect(201);
    await make({ payee: 'died' }).expect(201);
  });

  it('a refusal is WeChat’s word, and may be mended and tried again', async () => {
    await world.control('POST', '/faults', [
      { path: CREATECARD, mode: 'errcode', errcode: 72031, errmsg: 'invalid params, payee is empty', times: 1 },
    ]);
    const { body } = await make({ payee: 'refused' }).expect(422);
    expect(body).toMatchObject({ code: 'wechat_refused', errcode: 72031 });
    await make({ payee: 'refused' }).expect(201);
  });

  it('an order with a template that is too young waits without burning a try', async () => {
    await world.control('PUT', '/profile', { fresh_template_seconds: 3600 });
    const { card_id } = (await make({ payee: 'young' }).expect(201)).body as Json;
    const young = { ...order(), card_id: card_id as string };
    await world.authorize(young.order_id);
    await world.post('/v1/orders', young).expect(202);
    const waiting = await seen(young.order_id, (one) => waitsFor(one) > 500_000);
    expect(waiting).toMatchObject({ state: 'accepted', insertion: { attempts: [] } });
    expect(await world.requests('/card/invoice/insert', young.order_id)).toEqual([]);
    expect(await query(world.databaseUrl, 'SELECT tries FROM insertions')).toEqual([{ tries: 0 }]);
  });

  it('a template from elsewhere may be too young as well: WeChat says so (40078), and the order waits for it', async () => {
    await world.control('PUT', '/profile', { fresh_template_seconds: 3600 });
    const foreign = { ...order(), card_id: await madeElsewhere() };
    await world.authorize(foreign.order_id);
    await world.post('/v1/orders', foreign).expect(202);
    const refused = await seen(foreign.order_id, ({ insertion }) => insertion.attempts[0]?.outcome === 'later');
    expect(refused).toMatchObject({ state: 'uploaded', insertion: { attempts: [{ n: 1, errcode: 40078 }] } });
    expect(waitsFor(refused)).toBeGreaterThan(500_000);
    await world.control('POST', '/clock', { advance_seconds: 3601 });
    await query(world.databaseUrl, `UPDATE insertions SET due_at = now() WHERE state = 'uploaded'`);
    await world.until(foreign.order_id, ['inserted']);
  });

  /** Somebody makes a template in WeChat's console, or with another program. */
  async function madeElsewhere(): Promise<string> {
    const wechat = world.sandbox.url;
    const login = { grant_type: 'client_credential', appid: APPID, secret: 'sandbox-secret' };
    const token = await fetch(`${wechat}/cgi-bin/stable_token`, { method: 'POST', body: JSON.stringify(login) });
    const { access_token } = (await token.json()) as Json;
    const { payee, type, ...base_info } = TEMPLATE;
    const body = JSON.stringify({ invoice_info: { base_info, payee, type } });
    const made = await fetch(`${wechat}${CREATECARD}?access_token=${access_token as string}`, { method: 'POST', body });
    return ((await made.json()) as Json).card_id as string;
  }
});
