import request from 'supertest';
import { order } from '../support/orders';
import { APPID as ISSUER, CARD_ID, Json, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const MERCHANT = 'wx1111111111111111';
const REIMBURSER = 'wx3333333333333333';
const CALLBACK = { token: 'tokenoftheaccount', encoding_aes_key: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' };

const SECRETS = {
  [ISSUER]: 'sandbox-secret',
  [MERCHANT]: 'secret-of-the-merchant',
  [REIMBURSER]: 'its-readers-secret',
};
const FOURTH = 'wx4444444444444444';

describe('issuer, merchant and reimburser are three accounts with secrets of their own', () => {
  let world: World;
  let serial = 0;
  beforeAll(async () => {
    world = await World.start({
      env: {
        BOOTSTRAP_ADMIN_KEY: ADMIN,
        BOOTSTRAP_MERCHANT_APPID: MERCHANT,
        WECHAT_REIMBURSER_APPID: REIMBURSER,
        WECHAT_REIMBURSER_SECRET: SECRETS[REIMBURSER],
      },
      // This WeChat knows each account's secret, and takes no other.
      sandbox: { accounts: new Map([...Object.entries(SECRETS), [FOURTH, 'secret-of-the-fourth']]) },
    });
    await admin('post', '/v1/admin/accounts', { appid: MERCHANT, role: 'merchant', secret: SECRETS[MERCHANT] });
    await admin('put', `/v1/admin/accounts/${MERCHANT}/attributes/contact`, { phone: '021-8', time_out: 7200 });
    for (const appid of [ISSUER, MERCHANT])
      await admin('put', `/v1/admin/accounts/${appid}/callback`, { mode: 'safe', ...CALLBACK });
  });
  afterAll(() => world.end());

  const admin = async (method: 'post' | 'put', path: string, body: object): Promise<Json> => {
    const answer = await request(world.service.url)[method](path).set('authorization', `Bearer ${ADMIN}`).send(body);
    expect([path, answer.status < 300]).toEqual([path, true]);
    return answer.body as Json;
  };
  const ask = async (order_id: string) => {
    const asked = { order_id, fee: 10600, source: 'wap', type: 0 };
    return ((await world.post('/v1/authorizations', asked).expect(201)).body as Json).auth_url as string;
  };
  const tap = (auth_url: string) =>
    fetch(auth_url, { method: 'POST', body: new URLSearchParams({ choice: 'authorize' }) });
  const authorized = async () => {
    const given = order();
    await tap(await ask(given.order_id));
    return given;
  };
  /** A push to `to`, about an authorisation under `about`. */
  const push = (to: string, about: string, SuccOrderId: string) =>
    world.control('POST', '/events', {
      ...{ url: `${world.service.url}/wechat/callbacks/${to}`, appid: to, attempts: 1, ...CALLBACK },
      event: 'user_authorize_invoice',
      fields: { SuccOrderId, FailOrderId: '', AuthorizeAppId: about },
    });
  const state = async (id: string) =>
    ((await world.get(`/v1/authorizations/${id}`).expect(200)).body as Json).state as string;
  /** The pushes of this order once none is new. */
  const outcomes = async (count: number): Promise<[string, string | null][]> => {
    for (;;) {
      const { items } = (await world.get('/v1/admin/callbacks', ADMIN).expect(200)).body as { items: Json[] };
      if (items.length >= count && items.every((one) => one.state !== 'received'))
        return items.map((one) => [one.appid as string, one.state as string]);
      await new Promise((resume) => setTimeout(resume, 30));
    }
  };

  /** What WeChat was asked with the token of an account, by its own ledger. */
  const carried = async () => {
    const calls = (await world.control('GET', '/ledger')).requests as { path: string; query?: Json; appid: string }[];
    const named = calls.map(({ path, query = {}, appid }) => {
      const detail = (query.action ?? query.type ?? '') as string;
      return [appid, `${path.replace(/^\/(card\/invoice|cgi-bin)\//, '')} ${detail}`.trim()] as const;
    });
    return (appid: string) => [...new Set(named.filter(([by]) => by === appid).map(([, name]) => name))].sort();
  };

  it('each call carries the token of the account that it is made for, by WeChat’s own ledger', async () => {
    const words = { payee: '示例科技', type: '数电发票', title: '示例科技', logo_url: 'https://mmbiz.qpic.cn/x/0' };
    await admin('post', '/v1/admin/templates', words);
    const given = await authorized();
    await world.get(`/v1/authorizations/${given.order_id}`).expect(200);
    await world.post('/v1/orders', given).expect(202);
    const { insertion } = await world.until(given.order_id, ['inserted']);
    const refused = order();
    await ask(refused.order_id);
    await world.post('/v1/orders', refused).expect(202);
    await world.until(refused.order_id, ['awaiting_authorization']);
    await world.post(`/v1/orders/${refused.order_id}/rejection`, { reason: '重复开票' }).expect(200);

    const { encrypt_code } = await world.control('GET', `/cards/${insertion.card_code as string}/encrypt-code`);
    const card = { card_id: CARD_ID, encrypt_code: encrypt_code as string };
    const { openid } = (await world.post('/v1/reimbursements/query', card).expect(200)).body as Json;
    await world.post('/v1/reimbursements/batch-query', { item_list: [card] }).expect(200);
    const to = (reimburse_status: string) => ({ ...card, reimburse_status });
    for (const status of ['INVOICE_REIMBURSE_LOCK', 'INVOICE_REIMBURSE_INIT'])
      await world.post('/v1/reimbursements/status', to(status)).expect(200);
    const batch = { openid: openid as string, reimburse_status: 'INVOICE_REIMBURSE_LOCK', invoice_list: [card] };
    await world.post('/v1/reimbursements/batch-status', batch).expect(200);
    await world.post('/v1/reimbursements/status', to('INVOICE_REIMBURSE_INIT')).expect(200);
    await world.post('/v1/jssdk/choose-invoice-config', { url: 'https://shop.example/' }).expect(200);
    await world.post(`/v1/orders/${given.order_id}/cancellation`, {}).expect(200);
    for (const appid of [ISSUER, MERCHANT, REIMBURSER]) await admin('post', `/v1/admin/accounts/${appid}/check`, {});
    await admin('post', `/v1/admin/accounts/${ISSUER}/probe`, { reason: '上线前', upload_mib: [] });

    const by = await carried();
    expect(by(ISSUER)).toEqual(
      ['insert', 'openapi/quota/get', 'platform/createcard', 'platform/setpdf', 'platform/updatestatus']
        .concat(['setbizattr get_contact', 'seturl', 'stable_token'])
        .sort(),
    );
    expect(by(MERCHANT)).toEqual(
      ['getauthdata', 'getauthurl', 'rejectinsert', 'setbizattr get_auth_field', 'setbizattr get_contact']
        .concat(['setbizattr set_contact', 'stable_token', 'ticket/getticket wx_card'])
        .sort(),
    );
    expect(by(REIMBURSER)).toEqual(
      ['getinvoicebatch', 'getinvoiceinfo', 'updateinvoicestatus', 'updatestatusbatch']
        .map((name) => `reimburse/${name}`)
        .concat(['setbizattr get_contact', 'stable_token', 'ticket/getticket jsapi', 'ticket/getticket wx_card'])
        .sort(),
    );
  });

  it('a call with another account’s token would stand there under that account', async () => {
    const login = { grant_type: 'client_credential', appid: REIMBURSER, secret: SECRETS[REIMBURSER] };
    const url = `${world.sandbox.url}/cgi-bin/stable_token`;
    const { access_token } = (await (await fetch(url, { method: 'POST', body: JSON.stringify(login) })).json()) as Json;
    const address = `${world.sandbox.url}/card/invoice/seturl?access_token=${access_token as string}`;
    expect((await carried())(REIMBURSER)).not.toContain('seturl');
    await fetch(address, { method: 'POST', body: '{}' });
    expect((await carried())(REIMBURSER)).toContain('seturl');
  });

  it('another account’s secret opens nothing, and the check says so', async () => {
    await admin('post', '/v1/admin/accounts', { appid: FOURTH, role: 'merchant', secret: SECRETS[MERCHANT] });
    const { findings } = await admin('post', `/v1/admin/accounts/${FOURTH}/check`, {});
    expect((findings as Json[])[0]).toMatchObject({ code: 'token_refused', severity: 'error', errcode: 40125 });
    expect((await carried())(FOURTH)).toEqual(['stable_token']);
  });

  it('a push about the merchant’s users is taken at its own address and at its issuer’s, and at nobody else’s', async () => {
    const ids = Array.from({ length: 4 }, () => `PUSH${(serial += 1)}`) as [string, string, string, string];
    for (const id of ids) await ask(id);
    const [own, issuers, foreign, reversed] = ids;
    await push(MERCHANT, MERCHANT, own);
    await push(ISSUER, MERCHANT, issuers);
    // An account may not speak for one that it does not issue for, however well it signs.
    await push(ISSUER, 'wx_of_somebody_else', foreign);
    await push(MERCHANT, ISSUER, reversed);
    expect((await outcomes(4)).map(([, is]) => is)).toEqual(['parked', 'parked', 'done', 'done']);
    expect(await Promise.all(ids.map(state))).toEqual(['authorized', 'authorized', 'asked', 'asked']);
  });
});
