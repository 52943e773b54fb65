import { createHash, randomUUID } from 'node:crypto';
import { order } from '../support/orders';
import { query } from '../support/databases';
import { APPID, Json, World } from '../support/world';

const OTHER_KEY = 'pk_other_8f3a61c4d27b90e5a1f6037bc95e24d8';
const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const READ_ONLY_KEY = 'pk_reader_8f3a61c4d27b90e5a1f6037bc95e24';

describe('two merchants on one installation', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api', BOOTSTRAP_ADMIN_KEY: ADMIN } });
    const merchant = randomUUID();
    await query(
      world.databaseUrl,
      `INSERT INTO merchants (id, name, appid, card_id, issuer_appid) VALUES ($1, 'other', $2, 'pOther', $2)`,
      [merchant, APPID],
    );
    for (const [key, scopes] of [
      [OTHER_KEY, ['orders:write', 'orders:read']],
      [READ_ONLY_KEY, ['orders:read']],
    ] as const) {
      await query(
        world.databaseUrl,
        `INSERT INTO merchant_keys (id, merchant_id, key_sha256, label, scopes) VALUES ($1, $2, $3, $4, $5)`,
        [randomUUID(), merchant, createHash('sha256').update(key).digest(), key.slice(0, 8), scopes],
      );
    }
  });
  afterAll(() => world.end());

  it('see nothing of each other, and cannot tell unknown from foreign', async () => {
    const mine = order();
    await world.post('/v1/orders', mine).expect(202);
    for (const path of [
      `/v1/orders/${mine.order_id}`,
      `/v1/orders/${mine.order_id}/events`,
      `/v1/orders/${mine.order_id}/pdf`,
    ]) {
      const foreign = await world.get(path, OTHER_KEY).expect(404);
      const unknown = await world.get(path.replace(mine.order_id, 'none'), OTHER_KEY).expect(404);
      expect({ ...foreign.body, request_id: '' }).toEqual({ ...unknown.body, request_id: '' });
    }
    expect(((await world.get('/v1/orders', OTHER_KEY).expect(200)).body as Json).items).toEqual([]);
  });

  it('an order_id or an invoice of the other is taken, without a word about it', async () => {
    const mine = order();
    await world.post('/v1/orders', mine).expect(202);
    const sameOrder = await world.post('/v1/orders', { ...order(), order_id: mine.order_id }, OTHER_KEY).expect(409);
    expect(sameOrder.body).toMatchObject({ code: 'order_taken' });
    const sameInvoice = await world
      .post('/v1/orders', { ...mine, order_id: `${mine.order_id}x` }, OTHER_KEY)
      .expect(409);
    expect(sameInvoice.body).toMatchObject({ code: 'invoice_taken' });
    const samePdf = await world.post('/v1/orders', { ...order(), pdf: mine.pdf }, OTHER_KEY).expect(202);
    const told = JSON.stringify([sameOrder.body, sameInvoice.body, samePdf.body]);
    expect(told).not.toContain(mine.order_id);
    expect(told).not.toContain('PDF-SHARED-01');
    // The administrator is told of both, and in no word of whose they are.
    const { body: findings } = await world.get('/v1/admin/findings?class=taken', ADMIN).expect(200);
    expect(findings.items).toMatchObject([
      {
        state: 'open',
        order_id: `${mine.order_id}x`,
        explanation_en: expect.stringContaining('another merchant’s order'),
      },
      { state: 'open', order_id: mine.order_id, explanation_en: expect.stringContaining('order number') },
    ]);
    await world.post('/v1/orders', { ...order(), order_id: mine.order_id }, OTHER_KEY).expect(409);
    expect((await world.get('/v1/admin/findings?class=taken', ADMIN).expect(200)).body.items).toHaveLength(2);
    // What was refused has left nothing behind.
    await world.get(`/v1/orders/${mine.order_id}x`, OTHER_KEY).expect(404);
  });

  it('a key without the scope may not', async () => {
    expect((await world.post('/v1/orders', order(), READ_ONLY_KEY).expect(403)).body).toMatchObject({
      code: 'forbidden',
    });
  });

  it('row-level security is the net: every table with a merchant has it, forced, and an unset merchant sees nothing', async () => {
    const tables = await query<{ table: string; forced: boolean }>(
      world.databaseUrl,
      `SELECT c.relname AS table, c.relrowsecurity AND c.relforcerowsecurity AS forced
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'merchant_id'
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND c.relname NOT IN ('merchant_keys', 'holds')`,
    );
    expect(tables.length).toBeGreaterThanOrEqual(7);
    expect(tables.filter(({ forced }) => !forced)).toEqual([]);
    const mine = order();
    await world.post('/v1/orders', mine).expect(202);
    const [{ merchant_id: owner }] = (await query(world.databaseUrl, 'SELECT merchant_id FROM orders LIMIT 1')) as [
      Json,
    ];
    const [unset, somebodyElse, own] = await Promise.all(
      ['', `SET piaoka.merchant_id = '${randomUUID()}'`, `SET piaoka.merchant_id = '${owner}'`].map(async (setting) => {
        const rows = await query(world.databaseUrl, 'SELECT * FROM orders', [], `SET ROLE piaoka_api; ${setting}`);
        return rows.length;
      }),
    );
    expect([unset, somebodyElse]).toEqual([0, 0]);
    expect(own).toBeGreaterThan(0);
  });

  it('the api’s role can write nothing, the engine’s role cannot read secrets', async () => {
    const as = (role: string, statement: string) => query(world.databaseUrl, statement, [], `SET ROLE ${role}`);
    for (const statement of [
      'DELETE FROM orders',
      `UPDATE insertions SET state = 'inserted'`,
      'SELECT * FROM merchant_keys',
      'SELECT * FROM accounts',
    ]) {
      await expect(as('piaoka_api', statement)).rejects.toThrow(/permission denied/);
    }
    for (const statement of [
      'SELECT * FROM accounts',
      'SELECT * FROM wechat_tokens',
      'DELETE FROM events',
      'UPDATE orders SET appid = 1',
      'DELETE FROM attempts',
    ]) {
      await expect(as('piaoka_engine', statement)).rejects.toThrow(/permission denied/);
    }
  });
});
