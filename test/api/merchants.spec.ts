import request from 'supertest';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { APPID, Json, KEY, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const WATCHER = 'pk_watch_8f3a61c4d27b90e5a1f6037bc95e24d8';

describe('merchants and their keys are administered over HTTP', () => {
  let world: World;
  let shop: Json;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api', BOOTSTRAP_ADMIN_KEY: ADMIN } });
    await query(
      world.databaseUrl,
      `INSERT INTO operators (id, name, role, key_sha256) VALUES (gen_random_uuid(), 'watcher', 'viewer', sha256($1::text::bytea))`,
      [WATCHER],
    );
    shop = (
      await admin('post', '', { name: '示例商店', appid: APPID, card_id: 'pShop', issuer_appid: APPID }).expect(201)
    ).body as Json;
  });
  afterAll(() => world.end());

  const admin = (method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: Json, key = ADMIN) => {
    const agent = request(world.service.url);
    const asked = agent[method](`/v1/admin/merchants${path}`).set('authorization', `Bearer ${key}`);
    return body === undefined ? asked : asked.send(body);
  };
  const newKey = async (changes: Json = {}): Promise<Json> =>
    (
      await admin('post', `/${shop.id}/keys`, {
        label: 'ERP',
        scopes: ['orders:write', 'orders:read'],
        ...changes,
      }).expect(201)
    ).body as Json;
  const keys = async () => ((await admin('get', `/${shop.id}/keys`).expect(200)).body as Json).items as Json[];

  it('a new merchant with a new key posts its first order', async () => {
    expect(shop).toMatchObject({ name: '示例商店', card_id: 'pShop', strict: [], relaxed: [], pdf_check: null });
    const { key, ...shown } = await newKey();
    expect(key).toMatch(/^pk_[0-9a-f]{48}$/);
    const given = order();
    const accepted = await world.post('/v1/orders', given, key as string).expect(202);
    expect(accepted.body).toMatchObject({ card_id: 'pShop' });
    await world.get(`/v1/orders/${given.order_id}`, KEY).expect(404);

    const [listed] = (await keys()).filter(({ id }) => id === shown.id);
    expect(listed).toMatchObject({ label: 'ERP', live: true, expires_at: null, revoked_at: null });
    // Used this hour, told to the hour.
    expect(listed?.last_used_at).toMatch(/:00:00\+08:00$/);
    expect(JSON.stringify(await keys())).not.toContain(key);
    expect(JSON.stringify(await query(world.databaseUrl, 'SELECT * FROM audit'))).not.toContain(key);
  });

  it('a key whose answer was lost on its way is no second key', async () => {
    const create = () =>
      admin('post', `/${shop.id}/keys`, { label: 'lost', scopes: ['orders:write'] }).set('idempotency-key', 'lost-key');
    const first = await create().expect(201);
    expect((await create().expect(201).expect('idempotent-replayed', 'true')).body).toEqual(first.body);
    // The process died after the commit: nobody has seen the key, so another stands in its place.
    await query(
      world.databaseUrl,
      `UPDATE idempotency_keys SET answer = NULL, running_until = now() WHERE key = 'lost-key'`,
    );
    const { body } = await create().expect(201);
    expect((await keys()).filter(({ label }) => label === 'lost')).toMatchObject([{ id: first.body.id, live: true }]);
    await world.post('/v1/orders', order(), body.key as string).expect(202);
    await world.post('/v1/orders', order(), first.body.key as string).expect(401);
  });

  it('two keys live while a merchant rotates; the revoked one is dead at once, the other goes on', async () => {
    const [old, fresh] = [await newKey({ label: 'old' }), await newKey({ label: 'new' })];
    for (const { key } of [old, fresh]) await world.get('/v1/orders', key as string).expect(200);
    await admin('delete', `/${shop.id}/keys/${old.id}?reason=rotated`).expect(204);
    await world.get('/v1/orders', old.key as string).expect(401);
    await world.get('/v1/orders', fresh.key as string).expect(200);
    await admin('delete', `/${shop.id}/keys/${old.id}`).expect(404);
    expect((await keys()).find(({ id }) => id === old.id)).toMatchObject({ live: false });
  });

  it('a key does what its scopes say, until it expires', async () => {
    const checker = await newKey({ scopes: ['invoices:check'], expires_at: new Date(Date.now() + 4000).toISOString() });
    await world.post('/v1/invoices/check', { invoice: order().invoice }, checker.key as string).expect(200);
    await world.post('/v1/orders', order(), checker.key as string).expect(403);
    await query(world.databaseUrl, `UPDATE merchant_keys SET expires_at = now() WHERE id = $1`, [checker.id]);
    await admin('patch', `/${shop.id}`, { card_id: 'pShop2' }).expect(200);
    await world.post('/v1/invoices/check', {}, checker.key as string).expect(401);
    expect((await keys()).find(({ id }) => id === checker.id)).toMatchObject({ live: false, revoked_at: null });
  });

  it('what is changed counts at once; what is not given stays', async () => {
    const { key } = await newKey();
    const doubtful = () => {
      const given = order();
      given.invoice.cashier = '示例';
      return given;
    };
    await world.post('/v1/orders', doubtful(), key as string).expect(202);
    const changed = await admin('patch', `/${shop.id}`, {
      strict: ['INVOICE-TEXT-02'],
      pdf_check: 'fast',
      reason: 'asked',
    }).expect(200);
    expect(changed.body).toMatchObject({ name: '示例商店', strict: ['INVOICE-TEXT-02'], pdf_check: 'fast' });
    await world.post('/v1/orders', doubtful(), key as string).expect(422);
    await admin('patch', `/${shop.id}`, { strict: [], pdf_check: null, card_id: null }).expect(200);
    await world.post('/v1/orders', doubtful(), key as string).expect(422, /ORDER-CARD-01/);
    await admin('patch', `/${shop.id}`, { card_id: 'pShop' }).expect(200);
    await world.post('/v1/orders', doubtful(), key as string).expect(202);
  });

  it('faults are named: codes that cannot be chosen, unknown accounts, times past, names taken', async () => {
    const pointers = async (asked: request.Test) =>
      (((await asked.expect(422)).body as Json).errors as Json[]).map(({ pointer }) => pointer as string);
    expect(
      await pointers(
        admin('patch', `/${shop.id}`, {
          issuer_appid: 'wx_unknown',
          strict: ['INVOICE-TEXT-02', 'INVOICE-AMOUNT-01'],
          relaxed: ['INVOICE-NUMBER-01'],
        }),
      ),
    ).toEqual(['/issuer_appid', '/strict/1', '/relaxed/0']);
    expect(await pointers(admin('post', '', { name: '', pdf_check: 'never' }))).toEqual(
      expect.arrayContaining(['/name', '/appid', '/issuer_appid', '/pdf_check']),
    );
    expect(await pointers(admin('post', `/${shop.id}/keys`, { label: 'x', scopes: [] }))).toEqual(['/scopes']);
    expect(await pointers(admin('post', `/${shop.id}/keys`, { label: 'x', scopes: ['everything'] }))).toEqual([
      '/scopes/0',
    ]);
    expect(
      await pointers(
        admin('post', `/${shop.id}/keys`, { label: 'x', scopes: ['orders:read'], expires_at: '2020-01-01' }),
      ),
    ).toEqual(['/expires_at']);
    const twin = { name: '示例商店', appid: APPID, issuer_appid: APPID };
    expect((await admin('post', '', twin).expect(409)).body).toMatchObject({ code: 'merchant_exists' });
    for (const path of ['/x', '/00000000-0000-0000-0000-000000000000']) {
      await admin('get', path).expect(404);
      await admin('get', `${path}/keys`).expect(404);
      await admin('patch', path, {}).expect(404);
    }
  });

  it('lists in pages', async () => {
    const first = (await admin('get', '?limit=1').expect(200)).body as Json;
    expect([(first.items as Json[]).length, first.has_more]).toEqual([1, true]);
    const second = (await admin('get', `?limit=1&cursor=${first.next_cursor}`).expect(200)).body as Json;
    expect(second).toMatchObject({ has_more: false, next_cursor: null });
    expect([first, second].flatMap(({ items }) => (items as Json[]).map(({ name }) => name as string))).toEqual([
      'bootstrap',
      '示例商店',
    ]);
    await admin('get', '?limit=x').expect(422);
  });

  it('all keys on one list: whose they are, what they may, whether they live; never a key', async () => {
    const fresh = await newKey({ label: 'listed', scopes: ['orders:read'] });
    const dead = await newKey({ label: 'dead' });
    await admin('delete', `/${shop.id}/keys/${dead.id}`).expect(204);
    const ran = await newKey({ label: 'ran out', expires_at: new Date(Date.now() + 60_000).toISOString() });
    await query(world.databaseUrl, `UPDATE merchant_keys SET expires_at = now() WHERE id = $1`, [ran.id]);
    const list = async (given = '', key = ADMIN) =>
      (await world.get(`/v1/admin/keys?${given}`, key).expect(200)).body as Json;
    const all = (await list('limit=200', WATCHER)) as { items: Json[]; has_more: boolean };
    const of = (id: unknown) => all.items.find((one) => one.id === id);
    expect(of(fresh.id)).toEqual({
      ...{ id: fresh.id, holder: 'merchant', name: '示例商店', merchant: shop.id, label: 'listed' },
      ...{ scopes: ['orders:read'], role: null, live: true, created_at: fresh.created_at },
      ...{ expires_at: null, revoked_at: null, last_used_at: null },
    });
    expect([of(dead.id)?.live, of(ran.id)?.live, typeof of(dead.id)?.revoked_at]).toEqual([false, false, 'string']);
    const operators = all.items.filter(({ holder }) => holder === 'operator');
    expect(operators.map(({ name, role, merchant }) => [name, role, merchant] as unknown[]).sort()).toEqual([
      ['bootstrap administrator', 'administrator', null],
      ['watcher', 'viewer', null],
    ]);
    const hashes = await query<{ hash: string }>(
      world.databaseUrl,
      `SELECT encode(key_sha256, 'hex') AS hash FROM merchant_keys UNION ALL SELECT encode(key_sha256, 'hex') FROM operators`,
    );
    expect(hashes).toHaveLength(all.items.length);
    for (const secret of [KEY, ADMIN, WATCHER, fresh.key as string, ...hashes.map(({ hash }) => hash)]) {
      expect(JSON.stringify(all)).not.toContain(secret);
    }

    // Page by page it is the same list, newest first.
    const paged: Json[] = [];
    for (let cursor = ''; ;) {
      const page = await list(`limit=2${cursor}`);
      paged.push(...(page.items as Json[]));
      if (!page.has_more) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(paged.map(({ id }) => id as string)).toEqual(all.items.map(({ id }) => id as string));
    expect(all.items.map(({ created_at }) => created_at as string)).toEqual(
      all.items
        .map(({ created_at }) => created_at as string)
        .sort()
        .reverse(),
    );
    const ids = async (given: string) => ((await list(given)).items as Json[]).map(({ id }) => id as string);
    expect(await ids('holder=operator&limit=200')).toEqual(operators.map(({ id }) => id as string));
    expect(await ids(`merchant=${shop.id}&live=false&limit=200`)).toEqual(
      all.items.filter(({ merchant, live }) => merchant === shop.id && !live).map(({ id }) => id as string),
    );
    await world.get('/v1/admin/keys?live=maybe&owner=x', ADMIN).expect(422);
    await world.get('/v1/admin/keys', KEY).expect(401);
  });

  it('who may: everybody with a role looks, administrators act; a merchant’s key is nobody', async () => {
    await admin('get', '', undefined, WATCHER).expect(200);
    await admin('get', `/${shop.id}/keys`, undefined, WATCHER).expect(200);
    await admin('post', '', { name: 'x', appid: APPID, issuer_appid: APPID }, WATCHER).expect(403);
    await admin('post', `/${shop.id}/keys`, { label: 'x', scopes: ['orders:read'] }, WATCHER).expect(403);
    await admin('patch', `/${shop.id}`, { name: 'x' }, WATCHER).expect(403);
    await admin('get', '', undefined, KEY).expect(401);
  });

  it('the trail says who did what, and an act that fails leaves none', async () => {
    const trail = await query<Json>(
      world.databaseUrl,
      'SELECT actor, action, reason, data FROM audit WHERE chain = $1 ORDER BY seq',
      [shop.id],
    );
    expect(new Set(trail.map(({ actor }) => actor as string))).toEqual(new Set(['bootstrap administrator']));
    expect(trail[0]).toMatchObject({ action: 'merchant.created', data: { name: '示例商店' } });
    expect(trail).toContainEqual(
      expect.objectContaining({ action: 'key.revoked', reason: 'rotated', data: { label: 'old' } }),
    );
    expect(trail).toContainEqual(
      expect.objectContaining({
        action: 'merchant.changed',
        reason: 'asked',
        data: { strict: { from: [], to: ['INVOICE-TEXT-02'] }, pdf_check: { from: null, to: 'fast' } },
      }),
    );
    const before = trail.length;
    await admin('patch', `/${shop.id}`, { relaxed: ['nothing'] }).expect(422);
    const after = await query(world.databaseUrl, 'SELECT FROM audit WHERE chain = $1', [shop.id]);
    expect(after).toHaveLength(before);
  });
});
