import { loadConfig } from '../../src/config';
import { makeLog } from '../../src/log';
import { startService } from '../../src/service';
import { order } from '../support/orders';
import { APPID, CARD_ID, environment, Json, World } from '../support/world';

const ADMIN = 'pk_admin_0123456789abcdef0123456789abcdef';
const EACH = 40;

describe('a worker with a single hand, and two merchants of one account with many orders each', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api', BOOTSTRAP_ADMIN_KEY: ADMIN } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
  });
  afterAll(() => world.end());

  it('takes from both: neither waits until the other is through', async () => {
    const settings = { name: 'second', appid: APPID, issuer_appid: APPID, card_id: CARD_ID };
    const shop = (await world.post('/v1/admin/merchants', settings, ADMIN).expect(201)).body as Json;
    const wanted = { label: 'ERP', scopes: ['orders:write', 'orders:read'] };
    const made = await world.post(`/v1/admin/merchants/${shop.id as string}/keys`, wanted, ADMIN).expect(201);
    const second = (made.body as Json).key as string;

    const post = async (key?: string) => {
      const orders = Array.from({ length: EACH }, () => order());
      await Promise.all(orders.map((one) => world.post('/v1/orders', one, key).expect(202)));
      return orders.map(({ order_id }) => order_id);
    };
    const ofFirst = await post();
    const ofSecond = await post(second);

    const env = { ROLE: 'worker', INSERT_CONCURRENCY: '1' };
    const config = loadConfig(environment(world.databaseUrl, world.sandbox.url, env));
    const worker = await startService(config, makeLog('silent'));
    try {
      const inserts = async () => (await world.requests('/card/invoice/insert')).map((one) => one.order_id as string);
      while ((await inserts()).length < EACH) await new Promise((resume) => setTimeout(resume, 50));
      const begun = (await inserts()).slice(0, EACH);
      expect(begun.some((id) => ofFirst.includes(id))).toBe(true);
      expect(begun.some((id) => ofSecond.includes(id))).toBe(true);
    } finally {
      await worker.close();
    }
  });
});
