import { order } from '../support/orders';
import { query } from '../support/databases';
import { World } from '../support/world';

const INSERT = '/card/invoice/insert';

/** The deadline is longer than the lease, which a start would refuse: so the lease is taken away by hand. */
const steal = (world: World) =>
  query(world.databaseUrl, `UPDATE insertions SET due_at = now(), fence = fence WHERE state = 'sending'`);

describe('an answer that comes after its lease was lost', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { WECHAT_TIMEOUT_MS: '1900', LEASE_SECONDS: '4', IN_DOUBT_QUIET_SECONDS: '2' } });
  });
  afterEach(() => world.control('DELETE', '/faults'));
  afterAll(() => world.end());

  it('settles the doubt, and the card’s code is known', async () => {
    const given = order();
    await world.authorize(given.order_id);
    await world.control('POST', '/faults', [
      { path: INSERT, mode: 'delay', delay_ms: 1500, times: 1, order_id: given.order_id },
    ]);
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['sending']);
    await steal(world);
    await world.until(given.order_id, ['in_doubt', 'inserted']);
    const settled = await world.until(given.order_id, ['inserted']);
    const [card] = await world.cards(given.order_id);
    expect(settled.insertion).toMatchObject({ card_code: card?.code, card_code_state: 'known' });
    expect((await world.timeline(given.order_id)).map(({ type }) => type)).toEqual([
      'accepted',
      'uploaded',
      'sending',
      'in_doubt',
      'inserted',
    ]);
    expect(await world.requests(INSERT, given.order_id)).toHaveLength(1);
    expect(await query(world.databaseUrl, `SELECT kind FROM evidence WHERE id = '${settled.id}'`)).toEqual([
      { kind: 'late_answer' },
    ]);
  });

  it('that was kept by a process which died over it still settles the doubt, and no probe is sent', async () => {
    const given = order();
    await world.authorize(given.order_id);
    await world.control('POST', '/faults', [{ path: INSERT, mode: 'drop_after', times: 1, order_id: given.order_id }]);
    await world.post('/v1/orders', given).expect(202);
    const doubtful = await world.until(given.order_id, ['in_doubt']);
    const [card] = await world.cards(given.order_id);
    await query(
      world.databaseUrl,
      `INSERT INTO evidence (merchant_id, id, kind, card_code, data)
       SELECT merchant_id, id, 'late_answer', $2, '{"outcome":"inserted"}' FROM insertions WHERE id = $1`,
      [doubtful.id, card?.code],
    );
    const settled = await world.until(given.order_id, ['inserted']);
    expect(settled.insertion).toMatchObject({ card_code: card?.code, card_code_state: 'known' });
    expect(await world.requests(INSERT, given.order_id)).toHaveLength(1);
  });

  it('"never authorised" that comes late speaks only about its own attempt: the doubt stays', async () => {
    const given = order();
    await world.control('POST', '/faults', [
      { path: INSERT, mode: 'delay', delay_ms: 1500, times: 1, order_id: given.order_id },
    ]);
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['sending']);
    await steal(world);
    const doubtful = await world.until(given.order_id, ['in_doubt']);
    const kept = () => query(world.databaseUrl, `SELECT data FROM evidence WHERE id = '${doubtful.id}'`);
    for (let n = 0; n < 100 && (await kept()).length === 0; n += 1)
      await new Promise((resume) => setTimeout(resume, 30));
    expect(await kept()).toEqual([{ data: { outcome: 'awaitingAuthorization' } }]);
    await world.authorize(given.order_id);
    await world.until(given.order_id, ['inserted']);
    expect(await world.cards(given.order_id)).toHaveLength(1);
  });

  it('an answer that carries another order’s code is not believed', async () => {
    const [first, second] = [order(), order()];
    await world.authorize(first.order_id, second.order_id);
    await world.post('/v1/orders', first).expect(202);
    await world.until(first.order_id, ['inserted']);
    await world.control('POST', '/faults', [{ path: INSERT, mode: 'swap_code', times: 1, order_id: second.order_id }]);
    await world.post('/v1/orders', second).expect(202);
    const asked = await world.until(second.order_id, ['needs_human', 'inserted']);
    expect(asked).toMatchObject({ state: 'needs_human', insertion: { reason: 'card_code_in_use' } });
    // There may be a card: a person finds the code that was answered, and nothing here calls it certain that there is none.
    const { card_code: answered } = (await world.order(first.order_id)).insertion;
    expect(await query(world.databaseUrl, `SELECT data FROM evidence WHERE id = '${asked.id}'`)).toEqual([
      { data: { outcome: 'card_code_in_use', answered_code: answered } },
    ]);
    expect(
      await query(world.databaseUrl, `SELECT 1 FROM insertions WHERE id = '${asked.id}' AND doubt_since IS NULL`),
    ).toEqual([]);
  });
});
