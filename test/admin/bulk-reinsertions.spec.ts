import request from 'supertest';
import { armFailpoints, parseFailpoints } from '../../src/failpoints';
import { query } from '../support/databases';
import { knownOperator } from '../support/operators';
import { order } from '../support/orders';
import { Json, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const BULKS = '/v1/admin/bulk-reinsertions';

describe('many orders are begun anew by one decision', () => {
  let world: World;
  let approver: string;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
    approver = (await knownOperator(world, ADMIN, '审批员', 'approver')).key as string;
  });
  afterEach(async () => {
    armFailpoints(null);
    await world.control('DELETE', '/faults');
  });
  afterAll(() => world.end());

  const ask = (body: Json) => world.post(BULKS, { reason: '模板已修复', dry_run: false, ...body }, ADMIN);
  const act = (id: string, name: 'approval' | 'cancellation', key = ADMIN) =>
    world.post(`${BULKS}/${id}/${name}`, { reason: '同意' }, key);
  const bulk = async (id: string) => (await world.get(`${BULKS}/${id}`, ADMIN).expect(200)).body as Json;
  const results = async (id: string, search = '') =>
    (await world.get(`${BULKS}/${id}/orders${search}`, ADMIN).expect(200)).body.items as Json[];
  const wake = () => query(world.databaseUrl, `SELECT graphile_worker.add_job('reinsert_in_bulk')`);
  const begun = (ids: string[]) =>
    query<Json>(world.databaseUrl, 'SELECT order_uuid FROM reinsertions WHERE order_uuid = ANY ($1::uuid[])', [ids]);

  async function until(id: string, fits: (seen: Json) => boolean): Promise<Json> {
    for (let n = 0; n < 600; n += 1) {
      const seen = await bulk(id);
      if (fits(seen)) return seen;
      await new Promise((resume) => setTimeout(resume, 50));
    }
    throw new Error(`the bulk does not come to it: ${JSON.stringify(await bulk(id))}`);
  }

  /** Orders that WeChat refused with this code, whose reason names them alone. */
  async function refused(count: number, errcode: number): Promise<{ id: string; given: Json }[]> {
    const given = Array.from({ length: count }, () => order());
    for (const { order_id } of given) {
      await world.control('POST', '/faults', {
        path: '/card/invoice/insert',
        mode: 'errcode',
        times: 1,
        errcode,
        order_id,
      });
    }
    // One after another: orders of the same instant come in any order.
    for (const one of given) await world.post('/v1/orders', one).expect(202);
    const ended = await Promise.all(given.map((one) => world.until(one.order_id, ['refused'])));
    return given.map((one, n) => ({ id: (ended[n] as { id: string }).id, given: one }));
  }

  /** As many as need a second person; without a PDF, so that the worker hands each to a person. */
  async function made(count: number, reason: string): Promise<void> {
    await query(
      world.databaseUrl,
      `WITH made AS (
         INSERT INTO orders (merchant_id, id, appid, order_id, card_id, invoice_number, invoice, content_sha256, pdf_sha256)
         SELECT m.id, gen_random_uuid(), 'wx', $2 || n, 'p', $2 || n,
                '{"code":"","number":"1","title":"x","fee":1,"issuedAt":1700000000,"items":[]}', sha256('a'), sha256('b')
           FROM (SELECT id FROM merchants LIMIT 1) m, generate_series(1, $1::integer) n RETURNING merchant_id, id)
       INSERT INTO insertions (merchant_id, id, issuer_appid, state, reason)
       SELECT merchant_id, id, 'wx', 'refused', $2 FROM made`,
      [count, reason],
    );
  }

  it('first counted, then begun in the background, each with its own result, once however often it is asked', async () => {
    const [first, second, taken] = await refused(3, 72031);
    await refused(1, 72040);
    const other = { ...order(), invoice: taken?.given.invoice as Json };
    await world.post('/v1/orders', other).expect(202);
    await world.until(other.order_id, ['inserted']);

    const filter = { reason: 'wechat_72031', state: 'refused' };
    const { body: preview } = await ask({ filter, dry_run: true }).expect(200);
    expect(preview).toMatchObject({
      dry_run: true,
      orders: 3,
      needs_approval: false,
      by_reason: [{ state: 'refused', reason: 'wechat_72031', orders: 3 }],
    });
    expect(await begun([first?.id as string])).toEqual([]);

    const { body } = await ask({ filter }).set('idempotency-key', 'bulk-1').expect(201);
    await ask({ filter }).set('idempotency-key', 'bulk-1').expect(201).expect('idempotent-replayed', 'true');
    const done = await until(body.id as string, ({ state }) => state === 'done');
    expect(done).toMatchObject({ orders: 3, counts: { pending: 0, reinserted: 2, skipped: 1 }, approval: null });
    for (const one of [first, second]) await world.until(one?.given.order_id as string, ['inserted']);

    expect(await results(body.id as string, '?outcome=skipped')).toMatchObject([
      { order: taken?.id, order_id: taken?.given.order_id, outcome: 'skipped', code: 'invoice_taken' },
    ]);
    const [page] = await results(body.id as string, '?limit=1');
    expect(page).toMatchObject({ n: 1, order: first?.id, outcome: 'reinserted' });
    expect((await begun([first?.id as string, second?.id as string])).length).toBe(2);
    const acts = await query<Json>(
      world.databaseUrl,
      `SELECT action, actor, data FROM audit WHERE data::text LIKE $1`,
      [`%${body.id as string}%`],
    );
    expect(acts.map(({ action }) => action as string)).toEqual(['order.reinserted', 'order.reinserted']);
    expect((await world.get(BULKS, ADMIN).expect(200)).body.items).toMatchObject([{ id: body.id }]);
    // Nothing of that filter is left but the one that cannot.
    expect((await ask({ filter, dry_run: true }).expect(200)).body).toMatchObject({ orders: 1 });
  });

  it('what has changed since the list was made is left alone', async () => {
    const [one] = await refused(1, 72047);
    await made(100, 'changed_since');
    const { body } = await ask({ filter: { merchant: (await merchant()) as string, state: 'refused' } }).expect(201);
    expect(body).toMatchObject({ state: 'awaiting_approval' });
    const again = world.post(`/v1/admin/orders/${one?.id}/reinsertions`, { reason: 'x' }, ADMIN);
    await again.expect(201);
    await world.until(one?.given.order_id as string, ['inserted']);
    await act(body.id as string, 'approval', approver).expect(200);
    await until(body.id as string, ({ state }) => state === 'done');
    const mine = (await results(body.id as string, '?outcome=skipped&limit=200')).find(
      ({ order }) => order === one?.id,
    );
    expect(mine).toMatchObject({ code: 'order_changed' });
    expect(await begun([one?.id as string])).toHaveLength(1);
  });

  it('more than a hundred take a second person; whoever cancels sees nothing begun after that', async () => {
    await made(101, 'many');
    const { body } = await ask({ filter: { reason: 'many' } }).expect(201);
    const id = body.id as string;
    expect(body).toMatchObject({ state: 'awaiting_approval', orders: 101, counts: { pending: 101 } });
    expect((await act(id, 'approval').expect(409)).body).toMatchObject({ code: 'second_person_needed' });
    await wake();
    await new Promise((resume) => setTimeout(resume, 300));
    expect((await bulk(id)).state).toBe('awaiting_approval');

    armFailpoints(parseFailpoints('bulk.begun=delay:40'));
    expect((await act(id, 'approval', approver).expect(200)).body).toMatchObject({
      approval: { operator: '审批员', reason: '同意' },
    });
    await until(id, ({ counts }) => counts.reinserted > 2);
    const { body: cancelled } = await act(id, 'cancellation').expect(200);
    expect(cancelled).toMatchObject({ state: 'cancelled', cancellation: { operator: 'bootstrap administrator' } });
    expect(cancelled.counts.pending).toBeGreaterThan(0);
    await new Promise((resume) => setTimeout(resume, 500));
    expect((await bulk(id)).counts).toEqual(cancelled.counts);
    await act(id, 'cancellation', approver).expect(409);
    const acts = await query<Json>(world.databaseUrl, `SELECT action FROM audit WHERE object = $1 ORDER BY seq`, [id]);
    expect(acts.map(({ action }) => (action as string).split('.')[1])).toEqual(['requested', 'approved', 'cancelled']);
  });

  it('many small ones of one person and day are one; whose asker is revoked is approved by nobody', async () => {
    const one = await knownOperator(world, ADMIN, '批量员', 'administrator');
    const askAs = (reason: string) =>
      world.post(BULKS, { filter: { reason }, reason: '分批', dry_run: false }, one.key as string).expect(201);
    for (const reason of ['small a', 'small b', 'small c']) await made(40, reason);
    for (const reason of ['small a', 'small b']) {
      const { body } = await askAs(reason);
      expect((body as Json).state).toBe('queued');
      await until(body.id as string, ({ state }) => state === 'done');
    }
    const third = (await askAs('small c')).body as Json;
    expect(third).toMatchObject({ state: 'awaiting_approval', orders: 40 });
    await request(world.service.url)
      .delete(`/v1/admin/operators/${one.id as string}`)
      .set('authorization', `Bearer ${ADMIN}`)
      .expect(204);
    expect((await act(third.id as string, 'approval', approver).expect(409)).body).toMatchObject({
      code: 'requester_revoked',
    });
    await act(third.id as string, 'cancellation', approver).expect(200);
  });

  it('goes on where a killed process stopped, and begins no order twice', async () => {
    await made(20, 'killed');
    armFailpoints(parseFailpoints('bulk.begun=throw@7'));
    const { body } = await ask({ filter: { reason: 'killed' } }).expect(201);
    const id = body.id as string;
    await until(id, ({ counts }) => counts.reinserted === 7);
    await wake();
    await new Promise((resume) => setTimeout(resume, 300));
    // Its lease still says that somebody works on it.
    expect(await bulk(id)).toMatchObject({ state: 'running', counts: { reinserted: 7, pending: 13 } });
    await query(world.databaseUrl, 'UPDATE bulk_reinsertions SET lease_until = now() WHERE id = $1', [id]);
    await wake();
    await until(id, ({ state }) => state === 'done');
    const orders = (await results(id)).map(({ order }) => order as string);
    expect(orders).toHaveLength(20);
    expect(new Set((await begun(orders)).map(({ order_uuid }) => order_uuid as string)).size).toBe(20);
    expect(await begun(orders)).toHaveLength(20);
  });

  it('names what it does not take', async () => {
    const faulty = await ask({ filter: {} }).expect(422);
    expect(faulty.body.errors).toMatchObject([{ pointer: '/filter' }]);
    const dates = await ask({ filter: { created_from: 'yesterday' } }).expect(422);
    expect(dates.body.errors).toMatchObject([{ pointer: '/filter/created_from' }]);
    await ask({ filter: { state: 'in_doubt' } }).expect(422);
    await ask({ filter: { reason: 'x' }, dry_run: undefined }).expect(422);
    expect((await ask({ filter: { reason: 'nobody' } }).expect(422)).body).toMatchObject({ code: 'bulk_empty' });
    await made(10_001, 'flood');
    expect((await ask({ filter: { reason: 'flood' } }).expect(422)).body).toMatchObject({ code: 'bulk_too_large' });
    const listed = await query<Json>(world.databaseUrl, 'SELECT count(*)::integer AS n FROM bulk_reinsertion_orders');
    expect(listed[0]?.n).toBeLessThan(10_000);
    await world.get(`${BULKS}/no-uuid`, ADMIN).expect(404);
  });

  async function merchant(): Promise<unknown> {
    return (await query<Json>(world.databaseUrl, 'SELECT id FROM merchants LIMIT 1'))[0]?.id;
  }
});
