import request from 'supertest';
import { query } from '../support/databases';
import { knownOperator } from '../support/operators';
import { order } from '../support/orders';
import { Json, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const INSERT = '/card/invoice/insert';

describe('people say that there is no card', () => {
  let world: World;
  let approver: string;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
    approver = (await knownOperator(world, ADMIN, '审批员', 'approver')).key as string;
  });
  afterAll(() => world.end());

  const detail = async (id: string) => (await world.get(`/v1/admin/orders/${id}`, ADMIN).expect(200)).body as Json;
  const deny = (id: string, key = ADMIN) =>
    world.post(`/v1/admin/orders/${id}/resolutions`, { kind: 'confirm_not_inserted', reason: '用户说没有' }, key);
  /** An answer that was kept by a process which died over it. */
  const keep = (id: string, code: string) =>
    query(
      world.databaseUrl,
      `INSERT INTO evidence (merchant_id, id, kind, card_code, data)
       SELECT merchant_id, id, 'late_answer', $2, '{"outcome":"inserted"}' FROM insertions WHERE id = $1`,
      [id, code],
    );

  /** Its card was made and the answer lost; its probe was refused: the answers contradict each other. */
  async function doubtful(): Promise<{ id: string; orderId: string }> {
    const given = order();
    const rule = { path: INSERT, times: 1, order_id: given.order_id };
    await world.control('POST', '/faults', [
      { ...rule, mode: 'drop_after' },
      { ...rule, mode: 'errcode', errcode: 72031, applied: false },
    ]);
    await world.post('/v1/orders', given).expect(202);
    const { id } = await world.until(given.order_id, ['needs_human'], 40_000);
    await new Promise((resume) => setTimeout(resume, 1100));
    return { id, orderId: given.order_id };
  }

  it('against evidence nobody may: neither the first person nor the second', async () => {
    const { id } = await doubtful();
    expect((await detail(id)).allowed_acts).toContain('confirm_not_inserted');
    await deny(id).expect(201);
    // Two codes for one order: neither is believed, yet something was made.
    await keep(id, '100000000001');
    await keep(id, '100000000002');
    expect((await deny(id, approver).expect(409)).body).toMatchObject({ code: 'evidence_of_card' });
    const seen = await detail(id);
    expect(seen).toMatchObject({ state: 'needs_human', allowed_acts: ['confirm_inserted', 'abandon'] });
  });

  it('two of them, of whom neither may be revoked meanwhile', async () => {
    const { id } = await doubtful();
    const gone = await knownOperator(world, ADMIN, '离职者', 'approver');
    await deny(id, gone.key as string).expect(201);
    await request(world.service.url)
      .delete(`/v1/admin/operators/${gone.id as string}`)
      .set('authorization', `Bearer ${ADMIN}`)
      .expect(204);
    // The next is the first of two again.
    expect((await deny(id, approver).expect(201)).body).toMatchObject({ state: 'pending' });
    expect((await deny(id).expect(201)).body).toMatchObject({ state: 'settled' });
  });

  it('and err: evidence that comes later ends the order as inserted, and nothing is sent again', async () => {
    const { id, orderId } = await doubtful();
    const merchants = await query<Json>(world.databaseUrl, 'SELECT id FROM merchants LIMIT 1');
    const hold = { scope: 'merchant', merchant_id: merchants[0]?.id as string, reason: '核对中' };
    const held = await world.post('/v1/admin/holds', hold, ADMIN).expect(201);
    await deny(id).expect(201);
    await deny(id, approver).expect(201);
    expect(await world.order(orderId)).toMatchObject({ state: 'held' });

    const [card] = await world.cards(orderId);
    await keep(id, card?.code as string);
    await request(world.service.url)
      .delete(`/v1/admin/holds/${held.body.id as string}`)
      .set('authorization', `Bearer ${ADMIN}`)
      .expect(204);
    const settled = await world.until(orderId, ['inserted']);
    expect(settled.insertion).toMatchObject({ card_code: card?.code, card_code_state: 'known' });
    expect(await world.requests(INSERT, orderId)).toHaveLength(2);
    expect((await world.timeline(orderId)).at(-1)?.data).toMatchObject({ outcome: 'cardFound', source: 'late_answer' });
  });

  it('the database takes that step of such an order alone, and of none that has ended', async () => {
    const [sound, denied, ended] = [order(), order(), order()];
    await world.control('PUT', '/profile', { authorizations: 'required' });
    for (const given of [sound, denied, ended]) await world.post('/v1/orders', given).expect(202);
    const [soundId, deniedId, endedId] = await Promise.all(
      [sound, denied, ended].map(async ({ order_id }) => (await world.until(order_id, ['awaiting_authorization'])).id),
    );
    const update = (set: string, id = '') =>
      query(world.databaseUrl, `UPDATE insertions SET ${set} WHERE id = $1`, [id]);
    const inserted = `state = 'inserted', card_code_state = 'unknown', due_at = NULL, claimed_by = NULL`;
    await update('doubt_denied = true', deniedId);
    await update(`doubt_denied = true, state = 'refused', due_at = NULL, claimed_by = NULL`, endedId);
    await expect(update(inserted, soundId)).rejects.toThrow(/cannot go from awaiting_authorization/);
    await expect(update(inserted, endedId)).rejects.toThrow(/cannot go from refused/);
    await update(inserted, deniedId);
  });
});
