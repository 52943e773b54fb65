import request from 'supertest';
import { query } from '../support/databases';
import { loadConfig } from '../../src/config';
import { makeLog } from '../../src/log';
import { startService } from '../../src/service';
import { APPID, environment, Json, KEY, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const MERCHANT = 'wx1111111111111111';
const AES_KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const CONTACT = { phone: '021-88888888', time_out: 12345 };
const FIELDS = { user_field: { show_title: 1 }, biz_field: { show_title: 1, show_tax_no: 1, require_tax_no: 1 } };

describe('several WeChat accounts', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
  });
  afterAll(() => world.end());

  const send = (method: 'patch' | 'put', path: string, body: object, key = ADMIN) =>
    request(world.service.url)[method](path).set('authorization', `Bearer ${key}`).send(body);
  const accounts = async () =>
    ((await world.get('/v1/admin/accounts', ADMIN).expect(200)).body as Json).items as Json[];
  const check = async (appid: string) => {
    const { body } = await world.post(`/v1/admin/accounts/${appid}/check`, {}, ADMIN).expect(200);
    return Object.fromEntries(
      ((body as Json).findings as Json[]).map(({ code, severity }) => [code as string, severity as string]),
    );
  };

  it('are added, changed and listed; no secret ever comes back, and none lies in the clear', async () => {
    const account = { appid: MERCHANT, role: 'merchant', secret: 'secret-of-the-merchant' };
    await world.post('/v1/admin/accounts', account, ADMIN).expect(201);
    await world.post('/v1/admin/accounts', account, ADMIN).expect(409);
    await send('patch', `/v1/admin/accounts/${MERCHANT}`, { secret: 'another-secret', token_kind: 'plain' }).expect(
      200,
    );
    await send('put', `/v1/admin/accounts/${MERCHANT}/callback`, {
      mode: 'safe',
      token: 'tokenoftheaccount',
      encoding_aes_key: AES_KEY,
    }).expect(200);
    const items = await accounts();
    expect(items.map(({ appid, role }) => [appid, role])).toEqual([
      [APPID, 'issuer'],
      [MERCHANT, 'merchant'],
    ]);
    expect(items[1]).toMatchObject({
      token_kind: 'plain',
      callback: { path: `/wechat/callbacks/${MERCHANT}`, mode: 'safe', set: true },
    });
    const shown = JSON.stringify(items);
    const trail = JSON.stringify(await query(world.databaseUrl, 'SELECT * FROM audit'));
    const stored = (await query<Json>(world.databaseUrl, 'SELECT * FROM accounts')).map((row) =>
      Object.values(row)
        .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)))
        .join(),
    );
    for (const secret of ['secret-of-the-merchant', 'another-secret', 'sandbox-secret', 'tokenoftheaccount', AES_KEY]) {
      expect(shown + trail + stored.join()).not.toContain(secret);
    }
    expect(trail).toContain('account.created');
  });

  it('what the audit trail cannot take is not done', async () => {
    await query(
      world.databaseUrl,
      `CREATE FUNCTION full_trail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$;
       CREATE TRIGGER full_trail BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION full_trail()`,
    );
    const stored = () =>
      query(world.databaseUrl, 'SELECT appid, role, secret, callback_mode, callback_keys FROM accounts ORDER BY appid');
    const before = await stored();
    const path = `/v1/admin/accounts/${MERCHANT}`;
    await send('patch', path, { secret: 'a-third-secret', role: 'reimburser' }).expect(500);
    await send('put', `${path}/callback`, { mode: 'plain', token: 'anothertoken' }).expect(500);
    await world.post('/v1/admin/accounts', { appid: 'wx_new', role: 'merchant', secret: 'x' }, ADMIN).expect(500);
    expect(await stored()).toEqual(before);
    await query(world.databaseUrl, 'DROP TRIGGER full_trail ON audit; DROP FUNCTION full_trail()');
    await send('patch', path, { secret: 'another-secret' }).expect(200);
    expect(await stored()).not.toEqual(before);
  });

  it('a changed secret is used at once', async () => {
    await world.post(`/v1/admin/accounts/${MERCHANT}/check`, {}, ADMIN).expect(200);
    const tokens = ((await world.get('/v1/admin/tokens', ADMIN).expect(200)).body as Json).items as Json[];
    expect(tokens.find(({ appid }) => appid === MERCHANT)).toMatchObject({ kind: 'plain', generation: 1 });
    expect(Object.keys(tokens[0] ?? {}).sort()).toEqual(
      ['age_seconds', 'appid', 'early_deaths', 'expires_at', 'fetched_at', 'findings', 'generation', 'kind'].sort(),
    );
  });

  it('the check says what is missing, and what it says helps', async () => {
    expect(await check(APPID)).toEqual({
      s_pappid_known: 'ok',
      contact_missing: 'error',
      auth_field_missing: 'warning',
      callback_unset: 'warning',
    });
    await world.get(`/v1/admin/accounts/${APPID}/attributes/contact`, ADMIN).expect(409);
    await send('put', `/v1/admin/accounts/${APPID}/attributes/contact`, CONTACT).expect(200);
    await send('put', `/v1/admin/accounts/${APPID}/attributes/auth_field`, FIELDS).expect(200);
    await send('put', `/v1/admin/accounts/${APPID}/attributes/pay_mch`, { mchid: '1230000109' }).expect(200);
    expect((await world.get(`/v1/admin/accounts/${APPID}/attributes/contact`, ADMIN).expect(200)).body).toEqual(
      CONTACT,
    );
    expect((await world.get(`/v1/admin/accounts/${APPID}/attributes/pay_mch`, ADMIN).expect(200)).body).toMatchObject({
      mchid: '1230000109',
      s_pappid: expect.stringMatching(/^d3[gh]/) as string,
    });
    expect(await check(APPID)).toEqual({
      s_pappid_known: 'ok',
      contact_set: 'ok',
      auth_field_set: 'ok',
      callback_unset: 'warning',
    });
    const [issuer] = await accounts();
    expect(issuer?.s_pappid).toMatch(/^d3[gh]/);
    expect((issuer?.findings as Json[]).length).toBe(4);
  });

  it('a merchant’s pay mch carries its issuer’s s_pappid, which is asked for in the issuer’s name', async () => {
    await world.control('POST', '/reset', { keep_tokens: true });
    const path = `/v1/admin/accounts/${MERCHANT}/attributes/pay_mch`;
    const refused = await send('put', path, { mchid: '1234567' }).expect(422);
    expect(((refused.body as Json).errors as Json[])[0]).toMatchObject({ pointer: '/s_pappid' });
    await query(
      world.databaseUrl,
      `INSERT INTO merchants (id, name, appid, issuer_appid) VALUES (gen_random_uuid(), 'second', '${MERCHANT}', '${APPID}')`,
    );
    const { body } = await send('put', path, { mchid: '1234567' }).expect(200);
    const issuer = (await accounts()).find(({ appid }) => appid === APPID) as Json;
    expect((body as Json).s_pappid).toBe(issuer.s_pappid);
    await world.post(`/v1/admin/accounts/${MERCHANT}/s_pappid`, {}, ADMIN).expect(409);
    expect((await world.requests('/card/invoice/seturl')).filter(({ appid }) => appid === MERCHANT)).toEqual([]);
    await query(world.databaseUrl, `DELETE FROM merchants WHERE name = 'second'`);
  });

  it('what WeChat was asked to set is in the audit trail, though its answer was lost', async () => {
    const { length } = await query(world.databaseUrl, 'SELECT FROM audit');
    await world.control('POST', '/faults', [{ path: '/card/invoice/setbizattr', mode: 'drop_after', times: 1 }]);
    const path = `/v1/admin/accounts/${APPID}/attributes/contact`;
    expect((await send('put', path, CONTACT)).status).toBeGreaterThan(400);
    const rows = await query(world.databaseUrl, 'SELECT action, object, data FROM audit ORDER BY at');
    expect(rows.slice(length)).toEqual([
      { action: 'account.attribute_asked', object: APPID, data: { attribute: 'contact' } },
    ]);
  });

  it('an s_pappid of another platform is found; fetching it anew mends it', async () => {
    await query(world.databaseUrl, `UPDATE accounts SET s_pappid = 'd3hmb3JlaWdu' WHERE appid = $1`, [APPID]);
    // The cache of this process still has the old one; a change of the account clears it.
    await send('patch', `/v1/admin/accounts/${APPID}`, { billing_fields: 'current' }).expect(200);
    expect(await check(APPID)).toMatchObject({ s_pappid_foreign: 'error' });
    await world.post(`/v1/admin/accounts/${APPID}/s_pappid`, {}, ADMIN).expect(200);
    expect(await check(APPID)).toMatchObject({ s_pappid_known: 'ok' });
  });

  it.each([
    ['the permission is missing', { path: '/card/*', errcode: 48001 }, 'capability_missing'],
    ['the address is not whitelisted', { path: '/cgi-bin/*', errcode: 40164 }, 'token_refused'],
    ['WeChat is busy', { path: '/card/*', errcode: -1 }, 'wechat_unclear'],
  ])('%s: one finding that says so', async (_, fault, code) => {
    const appid = `wx_${code}`;
    await world.post('/v1/admin/accounts', { appid, role: 'merchant', secret: 'x' }, ADMIN).expect(201);
    await world.control('POST', '/faults', [{ ...fault, appid, mode: 'errcode', applied: false }]);
    expect(Object.keys(await check(appid))).toEqual([code, 'callback_unset']);
    await world.control('DELETE', '/faults');
  });

  it('a reimburser is not asked for an issuer’s permission, nor a platform without users of its own for a contact', async () => {
    await world.control('POST', '/faults', [
      { path: '/card/invoice/setbizattr', errcode: 48001, appid: 'wx_reads', mode: 'errcode', applied: false },
    ]);
    for (const [appid, role] of [
      ['wx_reads', 'reimburser'],
      ['wx_platform', 'issuer'],
    ] as const) {
      await world.post('/v1/admin/accounts', { appid, role, secret: 'x' }, ADMIN).expect(201);
    }
    expect(await check('wx_reads')).toEqual({});
    expect(await check('wx_platform')).toEqual({ s_pappid_known: 'ok', callback_unset: 'warning' });
    await world.control('DELETE', '/faults');
  });

  it('the service checks its accounts when it starts', async () => {
    const fresh = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    try {
      await expect(
        within(
          async () => {
            const { items } = (await fresh.get('/v1/admin/accounts', ADMIN).expect(200)).body as Json;
            return ((items as Json[])[0]?.findings as Json[]).map(({ code }) => code as string);
          },
          (codes) => codes.length > 0,
        ),
      ).resolves.toContain('contact_missing');
    } finally {
      await fresh.end();
    }
  });

  it('what an administrator changed outlives a start; what the environment says anew replaces it', async () => {
    const restart = async (env: Record<string, string>) => {
      const config = loadConfig(
        environment(world.databaseUrl, world.sandbox.url, { BOOTSTRAP_ADMIN_KEY: ADMIN, ...env }),
      );
      await (await startService(config, makeLog('silent'))).close();
    };
    const merchant = async () =>
      (((await world.get('/v1/admin/merchants', ADMIN).expect(200)).body as Json).items as Json[])[0] as Json;
    const kinds = async () => {
      const { token_kind, billing_fields } = (await accounts()).find(({ appid }) => appid === APPID) as Json;
      return [token_kind, billing_fields, (await merchant()).card_id];
    };
    await send('patch', `/v1/admin/accounts/${APPID}`, { token_kind: 'plain', secret: 'changed-by-hand' }).expect(200);
    await send('patch', `/v1/admin/merchants/${(await merchant()).id as string}`, { card_id: 'p_by_hand' }).expect(200);
    await restart({});
    expect(await kinds()).toEqual(['plain', 'current', 'p_by_hand']);
    await restart({ BILLING_FIELDS: 'classic', BOOTSTRAP_CARD_ID: 'p_from_the_environment' });
    expect(await kinds()).toEqual(['stable', 'classic', 'p_from_the_environment']);
    await restart({});
  });

  it('bad requests are named, and the door is for administrators', async () => {
    const { body } = await world
      .post('/v1/admin/accounts', { appid: 'a b', role: 'king', extra: 1 }, ADMIN)
      .expect(422);
    expect(((body as Json).errors as Json[]).map(({ pointer }) => pointer as string).sort()).toEqual([
      '/appid',
      '/extra',
      '/role',
      '/secret',
    ]);
    await send('put', `/v1/admin/accounts/${APPID}/callback`, {
      mode: 'plain',
      token: 'abc',
      encoding_aes_key: AES_KEY,
    }).expect(422);
    await send('put', `/v1/admin/accounts/${APPID}/attributes/nothing`, {}).expect(404);
    await send('patch', '/v1/admin/accounts/wx_nobody', { role: 'merchant' }).expect(404);
    await world.get('/v1/admin/accounts', KEY).expect(401);
  });
});

/** The value once it is as it should be. */
async function within<T>(look: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  for (let n = 0; n < 200; n += 1) {
    const value = await look();
    if (good(value)) return value;
    await new Promise((resume) => setTimeout(resume, 50));
  }
  throw new Error('waited in vain');
}
