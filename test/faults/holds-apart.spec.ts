import request from 'supertest';
import { addIssuer, addMerchant } from '../support/merchants';
import { order } from '../support/orders';
import { query } from '../support/databases';
import { APPID, CARD_ID, Json, KEY, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const INSERT = '/card/invoice/insert';
const ELSEWHERE = 'wx2222222222222222';

/** Two issuer accounts; behind the first stand two merchants, behind the second one. */
describe('a hold holds one account, and all that is behind it', () => {
  let world: World;
  let neighbour: string;
  let stranger: string;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    await addIssuer(world, ADMIN, ELSEWHERE);
    neighbour = await merchant('邻家', APPID, CARD_ID);
    stranger = await merchant('他处', ELSEWHERE, 'pElsewhere');
  });
  afterEach(async () => {
    await world.control('DELETE', '/faults');
    await query(world.databaseUrl, `UPDATE holds SET lifted_at = now(), lifted_by = 'test' WHERE lifted_at IS NULL`);
  });
  afterAll(() => world.end());

  const merchant = async (name: string, issuer: string, cardId: string) =>
    (await addMerchant(world, ADMIN, { name, issuer, cardId })).key;

  /** An order that its user has authorised; `appid` is where. */
  async function posted(key: string, appid = APPID): Promise<string> {
    const { card_id: _, appid: __, ...given } = order();
    await world.control('POST', '/authorizations', [{ order_id: given.order_id, appid }]);
    await world.post('/v1/orders', given, key).expect(202);
    return given.order_id;
  }

  const inserts = async () => (await world.requests(INSERT)).map(({ order_id }) => order_id as string);
  const canaryNow = () =>
    query(
      world.databaseUrl,
      'UPDATE holds SET next_canary_at = now() WHERE lifted_at IS NULL AND next_canary_at IS NOT NULL',
    );
  const pause = (ms: number) => new Promise((resume) => setTimeout(resume, ms));

  it('another account’s orders go on at that very moment; a neighbour behind the held one waits too, and costs no try', async () => {
    const fault = { path: INSERT, appid: APPID, mode: 'errcode', errcode: 48001, applied: false };
    await world.control('POST', '/faults', [fault]);
    const first = await posted(KEY);
    await world.until(first, ['held']);
    const asked = (await inserts()).length;
    const behind = await posted(neighbour);
    const apart = await Promise.all([1, 2, 3].map(() => posted(stranger, ELSEWHERE)));
    for (const id of apart) await world.until(id, ['inserted'], 10_000, stranger);
    expect((await world.order(behind, neighbour)).state).toBe('held');
    expect((await inserts()).slice(asked).sort()).toEqual([...apart].sort());

    // One canary for the account, not one for each merchant behind it.
    await canaryNow();
    await pause(1000);
    expect((await inserts()).length).toBe(asked + apart.length + 1);
    await world.control('DELETE', '/faults');
    await canaryNow();
    await world.until(first, ['inserted']);
    await world.until(behind, ['inserted'], 20_000, neighbour);
    expect(await query(world.databaseUrl, 'SELECT DISTINCT tries FROM insertions')).toEqual([{ tries: 0 }]);
  });

  it('the canary is the order whose upload is oldest: its media runs out first', async () => {
    await world.control('POST', '/faults', [{ path: INSERT, mode: 'errcode', errcode: 48001, applied: false }]);
    const first = await posted(KEY);
    await world.until(first, ['held']);
    const [second, third] = [await posted(KEY), await posted(KEY)];
    for (const id of [second, third]) await world.until(id, ['held']);
    // All are uploaded; they became due in another order than they came.
    for (const [id, hours] of [
      [first, 1],
      [second, 3],
      [third, 2],
    ] as const)
      await query(
        world.databaseUrl,
        `UPDATE insertions i SET media_id = coalesce(i.media_id, 'media-of-' || o.order_id), uploaded_at = now(),
                due_at = now() - make_interval(hours => $2)
           FROM orders o WHERE o.id = i.id AND o.order_id = $1`,
        [id, hours],
        'SET session_replication_role = replica',
      );
    for (const expected of [second, third, first]) {
      const before = (await inserts()).length;
      await canaryNow();
      for (let n = 0; n < 200 && (await inserts()).length === before; n += 1) await pause(50);
      expect((await inserts()).slice(before)).toEqual([expected]);
    }
  });

  it('no canary leaves past a hold that a person has put on its merchant', async () => {
    const open = `SELECT FROM insertions WHERE state <> 'inserted'`;
    for (let n = 0; n < 200 && (await query(world.databaseUrl, open)).length > 0; n += 1) await pause(50);
    await world.control('POST', '/faults', [{ path: INSERT, mode: 'errcode', errcode: 48001, applied: false }]);
    const behind = await posted(neighbour);
    await world.until(behind, ['held'], 20_000, neighbour);
    const [merchantId] = await query<Json>(world.databaseUrl, `SELECT id FROM merchants WHERE name = '邻家'`);
    const hold = { scope: 'merchant', merchant_id: merchantId?.id as string, reason: '核对中' };
    await world.post('/v1/admin/holds', hold, ADMIN).expect(201);
    await world.control('DELETE', '/faults');
    const before = (await inserts()).length;
    await canaryNow();
    await pause(1500);
    expect((await inserts()).slice(before)).toEqual([]);
    expect((await world.order(behind, neighbour)).state).toBe('held');
  });
});

describe('a merchant that moves to another issuing account', () => {
  it('leaves its earlier orders with the account they were authorised for, held with it and inserted by it', async () => {
    const world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    try {
      await world.control('PUT', '/profile', { authorizations: 'implied' });
      await world
        .post('/v1/admin/accounts', { appid: ELSEWHERE, role: 'issuer', secret: 'sandbox-secret' }, ADMIN)
        .expect(201);
      const fault = { path: INSERT, appid: APPID, mode: 'errcode', errcode: 48001, applied: false };
      await world.control('POST', '/faults', [fault]);
      const earlier = order();
      await world.post('/v1/orders', earlier).expect(202);
      await world.until(earlier.order_id, ['held']);
      const asked = (await world.requests(INSERT)).length;
      const [merchant] = await query<Json>(world.databaseUrl, 'SELECT id FROM merchants');
      await request(world.service.url)
        .patch(`/v1/admin/merchants/${merchant?.id as string}`)
        .set('authorization', `Bearer ${ADMIN}`)
        .send({ issuer_appid: ELSEWHERE, appid: ELSEWHERE, reason: '更换开票账号' })
        .expect(200);

      const later = { ...order(), card_id: 'pElsewhere', appid: undefined };
      await world.post('/v1/orders', later).expect(202);
      await world.until(later.order_id, ['inserted']);
      await new Promise((resume) => setTimeout(resume, 800));
      const since = (await world.requests(INSERT)).slice(asked);
      expect(since.map(({ appid, order_id }) => [appid, order_id] as unknown[])).toEqual([[ELSEWHERE, later.order_id]]);

      await world.control('DELETE', '/faults');
      await query(
        world.databaseUrl,
        'UPDATE holds SET next_canary_at = now() WHERE lifted_at IS NULL AND next_canary_at IS NOT NULL',
      );
      // Its name is that of the account it was authorised for.
      for (let n = 0; n < 200 && (await world.cards(earlier.order_id)).length === 0; n += 1)
        await new Promise((resume) => setTimeout(resume, 50));
      expect((await world.requests(INSERT, earlier.order_id)).at(-1)).toMatchObject({ appid: APPID });
      expect(await world.cards(earlier.order_id)).toHaveLength(1);
    } finally {
      await world.end();
    }
  });
});
