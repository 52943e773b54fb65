import { encrypt, getSignature } from '@wecom/crypto';
import { order } from '../support/orders';
import { masked } from '../../src/callbacks/masked';
import { query } from '../support/databases';
import { APPID, Json, World } from '../support/world';
import { ADMIN, AES_KEY, event, Pushes, seconds, TOKEN } from './pushes';

const GETAUTHDATA = '/card/invoice/getauthdata';

describe('pushes in each mode, format and shape', () => {
  let pushes: Pushes;
  let world: World;
  beforeAll(async () => {
    pushes = await Pushes.start();
    world = pushes.world;
  });
  afterAll(() => world.end());
  beforeEach(() => pushes.forget());

  const setMode = (mode: string) =>
    pushes.administrate('PUT', `/v1/admin/accounts/${APPID}/callback`, {
      mode,
      token: TOKEN,
      ...(mode === 'plain' ? {} : { encoding_aes_key: AES_KEY }),
    });
  const pushedBySandbox = (Event: string, fields: Json, style: Json) =>
    world.control('POST', '/events', {
      ...{ url: pushes.address, token: TOKEN, encoding_aes_key: AES_KEY, appid: APPID, attempts: 1, ...style },
      event: Event,
      fields,
    });
  const waiting = async () => {
    const given = order();
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['awaiting_authorization']);
    return given.order_id;
  };

  it.each([
    ['plain', 'xml'],
    ['plain', 'json'],
    ['compatible', 'xml'],
    ['compatible', 'json'],
  ])('%s, %s: the simulated WeChat pushes, and the order goes on', async (mode, format) => {
    await setMode(mode);
    const target = { url: pushes.address, token: TOKEN, encoding_aes_key: AES_KEY, mode, format };
    await world.control('PUT', '/profile', { callbacks: { [APPID]: target } });
    const id = await waiting();
    await world.authorize(id);
    await world.until(id, ['inserted']);
    await world.control('PUT', '/profile', { callbacks: {} });
    // What comes in another mode is refused.
    for (const other of ['plain', 'compatible', 'safe'].filter((one) => one !== mode)) {
      expect(await pushedBySandbox('subscribe', {}, { mode: other })).toMatchObject({ status: 403, body: 'refused' });
    }
    expect(await pushes.settled(1)).toMatchObject([{ event: 'user_authorize_invoice', state: 'done' }]);
  });

  it('from a plain push nothing is believed: WeChat is asked, and where it knows of no authorisation no card is made', async () => {
    await setMode('plain');
    const id = await waiting();
    const asked = async () => (await world.requests(GETAUTHDATA, id)).length;
    const before = await asked();
    const told = await pushedBySandbox(
      'user_authorize_invoice',
      { SuccOrderId: id, FailOrderId: '' },
      { mode: 'plain' },
    );
    expect(told).toMatchObject({ status: 200, body: 'success' });
    for (let n = 0; n < 100 && (await asked()) === before; n += 1)
      await new Promise((resume) => setTimeout(resume, 30));
    expect(await asked()).toBeGreaterThan(before);
    await world.until(id, ['awaiting_authorization']);
    expect(await world.cards(id)).toEqual([]);
  });

  it('a time as text, in JSON, is that time', async () => {
    await setMode('safe');
    const id = await waiting();
    await world.authorize(id);
    const fields = { SuccOrderId: id, FailOrderId: '', AuthorizeAppId: APPID, CreateTime: '1525769761' };
    await pushedBySandbox('user_authorize_invoice', fields, { format: 'json' });
    await world.until(id, ['inserted']);
    const late = { ...fields, SuccOrderId: 'T1' };
    await query(
      world.databaseUrl,
      `INSERT INTO authorizations (merchant_id, id, appid, order_id, issuer_appid, fee, source, type, state)
       SELECT id, gen_random_uuid(), $1, 'T1', $1, 1, 'wap', 0, 'asked' FROM merchants`,
      [APPID],
    );
    await pushedBySandbox('user_authorize_invoice', late, { format: 'json' });
    await pushes.settled(2);
    expect((await world.get('/v1/authorizations/T1').expect(200)).body).toMatchObject({
      state: 'authorized',
      authorized_at: '2018-05-08T16:56:01+08:00',
    });
  });

  it('the user may say yes before WeChat has answered our question for the page', async () => {
    await pushes.administrate('PUT', `/v1/admin/accounts/${APPID}/attributes/contact`, { phone: '1', time_out: 1 });
    const target = { url: pushes.address, token: TOKEN, encoding_aes_key: AES_KEY };
    await world.control('PUT', '/profile', { callbacks: { [APPID]: target } });
    const id = 'EARLY1';
    await world.control('POST', '/faults', [
      { path: '/card/invoice/getauthurl', mode: 'delay', delay_ms: 600, applied: true, times: 1 },
    ]);
    const asking = world.post('/v1/authorizations', { order_id: id, fee: 1, source: 'wap', type: 0 }).expect(201);
    const answered = asking.then(() => Date.now());
    while ((await world.requests('/card/invoice/getauthurl', id)).length === 0)
      await new Promise((r) => setTimeout(r, 20));
    await world.authorize(id);
    await pushes.settled(1);
    const processed = Date.now();
    expect(await answered).toBeGreaterThan(processed);
    expect((await world.get(`/v1/authorizations/${id}`).expect(200)).body).toMatchObject({ state: 'authorized' });
    await world.control('PUT', '/profile', { callbacks: {} });
  });

  it('a submitted title reaches the authorisation that `attach` names, sealed, and no other', async () => {
    for (const order_id of ['TITLE1', 'TITLE2'])
      await world.post('/v1/authorizations', { order_id, fee: 1, source: 'wap', type: 0 }).expect(201);
    const title = { title: '示例贸易（北京）有限公司', tax_no: '91110000MADEM00338', addr: '北京', phone: '010-1' };
    const bank = { bank_type: '示例银行', bank_no: '622200000000', title_type: 'InvoiceUserTitleBusinessType' };
    // WeChat's own sample has it under another event's name.
    await pushedBySandbox('cloud_invoice_invoiceresult_event', { ...title, ...bank, attach: 'TITLE1' }, {});
    await pushedBySandbox('submit_invoice_title', { ...title, ...bank, attach: 'NOBODY' }, {});
    expect((await pushes.settled(2)).map(({ outcome }) => outcome as string)).toEqual(['title_learnt', 'kept']);
    const told = async (id: string) => ((await world.get(`/v1/authorizations/${id}`).expect(200)).body as Json).title;
    expect(await told('TITLE1')).toEqual({
      kind: 'business',
      ...{ title: title.title, tax_no: title.tax_no, phone: title.phone, address: title.addr },
      ...{ bank: bank.bank_type, bank_account: bank.bank_no },
    });
    expect(await told('TITLE2')).toBeUndefined();
  });

  it('what WeChat signed and nobody can read is acknowledged, once, and waits for a person', async () => {
    const sealedText = (text: string) => {
      const [Encrypt, timestamp, nonce] = [encrypt(AES_KEY, text, APPID), seconds(), 'n'];
      const msg_signature = getSignature(TOKEN, timestamp, nonce, Encrypt);
      const parameters = new URLSearchParams({ timestamp, nonce, encrypt_type: 'aes', msg_signature });
      return { url: `${pushes.address}?${parameters.toString()}`, body: JSON.stringify({ ToUserName: 'gh', Encrypt }) };
    };
    const acknowledged = { status: 200, text: 'success' };
    for (const text of ['<html>票</html>', '<html>票</html>', '[1]']) {
      expect(await pushes.send(sealedText(text))).toEqual(acknowledged);
    }
    // Odd, but readable: names with - and ., text that looks like a declaration, nested things, escaped NULs, many fields.
    const odd = { Event: 'odd\u0000', 'a-b.c': '<!DOCTYPE x>', List: { Item: [1] } };
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, n]));
    expect(await pushes.send(sealedText(JSON.stringify({ ...odd, ...many })))).toEqual(acknowledged);
    expect(await pushes.send(sealedText('<!DOCTYPE xml><xml><Event>x</Event></xml>'))).toMatchObject({ status: 403 });

    const list = async (filter: string) =>
      ((await world.get(`/v1/admin/callbacks${filter}`, ADMIN).expect(200)).body as Json).items as Json[];
    await pushes.settled(3);
    expect((await list('')).map(({ event: name, state }) => [name, state])).toEqual([
      ['odd\uFFFD', 'done'],
      ['unreadable', 'unreadable'],
      ['unreadable', 'unreadable'],
    ]);
    const metrics = await (await fetch(`${world.service.url}/metrics`)).text();
    expect(metrics).toContain('piaoka_pushes{state="unreadable"} 2');
    const [, html] = await list('?state=unreadable&limit=2');
    const path = `/v1/admin/callbacks/${html?.id as string}`;
    expect((await world.get(path, ADMIN).expect(200)).body).toMatchObject({ says: { unreadable: '<html>票</html>' } });
    const [readable] = await list('?event=odd%EF%BF%BD');
    const { says } = (await world.get(`/v1/admin/callbacks/${readable?.id as string}`, ADMIN).expect(200)).body as Json;
    expect(says).toMatchObject({ 'a-b.c': '<!DOCTYPE x>', List: '{"Item":[1]}', f99: '99' });

    await world.post(`${path}/resolutions`, {}, ADMIN).expect(422);
    await world.post(`${path}/resolutions`, { reason: '已与微信核实' }, ADMIN).expect(201);
    await world.post(`${path}/resolutions`, { reason: '再次' }, ADMIN).expect(404);
    expect(await list('?state=unreadable')).toHaveLength(1);
    const trail = await query<Json>(
      world.databaseUrl,
      `SELECT object, reason FROM audit WHERE action = 'callback.seen'`,
    );
    expect(trail).toEqual([{ object: html?.id, reason: '已与微信核实' }]);
    await world.get('/v1/admin/callbacks?state=lost', ADMIN).expect(422);
    await world.get('/v1/admin/callbacks').expect(401);
  });

  it('tickets, codes and tokens in a push are shown to nobody, wherever it has them', async () => {
    const [mine, other] = ['ticket@@@mine', 'queryauthcode@@@mine'];
    const says = async (fields: Json) => {
      await pushes.forget();
      await pushes.tell(fields);
      await pushes.settled(1);
      const { items } = (await world.get('/v1/admin/callbacks', ADMIN).expect(200)).body as { items: Json[] };
      return ((await world.get(`/v1/admin/callbacks/${items[0]?.id as string}`, ADMIN).expect(200)).body as Json)
        .says as Json;
    };
    const component = { AppId: 'wx1', CreateTime: seconds(), AuthorizationCodeExpiredTime: '3600' };
    const [ComponentVerifyTicket, AuthorizationCode, PreAuthCode, auth_code] = [mine, other, other, other];
    const secrets = { ComponentVerifyTicket, AuthorizationCode, PreAuthCode, auth_code, component_access_token: mine };
    const hidden = Object.fromEntries(Object.keys(secrets).map((name) => [name, '***']));
    const nested = JSON.stringify({ list: [{ authorizer_refresh_token: mine, appid: 'wx2' }] });
    expect(await says({ ...component, InfoType: 'authorized', ...secrets, info: nested })).toEqual({
      ...{ ...component, InfoType: 'authorized', ...hidden },
      info: nested.replace(mine, '***'),
    });
    // What an order's push says of its card stays.
    const card = { Status: 'INVOICE_REIMBURSE_LOCK', CardId: 'p', Code: '123' };
    expect(await says(event('update_invoice_status', card))).toMatchObject(card);
  });

  it.each([
    ['<a><ComponentVerifyTicket><![CDATA[ticket@@@x]]></ComponentVerifyTicket>', '<![CDATA[***]]>'],
    ['<a><PreAuthCode>ticket@@@x', '<PreAuthCode>***'],
    ['["AuthorizationCode", {"AuthorizationCode": "ticket@@@x\\"y"}]', '"AuthorizationCode": "***"}]'],
  ])('nor in a text that nobody can read: %s', (text, shown) => {
    expect(masked({ unreadable: text }).unreadable).toContain(shown);
    expect(masked({ unreadable: text }).unreadable).not.toContain('ticket@@@');
  });

  it('a page of pushes ends where the next one begins', async () => {
    for (let n = 0; n < 3; n += 1) await pushes.tell(event('subscribe', { EventKey: String(n) }));
    const page = async (query: string) =>
      (await world.get(`/v1/admin/callbacks?limit=2${query}`, ADMIN).expect(200)).body as Json;
    const first = await page('');
    const second = await page(`&cursor=${first.next_cursor as string}`);
    expect([first.items.length, first.has_more, second.items.length, second.next_cursor]).toEqual([2, true, 1, null]);
  });
});
