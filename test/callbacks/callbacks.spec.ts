import { getSignature } from '@wecom/crypto';
import { forgetCallbacks } from '../../src/callbacks/receive';
import { loadConfig } from '../../src/config';
import { connect } from '../../src/data/data-source';
import { makeLog } from '../../src/log';
import { startService } from '../../src/service';
import { order } from '../support/orders';
import { query } from '../support/databases';
import { APPID, environment, Json, World } from '../support/world';
import { AES_KEY, ENVIRONMENT, event, Push, Pushes, seconds, TOKEN } from './pushes';

describe('WeChat’s pushes', () => {
  let pushes: Pushes;
  let world: World;
  beforeAll(async () => {
    pushes = await Pushes.start();
    world = pushes.world;
  });
  afterAll(() => world.end());
  beforeEach(() => pushes.forget());

  const address = () => pushes.address;
  const sealed = (fields: Json, timestamp?: string) => pushes.sealed(fields, timestamp);
  const send = (push: Push, type?: string | null) => pushes.send(push, type);
  const tell = (fields: Json) => pushes.tell(fields);
  const settled = (count: number) => pushes.settled(count);
  const rows = () => pushes.rows();

  it('the URL check is answered to WeChat only', async () => {
    const timestamp = seconds();
    const ask = async (token: string) => {
      const signature = getSignature(token, timestamp, 'n', '');
      const answer = await fetch(
        `${address()}?signature=${signature}&timestamp=${timestamp}&nonce=n&echostr=5927782489442352469`,
      );
      return [answer.status, await answer.text()];
    };
    expect(await ask(TOKEN)).toEqual([200, '5927782489442352469']);
    expect(await ask('wrong')).toEqual([403, 'refused']);
  });

  it('an order that waits goes on when the user has authorised; the push again, thrice, changes nothing', async () => {
    const given = order();
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['awaiting_authorization']);
    await world.authorize(given.order_id);
    const push = sealed(
      event('user_authorize_invoice', { SuccOrderId: given.order_id, FailOrderId: '', AuthorizeAppId: APPID }),
    );
    for (let n = 0; n < 3; n += 1) expect(await send(push)).toEqual({ status: 200, text: 'success' });
    await world.until(given.order_id, ['inserted']);
    expect(await settled(1)).toEqual([{ event: 'user_authorize_invoice', state: 'done', outcome: 'woken' }]);
    const stored = await query<Json>(world.databaseUrl, 'SELECT body FROM callbacks');
    expect((stored[0]?.body as Buffer).toString('latin1')).not.toContain('ojZ8Ytz4lESgdWZ34L');
  });

  it('two orders of one user in one second are two events; one without an order is parked', async () => {
    for (const SuccOrderId of ['P1', 'P2']) {
      await tell({ ...event('user_authorize_invoice', { SuccOrderId, FailOrderId: '' }), CreateTime: '1700000000' });
    }
    expect((await settled(2)).map(({ state }) => state as string)).toEqual(['parked', 'parked']);
  });

  it('the authorisation the merchant asked for is authorised by the event, also in the old field and in any order', async () => {
    await query(
      world.databaseUrl,
      `INSERT INTO authorizations (merchant_id, id, appid, order_id, issuer_appid, fee, source, type, state)
       SELECT id, gen_random_uuid(), $1, 'Q1', $1, 1, 'wap', 0, 'asked' FROM merchants`,
      [APPID],
    );
    await tell(event('user_authorize_invoice', { SuccOrderId: '', FailOrderId: 'Q1', AppId: '', Source: '' }));
    await tell(event('user_authorize_invoice', { SuccOrderId: 'Q1', FailOrderId: '', AppId: '', Source: '' }));
    await settled(2);
    expect((await world.get('/v1/authorizations/Q1').expect(200)).body).toMatchObject({ state: 'authorized' });
  });

  it.each([null, 'application/octet-stream', 'text/xml; charset=gbk'])(
    'a push of the type %s is read',
    async (type) => {
      expect(await send(sealed(event('subscribe', {})), type)).toEqual({ status: 200, text: 'success' });
    },
  );

  it('what was dealt with a month ago is deleted, what is still parked stays', async () => {
    await tell(event('subscribe', {}));
    await tell(event('user_authorize_invoice', { SuccOrderId: 'NOBODY', FailOrderId: '' }));
    await settled(2);
    await query(world.databaseUrl, `UPDATE callbacks SET received_at = now() - interval '31 days'`);
    const dataSource = await connect(world.databaseUrl, { poolSize: 1 });
    await forgetCallbacks(dataSource).finally(() => dataSource.destroy());
    expect((await rows()).map(({ state }) => state as string)).toEqual(['parked']);
  });

  it('events of other kinds are kept, unknown ones acknowledged; a title under another event’s name is a title', async () => {
    await tell(event('cloud_invoice_invoiceresult_event', { fpqqlsh: '14574d75004451097886', status: '100' }));
    await tell(
      event('cloud_invoice_invoiceresult_event', { title: '示例', title_type: 'InvoiceUserTitleBusinessType' }),
    );
    await tell(event('subscribe', {}));
    expect((await settled(3)).map(({ outcome }) => outcome as string)).toEqual(['kept', 'kept', 'unknown_event']);
  });

  it.each([
    ['xml', {}],
    ['json', { format: 'json' }],
    ['the old sample’s way', { old_style: true }],
  ])('the simulated WeChat pushes by itself, %s, and the order goes on', async (_, style) => {
    const given = order();
    const target = { url: address(), token: TOKEN, encoding_aes_key: AES_KEY, ...style };
    await world.control('PUT', '/profile', { callbacks: { [APPID]: target } });
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['awaiting_authorization']);
    await world.authorize(given.order_id);
    await world.until(given.order_id, ['inserted']);
    // What comes in another mode is refused.
    const pushed = { event: 'subscribe', attempts: 1, ...target, appid: APPID };
    for (const mode of ['plain', 'compatible'])
      expect((await world.control('POST', '/events', { ...pushed, mode })).status).toBe(403);
    await world.control('PUT', '/profile', { callbacks: {} });
  });

  it('a third-party platform’s own pushes come to its one address, under its own key', async () => {
    const to = { appid: 'wx_component', address: `${world.service.url}/wechat/component/callbacks` };
    const ticket = {
      AppId: to.appid,
      CreateTime: seconds(),
      InfoType: 'component_verify_ticket',
      ComponentVerifyTicket: 't',
    };
    expect(await send(pushes.sealed(ticket, undefined, to))).toMatchObject({ status: 403 });
    await pushes.administrate('POST', '/v1/admin/accounts', { appid: to.appid, role: 'component', secret: 'x' });
    await pushes.changeKey(AES_KEY, to.appid);
    expect(await send(pushes.sealed(ticket, undefined, to))).toEqual({ status: 200, text: 'success' });
    expect(await send(pushes.sealed(ticket, undefined, { ...to, appid: APPID }))).toMatchObject({ status: 403 });
    expect(await settled(1)).toEqual([{ event: 'component_verify_ticket', state: 'done', outcome: 'unknown_event' }]);
  });

  it('in bad weather (lost, twice, late, overtaking, under the key before) every order gets its card all the same', async () => {
    await pushes.changeKey('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq');
    const weather = { lost: 0.2, twice: 0.5, late_ms: 300, retry_ms: 50 };
    const target = { url: address(), token: TOKEN, encoding_aes_key: AES_KEY, ...weather };
    await world.control('PUT', '/profile', { callbacks: { [APPID]: target } });
    const orders = Array.from({ length: 12 }, () => order());
    for (const one of orders) await world.post('/v1/orders', one).expect(202);
    for (const { order_id } of orders) await world.until(order_id, ['awaiting_authorization']);
    await world.authorize(...orders.map(({ order_id }) => order_id));
    // What was lost is asked for when its time has come; here it comes at once.
    await new Promise((resume) => setTimeout(resume, 1500));
    const woken = (await world.cards()).filter(({ order_id }) =>
      orders.some((one) => one.order_id === order_id),
    ).length;
    expect(woken).toBeGreaterThan(0);
    await query(world.databaseUrl, `UPDATE insertions SET due_at = now() WHERE state = 'awaiting_authorization'`);
    for (const { order_id } of orders) {
      await world.until(order_id, ['inserted']);
      expect(await world.cards(order_id)).toHaveLength(1);
    }
    await world.control('PUT', '/profile', { callbacks: {} });
    await pushes.changeKey(AES_KEY);
  });

  it('another process, which has not heard of a changed key yet, takes what comes under it', async () => {
    const env = environment(world.databaseUrl, world.sandbox.url, { ...ENVIRONMENT, ROLE: 'api' });
    const other = await startService(loadConfig(env), makeLog('silent'));
    const to = { appid: APPID, address: `${other.url}/wechat/callbacks/${APPID}` };
    const [first, second] = ['1', '2'].map((EventKey) => event('subscribe', { EventKey })) as [Json, Json];
    const told = (fields: Json, key: string) => send(pushes.sealed(fields, undefined, { ...to, key }));
    const [key, unheard] = [
      'zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJ',
      'KJIHGFEDCBAzyxwvutsrqponmlkjihgfedcbaZYXWVU',
    ];
    try {
      expect(await told(first, AES_KEY)).toMatchObject({ status: 200 });
      await pushes.changeKey(key);
      // WeChat waits five seconds for an answer and comes three times.
      const taken = async () => (await told(second, key)).status === 200;
      for (let n = 0; n < 60 && !(await taken()); n += 1) await new Promise((resume) => setTimeout(resume, 50));
      expect(await taken()).toBe(true);
      expect(await told(second, unheard)).toMatchObject({ status: 403 });
    } finally {
      await other.close();
      await pushes.changeKey(AES_KEY);
    }
    expect(await settled(2)).toHaveLength(2);
  });

  it('forged, late, oversized and foreign pushes are refused and leave nothing behind', async () => {
    const good = event('user_authorize_invoice', { SuccOrderId: 'F1', FailOrderId: '' });
    const late = sealed(good, String(Math.floor(Date.now() / 1000) - 3600));
    const { url, body } = sealed(good);
    for (const [one, type] of [
      [late, 'text/xml'],
      [{ url: url.replace(APPID, 'wx_nobody'), body }, 'text/xml'],
      [{ url: `${world.service.url}/wechat/component/callbacks${url.slice(address().length)}`, body }, 'text/xml'],
      [{ url, body: body.replace('<Encrypt>', '<Event>x</Event><Encrypt>') }, 'text/xml'],
      [{ url, body: `<!DOCTYPE xml>${body}` }, 'application/xml'],
      [{ url, body: '{"Encrypt":' }, 'application/json'],
      [{ url: address(), body: '' }, 'text/xml'],
    ] as const) {
      expect(await send(one, type)).toEqual({ status: 403, text: 'refused' });
    }
    expect((await send({ url, body: body + ' '.repeat(70_000) })).status).toBe(413);
    expect(await rows()).toEqual([]);
  });
});
