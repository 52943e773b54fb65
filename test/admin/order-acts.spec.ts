import request from 'supertest';
import { query } from '../support/databases';
import { knownOperator } from '../support/operators';
import { order } from '../support/orders';
import { Json, KEY, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';

describe('operators settle what the worker cannot', () => {
  let world: World;
  let approver: string;
  let viewer: string;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN, IN_DOUBT_QUIET_SECONDS: '3' } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
    approver = (await knownOperator(world, ADMIN, '审批员', 'approver')).key as string;
    viewer = (await knownOperator(world, ADMIN, '访客', 'viewer')).key as string;
  });
  afterAll(() => world.end());

  const admin = (method: 'get' | 'post' | 'delete', path: string, body?: Json, key = ADMIN) => {
    const asked = request(world.service.url)[method](`/v1/admin${path}`).set('authorization', `Bearer ${key}`);
    return body === undefined ? asked : asked.send(body);
  };
  const detail = async (id: string): Promise<Json> => (await admin('get', `/orders/${id}`).expect(200)).body as Json;
  const acts = (id: string, kind: 'reinsertions' | 'resolutions', body: Json, key = ADMIN) =>
    admin('post', `/orders/${id}/${kind}`, body, key);

  /** An order whose inserts are answered so, one after another, until it comes to `state`. */
  async function orderThatEnds(state: string, ...faults: Json[]): Promise<{ id: string; orderId: string }> {
    const given = order();
    const rules = faults.map((fault) => ({ path: '/card/invoice/insert', times: 1, ...fault }));
    await world.control('POST', '/faults', rules);
    await world.post('/v1/orders', given).expect(202);
    const ended = await world.until(given.order_id, [state], 40_000);
    return { id: ended.id, orderId: given.order_id };
  }
  const refused = () => orderThatEnds('refused', { mode: 'errcode', errcode: 72031 });
  /** Doubt, then a probe that is refused: the answers contradict each other. */
  const doubtful = (first: string) =>
    orderThatEnds('needs_human', { mode: first }, { mode: 'errcode', errcode: 72031, applied: false });

  it('a refused order is begun anew by name and reason, on the same path, once', async () => {
    const { id, orderId } = await refused();
    const seen = await detail(id);
    expect(seen).toMatchObject({ state: 'refused', allowed_acts: ['reinsertion', 'revision'], question: null });
    // The operator is told how to mend it, the merchant what to mend.
    expect(seen).toMatchObject({ operator_advice: expect.stringMatching(/参数无效.*reinsertions/) as string });
    expect(seen.operator_advice_en).toMatch(/parameter is invalid.*changes/);
    expect(seen.insertion.advice).toMatch(/参数无效/);
    await acts(id, 'reinsertions', { reason: '核对无误' })
      .set('if-match', `"${seen.version + 1}"`)
      .expect(412);

    const again = () => acts(id, 'reinsertions', { reason: '核对无误' }).set('idempotency-key', `re-${id}`);
    const first = await again().expect(201);
    const second = await again().expect(201).expect('idempotent-replayed', 'true');
    expect(second.body).toEqual(first.body);

    const inserted = await world.until(orderId, ['inserted']);
    expect(inserted.insertion.attempts.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      'first refused',
      'reinsertion inserted',
    ]);
    expect(await world.cards(orderId)).toHaveLength(1);
    expect((await detail(id)).reinsertions).toMatchObject([
      { id: first.body.id, operator: 'bootstrap administrator', reason: '核对无误' },
    ]);
    const audited = await query<Json>(world.databaseUrl, `SELECT action, reason FROM audit WHERE object = $1`, [id]);
    expect(audited).toEqual([{ action: 'order.reinserted', reason: '核对无误' }]);

    const problem = await acts(id, 'reinsertions', { reason: 'again' }).expect(409);
    expect(problem.body).toMatchObject({ code: 'order_inserted' });
  });

  it('two who click at once begin an order anew once', async () => {
    const { id, orderId } = await refused();
    const statuses = await Promise.all(
      [1, 2, 3].map(async () => (await acts(id, 'reinsertions', { reason: 'x' })).status),
    );
    expect(statuses.sort()).toEqual([201, 409, 409]);
    await world.until(orderId, ['inserted']);
    expect(await world.cards(orderId)).toHaveLength(1);
  });

  it('an invoice that another order has taken meanwhile is not inserted a second time', async () => {
    const { id, orderId } = await refused();
    const taken = await world.order(orderId);
    const other = { ...order(), invoice: { ...taken.invoice } };
    await world.post('/v1/orders', other).expect(202);
    await world.until(other.order_id, ['inserted']);
    const problem = await acts(id, 'reinsertions', { reason: 'x' }).expect(409);
    expect(problem.body).toMatchObject({ code: 'invoice_taken' });
    expect(await world.order(orderId)).toMatchObject({ state: 'refused' });
  });

  it('a doubtful order is never re-inserted; who saw the card confirms it with its code', async () => {
    const { id, orderId } = await doubtful('drop_after');
    const seen = await detail(id);
    expect(seen.allowed_acts).toEqual(['confirm_inserted', 'confirm_not_inserted', 'abandon']);
    expect(seen.question).toContain(seen.invoice.number);
    expect((await acts(id, 'reinsertions', { reason: 'x' }).expect(409)).body).toMatchObject({
      code: 'order_in_doubt',
    });
    const [card] = await world.cards(orderId);
    const resolved = await acts(id, 'resolutions', {
      kind: 'confirm_inserted',
      reason: '用户截图',
      evidence: 'ticket 4711',
      card_code: card?.code,
    }).expect(201);
    expect(resolved.body).toMatchObject({ kind: 'confirm_inserted', state: 'settled' });
    expect((await world.order(orderId)).insertion).toMatchObject({
      state: 'inserted',
      card_code: card?.code,
      card_code_state: 'known',
    });
    expect((await detail(id)).evidence).toMatchObject([{ kind: 'person', card_code: card?.code }]);
  });

  it('"there is no card" takes two people and the quiet period, and is sent under the same order_id', async () => {
    const { id, orderId } = await doubtful('drop_before');
    const claim = { kind: 'confirm_not_inserted', reason: '用户确认没有' };
    // The probe ended only now: a request may still be on its way.
    expect((await acts(id, 'resolutions', claim).expect(409)).body).toMatchObject({ code: 'quiet_period' });
    await new Promise((resume) => setTimeout(resume, 3200));
    expect((await acts(id, 'resolutions', claim).expect(201)).body).toMatchObject({ state: 'pending' });
    expect((await acts(id, 'resolutions', claim).expect(409)).body).toMatchObject({ code: 'second_person_needed' });
    expect(await world.order(orderId)).toMatchObject({ state: 'needs_human' });
    const settled = await acts(id, 'resolutions', claim, approver).expect(201);
    expect(settled.body).toMatchObject({
      state: 'settled',
      operator: 'bootstrap administrator',
      second_operator: '审批员',
    });
    await world.until(orderId, ['inserted']);
    expect(await world.cards(orderId)).toHaveLength(1);
  });

  it('an order that is given up is rejected, and its invoice stays taken while nobody knows', async () => {
    const { id, orderId } = await doubtful('drop_after');
    await acts(id, 'resolutions', { kind: 'abandon', reason: '联系不上用户' }).expect(201);
    const abandoned = await world.order(orderId);
    expect(abandoned).toMatchObject({ state: 'rejected', insertion: { reason: 'abandoned' } });
    await world.post('/v1/orders', { ...order(), invoice: abandoned.invoice }).expect(409);
    expect((await acts(id, 'resolutions', { kind: 'abandon', reason: 'x' }).expect(409)).body).toMatchObject({
      code: 'order_ended',
    });
  });

  it('an order is found by any of its numbers', async () => {
    const { id, orderId } = await refused();
    const found = async (search: string) =>
      ((await admin('get', `/orders?${search}`).expect(200)).body.items as Json[]).map((item) => item.id as string);
    const number = (await world.order(orderId)).invoice.number;
    for (const search of [`order_id=${orderId}`, `invoice_number=${number}`]) expect(await found(search)).toEqual([id]);
    expect(await found('state=refused&errcode=72031')).toContain(id);
    expect(await found('errcode=72040')).toEqual([]);
    const first = (await admin('get', '/orders?limit=2').expect(200)).body as Json;
    const second = (await admin('get', `/orders?limit=2&cursor=${first.next_cursor}`).expect(200)).body as Json;
    const ids = [...first.items, ...second.items].map((item: Json) => item.id as string);
    expect(new Set(ids).size).toBe(4);
    await admin('get', '/orders?colour=red&errcode=x').expect(422);
  });

  it('a viewer looks and does not act; a merchant’s key is no operator’s', async () => {
    const { id } = await refused();
    await admin('get', `/orders/${id}`, undefined, viewer).expect(200);
    await acts(id, 'reinsertions', { reason: 'x' }, viewer).expect(403);
    await acts(id, 'reinsertions', { reason: 'x' }, KEY).expect(401);
    await acts(id, 'reinsertions', { reason: '' }).expect(422);
    await acts(id, 'resolutions', { kind: 'abandon', reason: 'x', card_code: '123456' }).expect(422);
    await acts('no-uuid', 'reinsertions', { reason: 'x' }).expect(404);
  });

  it('a revoked operator is nobody', async () => {
    const operators = (await admin('get', '/operators').expect(200)).body.items as Json[];
    const { id } = operators.find(({ name }) => name === '访客') as Json;
    await admin('post', '/operators', { name: '访客', role: 'viewer' }).expect(409);
    await admin('delete', `/operators/${id}`).expect(204);
    await admin('get', '/orders', undefined, viewer).expect(401);
    expect(JSON.stringify(operators)).not.toMatch(/pk_|key_sha/);
  });
});
