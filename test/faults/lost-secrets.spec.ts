import { loadConfig } from '../../src/config';
import { SEALED_PLACES } from '../../src/data/sealed-places';
import { makeLog } from '../../src/log';
import { Service, startService } from '../../src/service';
import { ADMIN, ENVIRONMENT, event, Pushes } from '../callbacks/pushes';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { APPID, environment, Json, World } from '../support/world';
import { Receiver, verified } from '../webhooks/receiver';

const CODE = 'sealed_value_lost';
/** Without the account in the environment, which would give its secret anew at each start. */
const NO_ACCOUNT = {
  WECHAT_APPID: '',
  WECHAT_SECRET: '',
  BOOTSTRAP_MERCHANT_KEY: '',
  WECHAT_CALLBACK_TOKEN: '',
  WECHAT_CALLBACK_AES_KEY: '',
};

describe('a secret, token, push or answer that cannot be opened is named, and replaced where that is possible', () => {
  let receiver: Receiver;
  let pushes: Pushes;
  let api: World;
  const env = () => ({ WEBHOOK_ALLOW: receiver.place, WEBHOOK_SCHEDULE: '0s,1s,1s,1s,1s,1s', ...ENVIRONMENT });
  beforeAll(async () => {
    receiver = await Receiver.start();
    pushes = await Pushes.start({ env: { ...env(), ROLE: 'api' } });
    api = pushes.world;
    await api.control('PUT', '/profile', { authorizations: 'implied' });
  });
  afterAll(async () => {
    await api.end();
    await receiver.close();
  });

  const rot = async (table: string, column: string) => {
    const touched = await query(
      api.databaseUrl,
      `UPDATE ${table} SET ${column} = set_byte(${column}, octet_length(${column}) - 1,
              get_byte(${column}, octet_length(${column}) - 1) # 1) WHERE ${column} IS NOT NULL RETURNING 1`,
    );
    expect([table, touched.length > 0]).toEqual([table, true]);
  };
  let running: Service[] = [];
  /** One that remembers nothing of before. */
  const fresh = async (more: Record<string, string> = {}): Promise<Service> => {
    const given = environment(api.databaseUrl, api.sandbox.url, { ...env(), ...more });
    const service = await startService(loadConfig(given), makeLog('silent'));
    running.push(service);
    return service;
  };
  afterEach(async () => {
    await Promise.all(running.map((service) => service.close()));
    running = [];
  });
  const post = async () => {
    const given = order();
    await api.post('/v1/orders', given).expect(202);
    return given.order_id;
  };
  const inserted = async () => expect((await api.until(await post(), ['inserted'])).state).toBe('inserted');
  const eventually = async (look: () => Promise<boolean>) => {
    for (let n = 0; !(await look()); n += 1) {
      if (n > 400) throw new Error('waited in vain');
      await new Promise((resume) => setTimeout(resume, 50));
    }
  };

  it('token and ticket: fetched anew', async () => {
    const service = await fresh();
    const sign = () =>
      fetch(`${service.url}/v1/jssdk/choose-invoice-config`, {
        method: 'POST',
        headers: {
          authorization: 'Bearer pk_test_8f3a61c4d27b90e5a1f6037bc95e24d8',
          'content-type': 'application/json',
        },
        body: JSON.stringify({ url: 'https://any.example/' }),
      });
    expect((await sign()).status).toBe(200);
    await service.close();
    await rot('wechat_tokens', 'token');
    await rot('wechat_tickets', 'ticket');
    const before = (await api.requests('/cgi-bin/stable_token')).length;
    const again = await fresh();
    await inserted();
    expect((await api.post('/v1/jssdk/choose-invoice-config', { url: 'https://any.example/' })).status).toBe(200);
    await again.close();
    expect((await api.requests('/cgi-bin/stable_token')).length).toBe(before + 1);
  });

  it('an account’s secret: its orders are held, the reason told, until it is given anew', async () => {
    await rot('accounts', 'secret');
    await query(api.databaseUrl, 'DELETE FROM wechat_tokens');
    const service = await fresh(NO_ACCOUNT);
    const id = await post();
    await api.until(id, ['held']);
    const [hold] = ((await api.get('/v1/admin/holds', ADMIN).expect(200)).body as { items: Json[] }).items;
    expect(hold).toMatchObject({
      appid: APPID,
      reason: 'account_secret_lost',
      advice: expect.stringMatching(/secret/) as string,
    });
    const check = await fetch(`${service.url}/v1/admin/accounts/${APPID}/check`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    expect(((await check.json()) as { findings: Json[] }).findings).toMatchObject([{ code: 'secret_lost' }]);
    const given = await fetch(`${service.url}/v1/admin/accounts/${APPID}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ secret: 'sandbox-secret' }),
    });
    expect(given.status).toBe(200);
    await query(api.databaseUrl, 'UPDATE holds SET next_canary_at = now() WHERE lifted_at IS NULL');
    await api.until(id, ['inserted']);
    await service.close();
    // One of the environment is given anew by it.
    await rot('accounts', 'secret');
    await rot('accounts', 'callback_keys');
    await query(api.databaseUrl, 'DELETE FROM wechat_tokens');
    const restarted = await fresh();
    await inserted();
    await restarted.close();
  });

  it('a webhook’s secret: nothing is sent unsigned, the delivery says why, and a rotation heals it', async () => {
    const { body: endpoint } = await api.post('/v1/webhook_endpoints', { url: receiver.url('/lost') }).expect(201);
    await rot('webhook_endpoints', 'secret');
    const service = await fresh();
    await inserted();
    const deliveries = async () =>
      ((await api.get('/v1/webhook_deliveries').expect(200)).body as { items: Json[] }).items;
    await eventually(async () => JSON.stringify(await deliveries()).includes('secret_lost'));
    expect(receiver.received.filter(({ path }) => path === '/lost')).toEqual([]);
    const { body } = await api.post(`/v1/webhook_endpoints/${(endpoint as Json).id}/secret_rotation`, {}).expect(201);
    const [heard] = await receiver.until('/lost', 1);
    expect(verified((body as Json).secret as string, heard!)).toMatchObject({ type: 'invoice.card.inserted' });
    await service.close();
  });

  it('a push that was kept: waits for a person as unreadable, and is processed once', async () => {
    await pushes.tell(event('update_invoice_status', { Status: 'INVOICE_REIMBURSE_LOCK', CardId: 'c', Code: '1' }));
    await rot('callbacks', 'body');
    const service = await fresh();
    expect(await pushes.settled(1)).toMatchObject([{ state: 'unreadable', outcome: CODE }]);
    await service.close();
    const { items } = (await api.get('/v1/admin/callbacks', ADMIN).expect(200)).body as { items: Json[] };
    const one = (await api.get(`/v1/admin/callbacks/${items[0]?.id}`, ADMIN).expect(200)).body as Json;
    expect(one).toMatchObject({ state: 'unreadable', outcome: CODE, tries: 1, says: {} });
  });

  it('an answer under an Idempotency-Key: a repetition is told, and does nothing twice', async () => {
    const add = () =>
      api.post('/v1/webhook_endpoints', { url: receiver.url('/twice') }).set('idempotency-key', 'lost-1');
    await add().expect(201);
    await rot('idempotency_keys', 'answer');
    expect((await add().expect(409)).body).toMatchObject({ code: CODE });
    const { items } = (await api.get('/v1/webhook_endpoints').expect(200)).body as { items: Json[] };
    expect(items.filter(({ url }) => String(url).endsWith('/twice'))).toHaveLength(1);
  });

  it('a user’s title: the authorisation is shown as far as it is known', async () => {
    await query(
      api.databaseUrl,
      `INSERT INTO authorizations (merchant_id, id, appid, order_id, issuer_appid, state, person, type, asked_at)
       SELECT id, gen_random_uuid(), appid, 'A1', issuer_appid, 'authorized', '\\x01'::bytea || repeat('x', 40)::bytea, 0, now()
         FROM merchants`,
    );
    expect((await api.get('/v1/authorizations/A1').expect(200)).body).toMatchObject({ state: 'authorized' });
  });

  it('the list of sealed columns is whole: what is stored as bytes and is neither a digest nor a file is in it', async () => {
    const columns = await query<{ name: string }>(
      api.databaseUrl,
      `SELECT c.relname || '.' || a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND a.atttypid = 'bytea'::regtype AND a.attnum > 0 ORDER BY 1`,
    );
    const open =
      /sha256$|^callbacks\.dedupe$|^idempotency_keys\.caller$|^audit_anchors\.signature$|^report_parts\.body$/;
    expect(columns.map(({ name }) => name).filter((name) => !open.test(name))).toEqual(
      SEALED_PLACES.map(({ table, column }) => `${table}.${column}`).sort(),
    );
  });
});
