import { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { request } from 'undici';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { startProcess } from '../support/process';
import { Json, KEY, World } from '../support/world';
import { addNeighbour, ADMIN } from './neighbour';
import { untilStanding } from './standing';

const REPEATS = 300;
const OTHERS = 40;
const NEIGHBOURS = 20;

/** Everything is posted while nothing can be stored, so that it is all on its way in one moment, whatever the machine. */
describe('one order posted hundreds of times at once to two processes, beside another merchant’s orders', () => {
  let world: World;
  let second: { child: ChildProcess; url: string; code: Promise<number | null> };
  let neighbour: string;
  beforeAll(async () => {
    const env = { BOOTSTRAP_ADMIN_KEY: ADMIN, ACCEPT_CONCURRENCY: '4096', ROLE: 'api' };
    world = await World.start({ env });
    second = await startProcess(world.databaseUrl, world.sandbox.url, env);
    neighbour = await addNeighbour(world);
    for (const key of [KEY, neighbour]) await Promise.all(urls().map((url) => see(url, key)));
  });
  afterAll(async () => {
    second.child.kill('SIGTERM');
    await second.code;
    await world.end();
  });

  const urls = () => [world.service.url, second.url];
  const see = async (url: string, key: string) => {
    const { body } = await request(`${url}/v1/orders?limit=1`, { headers: { authorization: `Bearer ${key}` } });
    await body.dump();
  };
  const post = async (url: string, given: Json, key = KEY) => {
    const answer = await request(`${url}/v1/orders`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(given),
      headersTimeout: 60_000,
    });
    return { status: answer.statusCode, body: (await answer.body.json()) as Json };
  };

  /** The others are sent while the first ones stand before the tables, one in each process, and hold up their batches. */
  async function behind<T>(first: () => Promise<T>[], others: () => Promise<T>[]): Promise<T[]> {
    const client = new Client({ connectionString: world.databaseUrl });
    await client.connect();
    try {
      await client.query('BEGIN; LOCK TABLE live_invoices IN ACCESS EXCLUSIVE MODE');
      const standing = first();
      await untilStanding(world.databaseUrl, standing.length);
      const sent = others();
      await client.query('COMMIT');
      return await Promise.all([...standing, ...sent]);
    } finally {
      await client.end();
    }
  }

  /** Transactions of this database that were rolled back so far. A session tells them within a second. */
  async function undone(): Promise<number> {
    await sleep(1500);
    const [row] = await query<{ n: string }>(
      world.databaseUrl,
      'SELECT xact_rollback AS n FROM pg_stat_database WHERE datname = current_database()',
    );
    return Number(row?.n);
  }

  /** Places in batches that orders have taken so far, stored or not. */
  async function places(): Promise<number> {
    const metrics = await Promise.all(urls().map(async (url) => (await fetch(`${url}/metrics`)).text()));
    const sums = metrics.map((text) => /piaoka_batch_size_sum\{statement="accept"\} (\d+)/.exec(text)?.[1]);
    return sums.reduce((sum, one) => sum + Number(one ?? 0), 0);
  }

  it('each repeat gets the order’s answer, each other content a conflict, and the neighbour its 202', async () => {
    const hot = order();
    const other = (n: number) => {
      const { invoice } = order();
      return { ...order(), order_id: hot.order_id, invoice: { ...(invoice as Json), remarks: `n${n}` } };
    };
    const before = await undone();
    const first = () => urls().map((url) => post(url, hot));
    const kinds = [
      ...Array<() => Json>(REPEATS).fill(() => hot),
      ...Array.from({ length: OTHERS }, (_, n) => () => other(n)),
    ];
    const others = () =>
      urls().flatMap((url) => [
        ...kinds.map((given) => post(url, given())),
        ...Array.from({ length: NEIGHBOURS }, () => post(url, order(), neighbour)),
      ]);
    const answers = await behind(first, others);
    const rest = urls().map((_, n) => answers.slice(2 + n * (REPEATS + OTHERS + NEIGHBOURS)));
    const statuses = (from: number, count: number) =>
      rest.flatMap((own) => own.slice(from, from + count).map(({ status }) => status));
    expect(
      answers
        .slice(0, 2)
        .map(({ status }) => status)
        .sort(),
    ).toEqual([200, 202]);
    expect(new Set(statuses(0, REPEATS))).toEqual(new Set([200]));
    expect(new Set(statuses(REPEATS, OTHERS))).toEqual(new Set([409]));
    expect(new Set(statuses(REPEATS + OTHERS, NEIGHBOURS))).toEqual(new Set([202]));
    const told = answers.filter(({ status }) => status === 409).flatMap(({ body }) => body.errors as Json[]);
    expect(new Set(told.map(({ pointer }) => pointer as string))).toContain('/invoice/number');
    // One is stored. The others took no place beside the neighbour’s, and nobody’s batch was undone for them.
    const [stored] = await query<Json>(world.databaseUrl, 'SELECT count(*)::integer AS n FROM orders');
    expect(stored?.n).toBe(1 + 2 * NEIGHBOURS);
    expect(await places()).toBe(2 + 2 * NEIGHBOURS);
    expect((await undone()) - before).toBe(0);
  });

  it('afterwards a repeat is told how the order is now, and takes no place either', async () => {
    const hot = order();
    expect((await post(world.service.url, hot)).status).toBe(202);
    const before = await places();
    await query(world.databaseUrl, `UPDATE insertions SET state = 'needs_human', reason = 'crashed_repeatedly'`);
    const again = await Promise.all(Array.from({ length: 50 }, () => post(world.service.url, hot)));
    expect(new Set(again.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(again.map(({ body }) => body.state as string))).toEqual(new Set(['needs_human']));
    expect((await places()) - before).toBe(0);
  });
});
