import { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { CuttingProxy } from '../support/cutting-proxy';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { Json, World } from '../support/world';

/** PostgreSQL answers, but has no room: no free connection, no disk, no more clients. */
describe('a database that is short of something', () => {
  let world: World;
  let proxy: CuttingProxy;
  beforeAll(async () => {
    world = await World.start({
      through: async (url) => {
        proxy = new CuttingProxy(new URL(url), () => null);
        return proxy.start();
      },
    });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
  });
  afterAll(async () => {
    await world.end();
    await proxy.stop();
  });

  async function refused(given: Json): Promise<void> {
    const { body, headers } = await world.post('/v1/orders', given).expect(503);
    expect(headers['retry-after']).toMatch(/^\d+$/);
    expect(body).toMatchObject({ code: 'unavailable' });
  }

  async function insertedOnce(given: Json): Promise<void> {
    // 200: it was stored after all, though nobody could say so.
    expect([200, 202]).toContain((await world.post('/v1/orders', given)).status);
    await world.until(given.order_id as string, ['inserted']);
    expect(await world.cards(given.order_id as string)).toHaveLength(1);
    const rows = await query<Json>(world.databaseUrl, 'SELECT FROM orders WHERE order_id = $1', [given.order_id]);
    expect(rows).toHaveLength(1);
  }

  const ready = async () => (await world.get('/readyz')).status;

  async function readyAgain(): Promise<void> {
    for (let n = 0; n < 200 && (await ready()) !== 200; n += 1) await sleep(100);
    expect(await ready()).toBe(200);
  }

  it('every connection is busy: orders are answered 503 at once, while it is so; repeated later, each is one order', async () => {
    // The key is known from now on.
    await insertedOnce(order());
    const holder = new Client({ connectionString: world.databaseUrl });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE');
    const readers = Array.from({ length: 20 }, () => world.get('/v1/orders?limit=1').then(({ status }) => status));
    const given = Array.from({ length: 12 }, () => order());
    try {
      const started = performance.now();
      await refused(given[0] as Json);
      expect(performance.now() - started).toBeLessThan(4000);
      await Promise.all(given.slice(1).map(refused));
    } finally {
      await holder.query('ROLLBACK');
      await holder.end();
    }
    for (const status of await Promise.all(readers)) expect([200, 503]).toContain(status);
    for (const one of given) await insertedOnce(one);
  });

  it('the disk is full: 503, nothing is half stored, and the process is not ready', async () => {
    await query(
      world.databaseUrl,
      `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file: No space left on device'; END $$`,
    );
    await query(
      world.databaseUrl,
      'CREATE TRIGGER full_disk AFTER INSERT ON insertions FOR EACH ROW EXECUTE FUNCTION full_disk()',
    );
    const given = order();
    await refused(given);
    await world.get('/readyz').expect(503);
    await world.get('/livez').expect(200);
    expect(await query(world.databaseUrl, 'SELECT FROM orders WHERE order_id = $1', [given.order_id])).toEqual([]);
    await query(world.databaseUrl, 'DROP TRIGGER full_disk ON insertions');
    await readyAgain();
    await insertedOnce(given);
  });

  it('it takes no more clients: 503, and the process is not ready', async () => {
    const given = order();
    proxy.refuse('53300');
    await refused(given);
    await world.get('/readyz').expect(503);
    await world.get('/livez').expect(200);
    proxy.refuse(null);
    await readyAgain();
    await insertedOnce(given);
  });
});
