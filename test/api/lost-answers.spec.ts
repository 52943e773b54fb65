import { query } from '../support/databases';
import { knownOperator } from '../support/operators';
import { order } from '../support/orders';
import { Json, KEY, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const INSERT = '/card/invoice/insert';
/** A bulk’s orders are begun in the background. */
const ACTS = `audit WHERE data ->> 'bulk' IS NULL`;

/** What has no natural key is made once under its Idempotency-Key, also where the process dies after the commit. */
describe('an answer that was lost', () => {
  let world: World;
  let approver: string;
  let serial = 0;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN, WEBHOOK_ALLOW: '127.0.0.1:9' } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
    approver = (await knownOperator(world, ADMIN, '审批员', 'approver')).key as string;
  });
  afterEach(() => world.control('DELETE', '/faults'));
  afterAll(() => world.end());

  /** Everything was committed but the answer. `ago`: how long the dead process may still seem to run. */
  const lose = (key: string, ago = `- interval '1 second'`) =>
    query(world.databaseUrl, `UPDATE idempotency_keys SET answer = NULL, running_until = now() ${ago} WHERE key = $1`, [
      key,
    ]);
  const count = async (table: string) =>
    (await query<Json>(world.databaseUrl, `SELECT count(*)::integer AS n FROM ${table}`))[0]?.n as number;

  /** Asks, loses the answer, asks again: one thing was made, one act is in the trail, and both answers are one. */
  async function askedTwice(path: string, body: Json, bearer = ADMIN): Promise<Json> {
    const key = `lost-${(serial += 1)}`;
    const ask = () => world.post(path, body, bearer).set('idempotency-key', key);
    const first = await ask().expect(201);
    const acts = await count(ACTS);
    await lose(key, `+ interval '1 minute'`);
    expect((await ask().expect(409)).body).toMatchObject({ code: 'idempotency_key_running' });
    await lose(key);
    const second = await ask().expect(201);
    expect(second.headers['idempotent-replayed']).toBeUndefined();
    expect(await count(ACTS)).toBe(acts);
    const third = await ask().expect(201).expect('idempotent-replayed', 'true');
    expect(third.body).toEqual(second.body);
    expect(second.body.id).toBe(first.body.id);
    return second.body as Json;
  }

  async function orderThatEnds(state: string, ...faults: Json[]): Promise<{ id: string; orderId: string }> {
    const given = order();
    const rules = faults.map((fault) => ({ path: INSERT, times: 1, order_id: given.order_id, ...fault }));
    await world.control('POST', '/faults', rules);
    await world.post('/v1/orders', given).expect(202);
    return { id: (await world.until(given.order_id, [state], 40_000)).id, orderId: given.order_id };
  }
  const doubtful = (first: string) =>
    orderThatEnds('needs_human', { mode: first }, { mode: 'errcode', errcode: 72031, applied: false });

  it('of a re-insertion is given again, not refused because the order is on its way', async () => {
    const { id, orderId } = await orderThatEnds('refused', { mode: 'errcode', errcode: 72031 });
    const body = await askedTwice(`/v1/admin/orders/${id}/reinsertions`, {
      reason: 'x',
      changes: { invoice: { remarks: '更正' } },
    });
    expect(body).toMatchObject({ revision: 2 });
    await world.until(orderId, ['inserted']);
    expect((await world.order(orderId)).revision).toBe(2);
    expect(await world.cards(orderId)).toHaveLength(1);
    // Negative control: the same act under another key is another act.
    await world.post(`/v1/admin/orders/${id}/reinsertions`, { reason: 'x' }, ADMIN).expect(409);
  });

  it('of a resolution is given again, the second person’s as well', async () => {
    const seen = await doubtful('drop_after');
    const [card] = await world.cards(seen.orderId);
    const confirmed = { kind: 'confirm_inserted', reason: '截图', card_code: card?.code as string };
    expect(await askedTwice(`/v1/admin/orders/${seen.id}/resolutions`, confirmed)).toMatchObject({ state: 'settled' });

    const none = await doubtful('drop_before');
    const denied = { kind: 'confirm_not_inserted', reason: '用户确认没有' };
    await new Promise((resume) => setTimeout(resume, 1100));
    const path = `/v1/admin/orders/${none.id}/resolutions`;
    expect(await askedTwice(path, denied)).toMatchObject({ state: 'pending' });
    const key = 'second-person';
    const second = () => world.post(path, denied, approver).set('idempotency-key', key).expect(201);
    const { body } = await second();
    expect(body).toMatchObject({ state: 'settled', second_operator: '审批员' });
    await lose(key);
    expect((await second()).body).toEqual(body);
    await world.until(none.orderId, ['inserted']);
  });

  it('of a bulk, a reconciliation and a webhook endpoint is given again, its secret too', async () => {
    await orderThatEnds('refused', { mode: 'errcode', errcode: 72047 });
    const bulk = { filter: { reason: 'wechat_72047' }, reason: 'x', dry_run: false };
    expect(await askedTwice('/v1/admin/bulk-reinsertions', bulk)).toMatchObject({ orders: 1 });
    await askedTwice('/v1/admin/reconciliations', {});
    expect(await count('reconciliation_runs')).toBe(1);

    const endpoint = { url: 'http://127.0.0.1:9/hook' };
    const made = await askedTwice('/v1/webhook_endpoints', endpoint, KEY);
    expect(made.secret).toMatch(/^whsec_/);
    expect((await world.get('/v1/webhook_endpoints').expect(200)).body.items).toHaveLength(1);
    await world.post('/v1/webhook_endpoints', endpoint).expect(201);
    expect((await world.get('/v1/webhook_endpoints').expect(200)).body.items).toHaveLength(2);
    const other = { url: 'http://127.0.0.1:9/other' };
    const reused = await world
      .post('/v1/webhook_endpoints', other)
      .set('idempotency-key', `lost-${serial}`)
      .expect(422);
    expect(reused.body).toMatchObject({ code: 'idempotency_key_reused' });
  });
});
