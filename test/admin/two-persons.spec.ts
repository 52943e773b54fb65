import { query } from '../support/databases';
import { knownOperator, operatorsAge } from '../support/operators';
import { order } from '../support/orders';
import { Json, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const INSERT = '/card/invoice/insert';
const BULKS = '/v1/admin/bulk-reinsertions';

describe('what takes two people', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
  });
  afterAll(() => world.end());

  const make = async (name: string, role = 'administrator', maker = ADMIN) =>
    (await world.post('/v1/admin/operators', { name, role }, maker).expect(201)).body as Json & { key: string };
  const deny = (id: string, key = ADMIN) =>
    world.post(`/v1/admin/orders/${id}/resolutions`, { kind: 'confirm_not_inserted', reason: '用户说没有' }, key);
  const trail = (object: string, action: string) =>
    query<Json>(world.databaseUrl, 'SELECT actor, data FROM audit WHERE object = $1 AND action = $2', [object, action]);

  /** Its first answer was lost and its second is a refusal: people must say whether there is a card. */
  async function doubtful(): Promise<{ id: string; orderId: string }> {
    const given = order();
    const rule = { path: INSERT, times: 1, order_id: given.order_id };
    await world.control('POST', '/faults', [
      { ...rule, mode: 'drop_before' },
      { ...rule, mode: 'errcode', errcode: 72031, applied: false },
    ]);
    await world.post('/v1/orders', given).expect(202);
    const { id } = await world.until(given.order_id, ['needs_human'], 40_000);
    await new Promise((resume) => setTimeout(resume, 1100));
    return { id, orderId: given.order_id };
  }

  it('is not settled by one who makes a second one: the refusal and the trail name the maker', async () => {
    const { id, orderId } = await doubtful();
    const puppet = await make('第二人', 'approver');
    expect(puppet.made_by).toBe('bootstrap administrator');
    await deny(id).expect(201);
    const { body } = await deny(id, puppet.key).expect(409);
    expect(body).toMatchObject({ code: 'second_person_dependent' });
    expect(body.detail_en).toMatch(/"bootstrap administrator" and "第二人" count as one person until 20.*\+08:00/);
    expect(await world.order(orderId)).toMatchObject({ state: 'needs_human' });
    expect(await trail(id, 'order.second_yes_refused')).toMatchObject([
      {
        actor: '第二人',
        data: { first: 'bootstrap administrator', second: '第二人', key_made_by: 'bootstrap administrator' },
      },
    ]);

    // A day later the second person is one.
    await operatorsAge(world, 25);
    expect((await deny(id, puppet.key).expect(201)).body).toMatchObject({ state: 'settled' });
    expect((await trail(id, 'order.resolved')).map(({ data }) => (data as Json).by as unknown)).toEqual([
      undefined,
      ['bootstrap administrator', '第二人'],
    ]);
    await world.until(orderId, ['inserted']);
  });

  it('nor through a second one who makes a third, nor by two puppets without their master', async () => {
    const { id } = await doubtful();
    const second = await make('甲');
    const third = await make('乙', 'approver', second.key);
    const sibling = await make('丙', 'approver');
    await deny(id, third.key).expect(201);
    for (const key of [ADMIN, second.key, sibling.key]) {
      expect((await deny(id, key).expect(409)).body).toMatchObject({ code: 'second_person_dependent' });
    }
    const apart = await knownOperator(world, ADMIN, '丁', 'approver');
    expect((await deny(id, apart.key as string).expect(201)).body).toMatchObject({ state: 'settled' });
  });

  it('and no bulk grows by making people: neither their yes counts, nor their hundred orders', async () => {
    await query(
      world.databaseUrl,
      `INSERT INTO bulk_reinsertions (id, filter, reason, operator, orders, state)
       VALUES (gen_random_uuid(), '{}', 'x', 'bootstrap administrator', 100, 'queued')`,
    );
    const given = order();
    await world.control('POST', '/faults', [
      { path: INSERT, times: 1, order_id: given.order_id, mode: 'errcode', errcode: 72031, applied: false },
    ]);
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['refused']);
    const puppet = await make('己');
    const ask = { filter: { errcode: 72031 }, reason: '再来', dry_run: false };
    const asked = (await world.post(BULKS, ask, puppet.key).expect(201)).body as Json;
    expect(asked).toMatchObject({ state: 'awaiting_approval', orders: 1 });
    const approve = () => world.post(`${BULKS}/${asked.id as string}/approval`, { reason: '同意' }, ADMIN);
    expect((await approve().expect(409)).body).toMatchObject({ code: 'second_person_dependent' });
    expect(await trail(asked.id as string, 'bulk_reinsertion.approval_refused')).toHaveLength(1);
    await operatorsAge(world, 25);
    expect((await approve().expect(200)).body).toMatchObject({ approval: { operator: 'bootstrap administrator' } });
  });

  it('nobody gets a name that looks like another’s, nor a merchant', async () => {
    await make('Zhang Min', 'viewer');
    for (const name of [
      'Zhang  Min',
      'ZHANG MIN',
      'Zhаng Min',
      'Ｚhang Min',
      'Zhang Min\u200F',
      'Zhang\u3164Min',
      '\u2800',
    ]) {
      const { body } = await world.post('/v1/admin/operators', { name, role: 'viewer' }, ADMIN).expect(422);
      expect([name, body.errors]).toMatchObject([name, [{ pointer: '/name' }]]);
    }
    for (const name of ['рiaoka', 'Ｂootstrap administrator', 'kеy 1']) {
      await world.post('/v1/admin/operators', { name, role: 'viewer' }, ADMIN).expect(422);
    }
    await make('Zhang Ming', 'viewer');
    const shop = (name: string) =>
      world.post('/v1/admin/merchants', { name, appid: 'wx1', issuer_appid: 'wxc0b84a53ed8e8d29' }, ADMIN);
    await shop('Corner Shop').expect(201);
    expect((await shop('CornerShор').expect(422)).body.errors).toMatchObject([{ pointer: '/name' }]);
    await shop('Corner Shop').expect(409);
  });
});
