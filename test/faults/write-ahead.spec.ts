import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { armFailpoints, parseFailpoints } from '../../src/failpoints';
import { Cut, CuttingProxy } from '../support/cutting-proxy';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { Json, World } from '../support/world';

const INSERT = '/card/invoice/insert';

/** Leases of two seconds, as everywhere in these stories: half of it is what the guard allows. */
describe('between the write-ahead and the request', () => {
  let world: World;
  let proxy: CuttingProxy;
  let cut: Cut | null = null;

  beforeAll(async () => {
    world = await World.start({
      through: async (databaseUrl) => {
        proxy = new CuttingProxy(new URL(databaseUrl), (statement) => {
          if (statement !== 'intend') return null;
          const now = cut;
          cut = null;
          return now;
        });
        return proxy.start();
      },
    });
  });
  afterEach(() => armFailpoints(null));
  afterAll(async () => {
    await world.end();
    await proxy.stop();
  });

  it('a worker paused past half of its lease sends nothing, and leaves no doubt behind', async () => {
    const { attempts, requests, states } = await storyUnder('carry.intended=delay:1300@1');
    expect(attempts).toMatchObject([
      { n: 1, kind: 'first', outcome: 'later', sent: 'no' },
      { n: 2, kind: 'retry', outcome: 'inserted', sent: 'yes' },
    ]);
    expect(requests).toBe(1);
    expect(states).not.toContain('in_doubt');
  });

  it('one that was paused for less goes on', async () => {
    const { attempts, requests } = await storyUnder('carry.intended=delay:50@1');
    expect(attempts).toMatchObject([{ n: 1, kind: 'first', outcome: 'inserted', sent: 'yes' }]);
    expect(requests).toBe(1);
  });

  it.each<[string, Cut]>([
    ['that stands though its COMMIT was never answered: not sent is known, so nothing is doubted', 'after'],
    [
      'whose COMMIT stands still and is done after the worker gave it up: the attempt is closed all the same',
      'stalled',
    ],
  ])('a write-ahead %s', async (_, how) => {
    cut = how;
    const { attempts, requests, states } = await storyUnder(null);
    expect(attempts).toMatchObject([
      { n: 1, kind: 'first', outcome: 'later', sent: 'no' },
      { n: 2, kind: 'retry', outcome: 'inserted', sent: 'yes' },
    ]);
    expect(requests).toBe(1);
    expect(states).not.toContain('in_doubt');
    expect(await query(world.databaseUrl, 'SELECT FROM open_attempts')).toEqual([]);
  });

  it('a database that stands still for longer than three leases is nobody’s crash: the order gets its card', async () => {
    const given = order();
    await world.authorize(given.order_id);
    const administrator = new Client({ connectionString: world.databaseUrl });
    await administrator.connect();
    await administrator.query('BEGIN; LOCK TABLE open_attempts IN ACCESS EXCLUSIVE MODE');
    const { body } = await world.post('/v1/orders', given).expect(202);
    const claims = `SELECT fence::int FROM insertions WHERE id = '${(body as Json).id as string}'`;
    while (((await query<{ fence: number }>(world.databaseUrl, claims))[0]?.fence ?? 0) < 5) await sleep(100);
    await administrator.query('COMMIT');
    await administrator.end();
    await world.until(given.order_id, ['inserted', 'needs_human']);
    expect(await world.order(given.order_id)).toMatchObject({ state: 'inserted' });
    expect(await world.requests(INSERT, given.order_id)).toHaveLength(1);
  }, 120_000);

  it('an attempt that the database refuses to write down goes to a person, with nothing sent', async () => {
    const given = order();
    await world.authorize(given.order_id);
    await query(
      world.databaseUrl,
      `CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = 'unique_violation'; END $$;
       CREATE TRIGGER refused BEFORE INSERT ON open_attempts FOR EACH ROW EXECUTE FUNCTION refused()`,
    );
    await world.post('/v1/orders', given).expect(202);
    const { insertion } = await world.until(given.order_id, ['needs_human', 'inserted']);
    await query(world.databaseUrl, 'DROP TRIGGER refused ON open_attempts');
    expect(insertion).toMatchObject({ state: 'needs_human', reason: 'write_ahead_refused' });
    expect(await world.requests(INSERT, given.order_id)).toEqual([]);
  });

  it('one that never reached PostgreSQL is not an attempt', async () => {
    cut = 'before';
    const { attempts, requests, states } = await storyUnder(null);
    expect(attempts).toMatchObject([{ n: 1, outcome: 'inserted', sent: 'yes' }]);
    expect(requests).toBe(1);
    expect(states).not.toContain('in_doubt');
  });

  // The last, because that worker wakes up after its story has ended.
  it('a worker paused past its whole lease before the write-ahead finds its row taken', async () => {
    const { attempts, requests, states } = await storyUnder('carry.uploaded=delay:2600@1');
    expect(attempts).toMatchObject([{ n: 1, kind: 'first', outcome: 'inserted', sent: 'yes' }]);
    expect(requests).toBe(1);
    expect(states).not.toContain('in_doubt');
  });

  /** One order’s way to its card. */
  async function storyUnder(failpoints: string | null) {
    const given = order();
    await world.authorize(given.order_id);
    armFailpoints(failpoints === null ? null : parseFailpoints(failpoints));
    const { body } = await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['inserted']);
    expect(cut).toBeNull();
    const attempts = await query<Json>(
      world.databaseUrl,
      'SELECT n, kind, outcome, sent FROM attempts WHERE id = $1 ORDER BY n',
      [(body as Json).id],
    );
    const events = await query<{ type: string }>(world.databaseUrl, 'SELECT type FROM events WHERE id = $1', [
      (body as Json).id,
    ]);
    const requests = (await world.requests(INSERT, given.order_id)).length;
    return { attempts, requests, states: events.map(({ type }) => type) };
  }
});
