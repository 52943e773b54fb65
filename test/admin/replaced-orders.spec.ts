import { order } from '../support/orders';
import { Json, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const INSERT = '/card/invoice/insert';

describe('a sale whose invoice was issued again has one card', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
  });
  afterEach(() => world.control('DELETE', '/faults'));
  afterAll(() => world.end());

  const reinsert = (id: string) => world.post(`/v1/admin/orders/${id}/reinsertions`, { reason: '重试' }, ADMIN);
  const cardsOf = async (...orders: Json[]) =>
    (await Promise.all(orders.map(({ order_id }) => world.cards(order_id as string)))).flat();

  async function refused(more: Json = {}): Promise<Json & { order_id: string; id: string }> {
    const given = { ...order(), ...more };
    await world.control('POST', '/faults', {
      path: INSERT,
      mode: 'errcode',
      errcode: 72031,
      times: 1,
      order_id: given.order_id,
    });
    await world.post('/v1/orders', given).expect(202);
    const { id } = await world.until(given.order_id, ['refused']);
    return { ...given, id };
  }

  async function inserted(more: Json): Promise<Json & { order_id: string }> {
    const given = { ...order(), ...more };
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['inserted']);
    return given;
  }

  it('an order whose place was taken is begun anew neither by itself nor in bulk', async () => {
    const old = await refused();
    const heir = await inserted({ replaces: old.order_id });
    expect((await reinsert(old.id).expect(409)).body).toMatchObject({ code: 'order_replaced' });
    const bulk = { filter: { state: 'refused' }, reason: '重试', dry_run: true };
    const { body } = await world.post('/v1/admin/bulk-reinsertions', bulk, ADMIN);
    expect(body).toMatchObject({ orders: 0 });
    expect(await cardsOf(old, heir)).toHaveLength(1);
  });

  it('nor is the heir, once the old order was begun anew', async () => {
    const old = await refused();
    const heir = await refused({ replaces: old.order_id });
    await reinsert(old.id).expect(201);
    await world.until(old.order_id, ['inserted']);
    expect((await reinsert(heir.id).expect(409)).body).toMatchObject({ code: 'order_replaced' });
    expect(await cardsOf(old, heir)).toHaveLength(1);
  });

  it('of many that would take its place at the same moment one does; the others are told which', async () => {
    const old = await refused();
    const heirs = Array.from({ length: 12 }, () => ({ ...order(), replaces: old.order_id }));
    const answers = await Promise.all([...heirs.map((heir) => world.post('/v1/orders', heir)), reinsert(old.id)]);
    const taken = answers.filter(({ status }) => status === 201 || status === 202);
    expect(taken).toHaveLength(1);
    const winner = (taken[0]?.body as Json).order_id as string | undefined;
    for (const { body } of answers.filter(({ status }) => status === 422)) {
      expect(body.errors).toMatchObject([{ pointer: '/replaces', code: 'REPLACES-STATE' }]);
      if (winner) expect(body.errors[0].message).toContain(winner);
    }
    await world.until(winner ?? old.order_id, ['inserted']);
    expect(await cardsOf(old, ...heirs)).toHaveLength(1);
  });

  it('an heir of an heir is of the same sale', async () => {
    const first = await refused();
    const second = await refused({ replaces: first.order_id });
    const third = await inserted({ replaces: second.order_id });
    for (const { id } of [first, second]) {
      expect((await reinsert(id).expect(409)).body).toMatchObject({ code: 'order_replaced' });
    }
    expect(await cardsOf(first, second, third)).toHaveLength(1);
  });

  it('a card that its user has deleted cannot be cancelled, and its place can be taken', async () => {
    const old = await inserted({});
    await world.control('POST', '/faults', {
      path: '/card/invoice/platform/updatestatus',
      mode: 'errcode',
      errcode: 40127,
      times: 1,
    });
    await world.post(`/v1/orders/${old.order_id}/cancellation`, {});
    const heir = await inserted({ replaces: old.order_id });
    expect(await world.cards(heir.order_id)).toHaveLength(1);
  });
});
