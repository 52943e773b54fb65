import { setTimeout as sleep } from 'node:timers/promises';
import { armFailpoints, parseFailpoints } from '../../src/failpoints';
import { CuttingProxy } from '../support/cutting-proxy';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { Json, World } from '../support/world';

const INSERT = '/card/invoice/insert';

describe('a database that is away', () => {
  let world: World;
  let proxy: CuttingProxy;
  beforeAll(async () => {
    world = await World.start({
      through: async (url) => {
        proxy = new CuttingProxy(new URL(url), () => null);
        return proxy.start();
      },
    });
  });
  afterEach(() => armFailpoints(null));
  afterAll(async () => {
    await world.end();
    await proxy.stop();
  });

  it('while an answer arrives, and longer than the lease: the answer is kept in memory, and the card’s code with it', async () => {
    const given = order();
    await world.authorize(given.order_id);
    // Between the answer and its record there is time to take the database away.
    armFailpoints(parseFailpoints('carry.answered=delay:500@1'));
    const { body } = await world.post('/v1/orders', given).expect(202);
    for (let n = 0; n < 500 && (await world.cards(given.order_id)).length === 0; n += 1) await sleep(10);
    const [card] = await world.cards(given.order_id);
    expect(card).toBeDefined();
    proxy.away(true);
    await sleep(3500);
    const states = await query<Json>(world.databaseUrl, 'SELECT state FROM insertions');
    expect(states).toEqual([{ state: 'sending' }]);
    proxy.away(false);
    const settled = await world.until(given.order_id, ['inserted', 'needs_human']);
    expect(settled).toMatchObject({
      id: (body as Json).id as string,
      state: 'inserted',
      insertion: { card_code_state: 'known', card_code: card?.code as string },
    });
    expect(await world.requests(INSERT, given.order_id)).toHaveLength(1);
  });

  it('takes no order, says so at once and to come again, and is not ready; then everything is as before', async () => {
    const given = order();
    proxy.away(true);
    try {
      const started = performance.now();
      const refused = await world.post('/v1/orders', given).expect(503);
      expect(refused.headers['retry-after']).toMatch(/^\d+$/);
      expect(performance.now() - started).toBeLessThan(5000);
      await world.get('/readyz').expect(503);
      await world.get('/livez').expect(200);
    } finally {
      proxy.away(false);
    }
    await world.get('/readyz').expect(200);
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['inserted']);
  });
});
