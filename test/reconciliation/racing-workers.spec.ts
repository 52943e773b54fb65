import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { Json, World } from '../support/world';

const ADMIN = 'admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const INSERT = '/card/invoice/insert';
const SLOW = { path: INSERT, mode: 'delay', delay_ms: 2000, applied: true };

/** One run after the other, while workers have the same orders in their hands. */
describe('a reconciliation that never pauses', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({
      env: {
        BOOTSTRAP_ADMIN_KEY: ADMIN,
        WECHAT_TIMEOUT_MS: '4000',
        LEASE_SECONDS: '8',
        IN_DOUBT_QUIET_SECONDS: '5',
        RETRY_SCHEDULE: '1h',
      },
    });
  });
  afterAll(() => world.end());

  /** Reconciles over and over until told to stop; how many runs there were. */
  function reconciling(): () => Promise<number> {
    let going = true;
    const runs = (async () => {
      let count = 0;
      for (; going; count += 1) {
        const { body } = await world.post('/v1/admin/reconciliations', {}, ADMIN).expect(201);
        for (let state = ''; state !== 'done'; await sleep(20)) {
          const { body: run } = await world.get(`/v1/admin/reconciliations/${(body as Json).id as string}`, ADMIN);
          state = (run as Json).state as string;
          expect(state).not.toBe('failed');
        }
      }
      return count;
    })();
    return () => {
      going = false;
      return runs;
    };
  }

  async function posted(faults: object[], authorized = true): Promise<string> {
    const given = order();
    if (authorized) await world.authorize(given.order_id);
    const rules = faults.map((fault) => ({ ...fault, times: 1, order_id: given.order_id }));
    if (rules.length > 0) await world.control('POST', '/faults', rules);
    await world.post('/v1/orders', given).expect(202);
    return given.order_id;
  }

  it('takes no order from a worker’s hands and wakes none twice: each has one card, and one request for each attempt', async () => {
    const slow = await posted([SLOW]);
    // Its card is made, its answer is lost; the probe that finds out is slow too.
    const doubtful = await posted([{ path: INSERT, mode: 'drop_after' }, SLOW]);
    const waiting = await posted([], false);
    await world.until(doubtful, ['in_doubt']);
    await world.until(waiting, ['awaiting_authorization']);
    const stop = reconciling();

    await world.until(slow, ['inserted']);
    await world.authorize(waiting);
    await world.until(waiting, ['inserted']);
    await world.until(doubtful, ['sending']);
    // While the probe is on its way, something else says what the card is called: this run or the probe settles it.
    const [card] = await world.cards(doubtful);
    await query(
      world.databaseUrl,
      `INSERT INTO evidence (merchant_id, id, kind, card_code, data)
       SELECT i.merchant_id, i.id, 'late_answer', $2, '{"outcome":"inserted"}'
         FROM insertions i JOIN orders o USING (merchant_id, id) WHERE o.order_id = $1`,
      [doubtful, card?.code],
    );
    await world.until(doubtful, ['inserted']);
    await sleep(2500);
    expect(await stop()).toBeGreaterThan(5);

    for (const id of [slow, doubtful, waiting]) {
      const cards = await world.cards(id);
      expect(cards).toHaveLength(1);
      const { state, insertion } = await world.order(id);
      expect({ state, code: insertion.card_code }).toEqual({ state: 'inserted', code: cards[0]?.code as string });
      const attempts = await query<Json>(
        world.databaseUrl,
        `SELECT a.n FROM attempts a JOIN orders o USING (merchant_id, id) WHERE o.order_id = $1 ORDER BY n`,
        [id],
      );
      expect(attempts.map(({ n }) => n as number)).toEqual(attempts.map((_, index) => index + 1));
      expect(await world.requests(INSERT, id)).toHaveLength(attempts.length);
    }
    expect(await world.requests(INSERT, slow)).toHaveLength(1);
    expect(await world.requests(INSERT, doubtful)).toHaveLength(2);
    expect(await query(world.databaseUrl, 'SELECT FROM open_attempts')).toEqual([]);
  }, 60_000);
});
