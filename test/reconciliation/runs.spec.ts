import { query } from '../support/databases';
import { order } from '../support/orders';
import { Json, World } from '../support/world';

const ADMIN = 'admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const INSERT = '/card/invoice/insert';

/** A run once it has ended. */
async function ended(world: World, id: string): Promise<Json> {
  for (let n = 0; n < 600; n += 1) {
    const { body } = await world.get(`/v1/admin/reconciliations/${id}`, ADMIN).expect(200);
    if (body.state === 'done' || body.state === 'failed') return body as Json;
    await new Promise((resume) => setTimeout(resume, 50));
  }
  throw new Error('the run does not end');
}

async function reconcile(world: World, request: object = {}): Promise<Json> {
  const { body } = await world.post('/v1/admin/reconciliations', request, ADMIN).expect(201);
  return ended(world, body.id as string);
}

describe('reconciliation', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
  });
  afterAll(() => world.end());

  test('an order whose user authorised meanwhile gets its card at once, not after the hour', async () => {
    const waiting = order();
    await world.post('/v1/orders', waiting).expect(202);
    await world.until(waiting.order_id, ['awaiting_authorization']);
    await world.authorize(waiting.order_id);
    const run = await reconcile(world);
    expect(run).toMatchObject({ state: 'done', error: null, counts: { brought_forward: 1 } });
    await world.until(waiting.order_id, ['inserted']);
    expect(await world.cards(waiting.order_id)).toHaveLength(1);
  });

  test('silence is not absence: an order whose insert is never answered stays doubtful', async () => {
    const silent = order();
    await world.authorize(silent.order_id);
    await world.control('POST', '/faults', { path: INSERT, mode: 'hang', order_id: silent.order_id });
    await world.post('/v1/orders', silent).expect(202);
    await world.until(silent.order_id, ['in_doubt']);
    const run = await reconcile(world);
    expect(run.state).toBe('done');
    expect(['in_doubt', 'sending', 'needs_human']).toContain((await world.order(silent.order_id)).state);
    expect(await world.cards(silent.order_id)).toHaveLength(0);

    // The same order once WeChat answers: its own probe settles it.
    await world.control('DELETE', '/faults');
    await world.until(silent.order_id, ['inserted']);
    expect(await world.cards(silent.order_id)).toHaveLength(1);
  });

  test('silence closes no difference at WeChat; what our own ledger no longer shows is closed', async () => {
    const { id } = await reconcile(world);
    for (const [source, kind] of [
      ['wechat', 'amount'],
      ['ledger', 'aged'],
    ]) {
      await query(
        world.databaseUrl,
        `INSERT INTO findings (id, merchant_id, source, class, subject, order_id, order_at, facts, since, opened_by, seen_by)
         SELECT gen_random_uuid(), id, $1, $2, gen_random_uuid()::text, 'x', now() - interval '1 day', '{}', now(), $3, $3
           FROM merchants LIMIT 1`,
        [source, kind, id],
      );
    }
    await reconcile(world);
    const rows = await query<Json>(
      world.databaseUrl,
      `SELECT source, state FROM findings WHERE order_id = 'x' ORDER BY source`,
    );
    expect(rows).toEqual([
      { source: 'ledger', state: 'gone' },
      { source: 'wechat', state: 'open' },
    ]);
  });
});

describe('the budget of a reconciliation', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
  });
  afterAll(() => world.end());

  const GETAUTHDATA = '/card/invoice/getauthdata';
  const spending = () =>
    query<Json>(world.databaseUrl, 'SELECT api, spent, allowed FROM reconciliation_spending ORDER BY api');

  test('counts the question for the authorisation and the PDF as well as the insert, and the scarcest of them decides', async () => {
    const waiting = [order(), order(), order()];
    for (const one of waiting) await world.post('/v1/orders', one).expect(202);
    for (const one of waiting) await world.until(one.order_id, ['awaiting_authorization']);
    await query(
      world.databaseUrl,
      `INSERT INTO reconciliation_spending (appid, api, day, spent, allowed)
       SELECT appid, $1, (now() AT TIME ZONE 'Asia/Shanghai')::date, 5, 7 FROM accounts`,
      [GETAUTHDATA],
    );
    expect((await reconcile(world)).counts).toMatchObject({ brought_forward: 2 });
    expect(await spending()).toMatchObject([
      { api: GETAUTHDATA, spent: 7, allowed: 7 },
      { api: INSERT, spent: 2 },
      { api: '/card/invoice/platform/setpdf', spent: 2 },
    ]);
    // Nothing is left of the day: the next run brings nothing forward, and ends well all the same.
    const next = await reconcile(world);
    expect([next.state, next.counts.brought_forward]).toEqual(['done', undefined]);
    // With the budget of another day it does: what held them back was the budget.
    await query(world.databaseUrl, 'UPDATE reconciliation_spending SET allowed = 100');
    expect((await reconcile(world)).counts.brought_forward).toBeGreaterThan(0);
  });

  test('is a fifth of what the account may call a day, or what is left of it where that is less', async () => {
    for (let n = 0; n < 4; n += 1) {
      const one = order();
      await world.post('/v1/orders', one).expect(202);
      await world.until(one.order_id, ['awaiting_authorization']);
    }
    /** No worker has any of them in its hands, or will soon. */
    const atRest = async () => {
      const text = `SELECT FROM insertions WHERE state = 'awaiting_authorization'
                       AND (claimed_by IS NOT NULL OR due_at < now() + interval '3 seconds')`;
      while ((await query(world.databaseUrl, text)).length > 0) await new Promise((resume) => setTimeout(resume, 50));
    };
    await atRest();
    const fresh = () => query(world.databaseUrl, 'DELETE FROM reconciliation_spending');
    const questionsSpent = async () => (await spending()).find(({ api }) => api === GETAUTHDATA);
    const before = (await world.requests(GETAUTHDATA)).length;
    // Seven wait; of twenty-seven calls a day five are reconciliation's.
    await world.control('PUT', '/profile', { quota: { [GETAUTHDATA]: { day: 27 } } });
    await fresh();
    expect((await reconcile(world)).counts).toMatchObject({ brought_forward: 5 });
    expect(await questionsSpent()).toEqual({ api: GETAUTHDATA, spent: 5, allowed: 5 });
    // Of many calls a day all seven may be asked about; at last three of the day's calls are left, far less than a fifth.
    await world.control('PUT', '/profile', { quota: { [GETAUTHDATA]: { day: 100 } } });
    await fresh();
    for (let n = 0; n < 2; n += 1) {
      await atRest();
      expect((await reconcile(world)).counts).toMatchObject({ brought_forward: 7 });
    }
    await atRest();
    const day = (await world.requests(GETAUTHDATA)).length - before + 3;
    expect(day / 5).toBeGreaterThan(3);
    await world.control('PUT', '/profile', { quota: { [GETAUTHDATA]: { day } } });
    await fresh();
    expect((await reconcile(world)).counts).toMatchObject({ brought_forward: 3 });
    expect(await questionsSpent()).toEqual({ api: GETAUTHDATA, spent: 3, allowed: 3 });
    await world.control('PUT', '/profile', { quota: {} });
  });

  test('the next and the last run are told among the jobs, and on the list of runs', async () => {
    await reconcile(world);
    let job: Json | undefined;
    for (let n = 0; n < 200 && !job?.last_run; n += 1) {
      const { body } = await world.get('/v1/admin/jobs', ADMIN).expect(200);
      job = (body.items as Json[]).find(({ name }) => name === 'reconcile');
      if (!job?.last_run) await new Promise((resume) => setTimeout(resume, 50));
    }
    expect(job).toMatchObject({ schedule: '10 3 * * *', time_zone: 'Asia/Shanghai', last_run: { outcome: 'done' } });
    expect(job?.next_run_at).toMatch(/T03:10:00\+08:00$/);
    const { body: runs } = await world.get('/v1/admin/reconciliations?limit=2', ADMIN).expect(200);
    expect(runs).toMatchObject({ next_scheduled_at: job?.next_run_at, has_more: true });
    const [newest, older] = runs.items as [Json, Json];
    expect(newest).toMatchObject({ state: 'done', source: 'person', requested_by: 'bootstrap administrator' });
    const { body: next } = await world.get(`/v1/admin/reconciliations?limit=2&cursor=${runs.next_cursor}`, ADMIN);
    const ids = [newest, older, ...(next.items as Json[])].map(({ id }) => id as string);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
    await world.get('/v1/admin/reconciliations?colour=red', ADMIN).expect(422);
  });

  test('a difference is accepted or resolved once, by somebody, for a reason', async () => {
    await query(
      world.databaseUrl,
      `INSERT INTO findings (id, merchant_id, source, class, subject, order_id, order_at, facts, since, opened_by, seen_by)
       SELECT piaoka_time_id(), id, 'wechat', 'amount', 'x', 'x', now(), '{}', now(), id, id FROM merchants`,
    );
    const open = async () => (await world.get('/v1/admin/findings?state=open', ADMIN).expect(200)).body.items as Json[];
    const id = (await open())[0]?.id as string;
    await world.post(`/v1/admin/findings/${id}/acceptance`, {}, ADMIN).expect(422);
    const accept = { reason: 'known to finance' };
    await world.post(`/v1/admin/findings/${id}/acceptance`, accept, ADMIN).expect(200);
    expect(await open()).toHaveLength(0);
    const { body } = await world.post(`/v1/admin/findings/${id}/resolution`, { reason: 'mended' }, ADMIN).expect(200);
    expect(body).toMatchObject({ state: 'resolved', reason: 'mended' });
    await world.post(`/v1/admin/findings/${id}/acceptance`, accept, ADMIN).expect(409);
  });
});
