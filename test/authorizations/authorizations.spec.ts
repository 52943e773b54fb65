import request from 'supertest';
import { order } from '../support/orders';
import { query } from '../support/databases';
import { APPID, Json, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const GETTICKET = '/cgi-bin/ticket/getticket';
const GETAUTHURL = '/card/invoice/getauthurl';
const GETAUTHDATA = '/card/invoice/getauthdata';
const PAGE = 'https://shop.example/thanks';

describe('asking the user for an authorisation', () => {
  let world: World;
  let serial = 0;
  const orderId = () => `A${(serial += 1)}`;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
  });
  afterEach(() => world.control('DELETE', '/faults'));
  afterAll(() => world.end());

  const ask = (order_id: string, change: Json = {}) =>
    world.post('/v1/authorizations', { order_id, fee: 10600, source: 'wap', type: 0, ...change });
  const see = async (order_id: string) => (await world.get(`/v1/authorizations/${order_id}`).expect(200)).body as Json;
  const set = (attribute: string, body: object) =>
    request(world.service.url)
      .put(`/v1/admin/accounts/${APPID}/attributes/${attribute}`)
      .set('authorization', `Bearer ${ADMIN}`)
      .send(body)
      .expect(200);
  /** The user opens the page and taps. */
  const tap = async (auth_url: string, choice: string, form: Record<string, string> = {}) => {
    const body = new URLSearchParams({ choice, ...form });
    expect((await fetch(auth_url, { method: 'POST', body })).status).toBe(200);
  };
  /** WeChat may be asked again at once. */
  const forgetCheck = () => query(world.databaseUrl, `UPDATE authorizations SET checked_at = NULL`);

  it('an account that is not set up says what to do: contact first, then the page’s fields for type 1', async () => {
    const { body } = await ask(orderId()).expect(409);
    expect(body).toMatchObject({ code: 'account_not_ready', errcode: 72063 });
    expect((body as Json).detail).toMatch(/attributes\/contact/);
    await set('contact', { phone: '021-88888888', time_out: 12345 });
    await ask(orderId()).expect(201);
    expect((await ask(orderId(), { type: 1 }).expect(409)).body).toMatchObject({ errcode: 72029 });
    await set('auth_field', { user_field: { show_title: 1 }, biz_field: { show_title: 1, show_tax_no: 1 } });
    await ask(orderId(), { type: 1 }).expect(201);
  });

  it.each([
    ...['app', 'web', 'wxa', 'wap'].flatMap((source) =>
      [0, 1, 2].map((type): [string, number, Json] => [source, type, source === 'web' ? { redirect_url: PAGE } : {}]),
    ),
    ['wap', 0, { redirect_url: PAGE }] as [string, number, Json],
  ])('source %s, type %i', async (source, type, change) => {
    const id = orderId();
    const { body } = await ask(id, { source, type, ...change }).expect(201);
    const link = body as Json;
    expect(link).toMatchObject(
      source === 'wxa'
        ? { appid: 'wx0000000000000001', auth_url: expect.not.stringMatching(/^http/) as string }
        : { appid: APPID },
    );
    const [sent] = (await world.requests(GETAUTHURL, id)) as [Json];
    expect(sent.body).toEqual({
      s_pappid: expect.stringMatching(/^d3[gh]/) as string,
      order_id: id,
      money: 10600,
      timestamp: expect.any(Number) as number,
      source,
      ...change,
      ticket: expect.any(String) as string,
      type,
    });
  });

  it('one ticket serves all, and one that WeChat takes no more is replaced', async () => {
    const before = (await world.requests(GETTICKET)).length;
    expect(before).toBe(1);
    await Promise.all(Array.from({ length: 8 }, () => ask(orderId()).expect(201)));
    expect((await world.requests(GETTICKET)).length).toBe(before);
    await world.control('POST', '/faults', [
      { path: GETAUTHURL, mode: 'errcode', errcode: 72031, errmsg: 'invalid params, ticket is invalid', times: 1 },
    ]);
    await ask(orderId()).expect(201);
    expect((await world.requests(GETTICKET)).length).toBe(before + 1);
    const stored = await query<Json>(world.databaseUrl, `SELECT ticket FROM wechat_tickets WHERE type = 'wx_card'`);
    const [sent] = (await world.requests(GETAUTHURL)).slice(-1) as [Json];
    expect((stored[0]?.ticket as Buffer).toString('latin1')).not.toContain((sent.body as Json).ticket as string);
  });

  it('the order may be posted before or after the user says yes; either way the card comes', async () => {
    const [first, second] = [order(), order()];
    const { auth_url } = (await ask(first.order_id).expect(201)).body as Json;
    await tap(auth_url as string, 'authorize');
    await world.post('/v1/orders', first).expect(202);
    await world.until(first.order_id, ['inserted']);

    const later = ((await ask(second.order_id).expect(201)).body as Json).auth_url as string;
    await world.post('/v1/orders', second).expect(202);
    await world.until(second.order_id, ['awaiting_authorization']);
    expect(await see(second.order_id)).toMatchObject({ state: 'asked', authorized_at: null });
    await tap(later, 'authorize');
    // No event reaches us: asking how it stands wakes the order.
    await forgetCheck();
    expect(await see(second.order_id)).toMatchObject({ state: 'authorized' });
    await world.until(second.order_id, ['inserted']);
  });

  it('an order that waits asks how it stands, and is not sent again before the user said yes', async () => {
    const waiting = order();
    const { auth_url } = (await ask(waiting.order_id).expect(201)).body as Json;
    await world.post('/v1/orders', waiting).expect(202);
    await world.until(waiting.order_id, ['awaiting_authorization']);
    const due = () =>
      query(world.databaseUrl, `UPDATE insertions SET due_at = now() WHERE state = 'awaiting_authorization'`);
    const checks = async () => (await world.requests(GETAUTHDATA, waiting.order_id)).length;
    const inserts = async () => (await world.requests('/card/invoice/insert', waiting.order_id)).length;
    const before = { checks: await checks(), inserts: await inserts() };
    await due();
    for (let n = 0; n < 100 && (await checks()) === before.checks; n += 1) await new Promise((r) => setTimeout(r, 30));
    expect(await checks()).toBe(before.checks + 1);
    expect(await inserts()).toBe(before.inserts);
    await tap(auth_url as string, 'authorize');
    await world.until(waiting.order_id, ['awaiting_authorization']);
    await due();
    await world.until(waiting.order_id, ['inserted']);
  });

  it('an order that nobody authorises ends when its deadline has passed: nothing more is sent, and a late yes changes nothing', async () => {
    const given = order();
    const { auth_url } = (await ask(given.order_id).expect(201)).body as Json;
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['awaiting_authorization']);
    const asked = async () => (await world.requests('/card/invoice/insert', given.order_id)).length;
    const before = await asked();
    await query(
      world.databaseUrl,
      `UPDATE insertions i SET waiting_since = now() - interval '31 days', due_at = now()
         FROM orders o WHERE o.id = i.id AND o.order_id = '${given.order_id}'`,
    );
    const ended = await world.until(given.order_id, ['refused']);
    expect(ended.insertion).toMatchObject({ reason: 'authorization_missing', advice: expect.any(String) as string });
    await tap(auth_url as string, 'authorize');
    await forgetCheck();
    expect(await see(given.order_id)).toMatchObject({ state: 'authorized' });
    expect(await world.order(given.order_id)).toMatchObject({ state: 'refused' });
    expect(await asked()).toBe(before);
    expect(await world.cards(given.order_id)).toEqual([]);
  });

  it('type 1: the title the user gave is told to the merchant, and lies sealed', async () => {
    const id = orderId();
    const { auth_url } = (await ask(id, { type: 1 }).expect(201)).body as Json;
    await tap(auth_url as string, 'authorize', { title: '示例贸易（北京）有限公司', tax_no: '91110000MADEM00338' });
    expect(await see(id)).toMatchObject({
      state: 'authorized',
      title: { kind: 'business', title: '示例贸易（北京）有限公司', tax_no: '91110000MADEM00338' },
    });
    const rows = await query<Json>(world.databaseUrl, `SELECT * FROM authorizations WHERE order_id = $1`, [id]);
    const stored = Object.values(rows[0] as Json).map((v) => (Buffer.isBuffer(v) ? v.toString('utf8') : String(v)));
    expect(stored.join()).not.toMatch(/示例贸易|91110000MADEM00338/);
  });

  it('what WeChat refuses, or does not answer, is told as it is', async () => {
    const id = orderId();
    for (const [fault, status, code] of [
      [{ mode: 'errcode', errcode: 72031, errmsg: 'invalid params, money is invalid' }, 422, 'wechat_refused'],
      [{ mode: 'errcode', errcode: 48001 }, 409, 'account_not_ready'],
      [{ mode: 'errcode', errcode: 72056 }, 409, 'order_has_card'],
      [{ mode: 'errcode', errcode: 45011 }, 503, 'wechat_unavailable'],
      [{ mode: 'html_200' }, 503, 'wechat_unavailable'],
      [{ mode: 'drop_after' }, 503, 'wechat_unavailable'],
    ] as const) {
      await world.control('POST', '/faults', [{ path: GETAUTHURL, times: 1, ...fault }]);
      expect((await ask(id)).body).toMatchObject({ status, code });
    }
    await ask(id).expect(201);
  });

  it('whoever looks often, or all at once, does not make us ask WeChat more than once in ten seconds', async () => {
    const id = orderId();
    await ask(id).expect(201);
    const asked = async () => (await world.requests(GETAUTHDATA, id)).length;
    await Promise.all(Array.from({ length: 8 }, () => see(id)));
    await see(id);
    expect(await asked()).toBe(1);
    // Neither where WeChat does not answer.
    await query(world.databaseUrl, `UPDATE authorizations SET checked_at = now() - interval '11 seconds'`);
    await world.control('POST', '/faults', [{ path: GETAUTHDATA, mode: 'errcode', errcode: -1 }]);
    for (let n = 0; n < 3; n += 1) await see(id);
    expect(await asked()).toBe(2);
  });

  it('expires when the deadline has passed', async () => {
    const id = orderId();
    await ask(id).expect(201);
    await query(
      world.databaseUrl,
      `UPDATE authorizations SET asked_at = now() - interval '31 days' WHERE order_id = $1`,
      [id],
    );
    expect(await see(id)).toMatchObject({ state: 'expired' });
  });

  it('asked for again when another platform issues for the merchant, it is looked up for that one', async () => {
    const id = orderId();
    await ask(id).expect(201);
    const issuer = { appid: 'wx7777777777777777', role: 'issuer', secret: 'x'.repeat(32) };
    await world.post('/v1/admin/accounts', issuer, ADMIN).expect(201);
    const [merchant] = ((await world.get('/v1/admin/merchants', ADMIN).expect(200)).body as Json).items as [Json];
    const move = (issuer_appid: string) =>
      request(world.service.url)
        .patch(`/v1/admin/merchants/${merchant.id as string}`)
        .set('authorization', `Bearer ${ADMIN}`)
        .send({ issuer_appid })
        .expect(200);
    await move(issuer.appid);
    const { auth_url } = (await ask(id).expect(201)).body as Json;
    await tap(auth_url as string, 'authorize');
    await forgetCheck();
    expect(await see(id)).toMatchObject({ state: 'authorized' });
    const platformOf = async (path: string) =>
      ((await world.requests(path, id)).at(-1)?.body as Json).s_pappid as string;
    expect(Buffer.from(await platformOf(GETAUTHDATA), 'base64url').toString('latin1')).toContain(issuer.appid);
    expect(await platformOf(GETAUTHDATA)).toBe(await platformOf(GETAUTHURL));
    await move(APPID);
  });

  it('bad requests are named and leave nothing behind; another’s appid or order number is refused', async () => {
    const id = orderId();
    const { body } = await ask(id, { source: 'web', type: 7, fee: -1, appid: 'wx2222222222222222' }).expect(422);
    expect(((body as Json).errors as Json[]).map(({ pointer }) => pointer as string).sort()).toEqual(['/fee', '/type']);
    const second = await ask(id, { source: 'web', appid: 'wx2222222222222222' }).expect(422);
    expect(((second.body as Json).errors as Json[]).map(({ pointer }) => pointer as string)).toEqual([
      '/redirect_url',
      '/appid',
    ]);
    for (const source of ['app', 'wxa']) {
      const { body } = await ask(id, { source, redirect_url: PAGE }).expect(422);
      expect(((body as Json).errors as Json[]).map(({ pointer }) => pointer as string)).toEqual(['/redirect_url']);
    }
    await world.get(`/v1/authorizations/${id}`).expect(404);
    await query(
      world.databaseUrl,
      `INSERT INTO authorizations (merchant_id, id, appid, order_id, issuer_appid, state)
       VALUES (gen_random_uuid(), gen_random_uuid(), $1, $2, $1, 'asked')`,
      [APPID, id],
    );
    expect((await ask(id).expect(409)).body).toMatchObject({ code: 'order_taken' });
    await world.get(`/v1/authorizations/${id}`).expect(404);
  });
});
