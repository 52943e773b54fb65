import request from 'supertest';
import { order } from '../support/orders';
import { query } from '../support/databases';
import { APPID, Json, KEY, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const INSERT = '/card/invoice/insert';
const SETPDF = '/card/invoice/platform/setpdf';

describe('a fault of the account pauses the account, not the orders', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
  });
  afterEach(async () => {
    await world.control('DELETE', '/faults');
    await query(world.databaseUrl, `UPDATE holds SET lifted_at = now(), lifted_by = 'test' WHERE lifted_at IS NULL`);
  });
  afterAll(() => world.end());

  const holds = async () => ((await world.get('/v1/admin/holds', ADMIN).expect(200)).body as Json).items as Json[];
  const canaryNow = () => query(world.databaseUrl, 'UPDATE holds SET next_canary_at = now() WHERE lifted_at IS NULL');
  const waitFor = async <T>(look: () => Promise<T | false | undefined>): Promise<T> => {
    for (let n = 0; n < 200; n += 1) {
      const seen = await look();
      if (seen) return seen;
      await new Promise((resume) => setTimeout(resume, 50));
    }
    throw new Error('waited in vain');
  };

  it.each([
    ['48001 on insert', { path: INSERT, mode: 'errcode', errcode: 48001, applied: false }, 48001],
    ['72015 on insert', { path: INSERT, mode: 'errcode', errcode: 72015, applied: false }, 72015],
    ['61004 on setpdf', { path: SETPDF, mode: 'errcode', errcode: 61004, applied: false }, 61004],
    ['a proxy’s 412 on setpdf', { path: SETPDF, mode: 'http_status', status: 412, applied: false }, null],
  ])(
    '%s: held is shown, no try is burnt, a canary lifts it, and every order becomes a card',
    async (_, fault, errcode) => {
      await world.control('POST', '/faults', [fault]);
      const orders = Array.from({ length: 5 }, () => order());
      await world.authorize(...orders.map(({ order_id }) => order_id));
      for (const one of orders) await world.post('/v1/orders', one).expect(202);
      const [hold] = await waitFor(async () => {
        const items = await holds();
        return items.length > 0 && items;
      });
      expect(hold).toMatchObject({ scope: 'account', appid: APPID, errcode, until: null });
      expect(hold?.advice).toMatch(/\/v1\/admin\/holds/);
      for (const { order_id } of orders)
        expect((await world.until(order_id, ['held'])).insertion.advice).toMatch(/暂停/);
      expect(((await world.get('/v1/orders?state=held').expect(200)).body as Json).items).toHaveLength(5);
      const quiet = (await world.requests(fault.path)).length;
      await new Promise((resume) => setTimeout(resume, 800));
      expect((await world.requests(fault.path)).length).toBe(quiet);

      // A canary that meets the same fault changes nothing; one that gets through lifts the hold.
      await canaryNow();
      await waitFor(async () => (await world.requests(fault.path)).length > quiet);
      expect((await world.requests(fault.path)).length).toBe(quiet + 1);
      expect(await holds()).toHaveLength(1);
      await world.control('DELETE', '/faults');
      await canaryNow();
      for (const { order_id } of orders) await world.until(order_id, ['inserted']);
      expect(await holds()).toEqual([]);
      const tries = await query(world.databaseUrl, 'SELECT sum(tries)::integer AS tries FROM insertions');
      expect(tries).toEqual([{ tries: 0 }]);
    },
  );

  it('a canary that never flew is not spent: the next order flies at once', async () => {
    await world.control('POST', '/faults', [{ path: INSERT, mode: 'errcode', errcode: 48001, applied: false }]);
    const orders = [order(), order()];
    await world.authorize(...orders.map(({ order_id }) => order_id));
    for (const one of orders) await world.post('/v1/orders', one).expect(202);
    for (const { order_id } of orders) await world.until(order_id, ['held']);
    // The first in line has crashed its workers and goes to a person, before anything is sent.
    const [first, second] = (await Promise.all(orders.map(({ order_id }) => world.order(order_id)))) as Json[];
    await query(
      world.databaseUrl,
      `UPDATE insertions SET crashes = CASE id WHEN $1 THEN 3 ELSE 0 END, due_at = now() - CASE id WHEN $1 THEN interval '1 h' ELSE interval '0' END
        WHERE id IN ($1, $2)`,
      [first?.id, second?.id],
    );
    await world.control('DELETE', '/faults');
    const before = (await world.requests(INSERT, first?.order_id as string)).length;
    await canaryNow();
    // Left to the schedule, it would leave after half a minute and more.
    await world.until(second?.order_id as string, ['inserted'], 10_000);
    expect(await world.order(first?.order_id as string)).toMatchObject({ state: 'needs_human' });
    expect(await world.requests(INSERT, first?.order_id as string)).toHaveLength(before);
    expect(await holds()).toEqual([]);
  });

  it('a canary that we stopped ourselves proves nothing: the account stays held, and the next flies', async () => {
    await world.control('POST', '/faults', [{ path: INSERT, mode: 'errcode', errcode: 48001, applied: false }]);
    const orders = [order(), order(), order()];
    await world.authorize(...orders.map(({ order_id }) => order_id));
    for (const one of orders) await world.post('/v1/orders', one).expect(202);
    for (const { order_id } of orders) await world.until(order_id, ['held']);
    // The first in line has waited too long for its user, and is refused without a question to WeChat.
    const first = await world.order(orders[0]?.order_id as string);
    await query(
      world.databaseUrl,
      `UPDATE insertions SET waiting_since = now() - interval '40 days', due_at = now() - interval '1 hour',
              media_id = coalesce(media_id, '1'), uploaded_at = now() WHERE id = $1`,
      [first.id],
    );
    const before = (await world.requests(INSERT)).length;
    await canaryNow();
    await world.until(first.order_id, ['refused']);
    await waitFor(async () => (await world.requests(INSERT)).length > before);
    await new Promise((resume) => setTimeout(resume, 800));
    expect((await world.requests(INSERT)).length).toBe(before + 1);
    expect(await holds()).toMatchObject([{ appid: APPID, errcode: 48001 }]);
  });

  it('a used-up day (45009) holds until midnight in Shanghai', async () => {
    await world.control('POST', '/faults', [
      { path: INSERT, mode: 'errcode', errcode: 45009, applied: false, times: 1 },
    ]);
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    const [hold] = await waitFor(async () => {
      const items = await holds();
      return items.length > 0 && items;
    });
    expect(hold?.until).toMatch(/T00:0\d:\d\d(\.\d+)?\+08:00$/);
    await query(world.databaseUrl, `UPDATE holds SET until = now() WHERE lifted_at IS NULL`);
    await world.until(given.order_id, ['inserted']);
  });

  it('another account goes on', async () => {
    await query(
      world.databaseUrl,
      `INSERT INTO accounts SELECT 'wx_other', role, secret, token_kind, billing_fields FROM accounts LIMIT 0`,
    );
    await query(
      world.databaseUrl,
      `INSERT INTO holds (id, scope, appid, reason) VALUES (gen_random_uuid(), 'account', 'wx_other', 'somebody else')`,
    );
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['inserted']);
  });

  it('a person pauses and resumes an account, with a reason, and the trail says who', async () => {
    const placed = await request(world.service.url)
      .post('/v1/admin/holds')
      .set('authorization', `Bearer ${ADMIN}`)
      .send({ scope: 'account', appid: APPID, reason: 'moving house' })
      .expect(201);
    await world.post('/v1/admin/holds', { scope: 'account', appid: APPID, reason: 'again' }, ADMIN).expect(409);
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    await new Promise((resume) => setTimeout(resume, 800));
    expect((await world.order(given.order_id)).state).toBe('held');
    const id = (placed.body as Json).id as string;
    await request(world.service.url)
      .delete(`/v1/admin/holds/${id}?reason=done`)
      .set('authorization', `Bearer ${ADMIN}`)
      .expect(204);
    await request(world.service.url)
      .delete(`/v1/admin/holds/${id}`)
      .set('authorization', `Bearer ${ADMIN}`)
      .expect(404);
    await world.until(given.order_id, ['inserted']);
    const trail = await query(world.databaseUrl, 'SELECT actor, action, object, reason FROM audit ORDER BY seq');
    expect(trail).toEqual([
      { actor: 'bootstrap administrator', action: 'hold.placed', object: id, reason: 'moving house' },
      { actor: 'bootstrap administrator', action: 'hold.lifted', object: id, reason: 'done' },
    ]);
    await expect(query(world.databaseUrl, `UPDATE audit SET actor = 'nobody'`)).rejects.toThrow(/written once/);
  });

  it('the door is for operators: a merchant’s key is unknown there, bad requests are named', async () => {
    await world.get('/v1/admin/holds', KEY).expect(401);
    await request(world.service.url).get('/v1/admin/holds').expect(401);
    const { body } = await world
      .post('/v1/admin/holds', { scope: 'merchant', appid: 'x', reason: '', until: 'soon' }, ADMIN)
      .expect(422);
    expect(((body as Json).errors as Json[]).map(({ pointer }) => pointer as string)).toContain('/reason');
    await world.get('/v1/admin/holds?limit=0', ADMIN).expect(422);
    await request(world.service.url).delete('/v1/admin/holds/x').set('authorization', `Bearer ${ADMIN}`).expect(404);
  });
});
