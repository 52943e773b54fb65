import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { environment, Json, World } from '../support/world';
import { brokenPromises, percentile, Receipt, receiptOf, Written } from './load-check';
import { answers, Received, Receiver } from './receiver';
import { WorkerPlace } from './worker-process';

/** `LONG=1` for the long form. Each order makes two messages to each of twenty endpoints. */
const LONG = Boolean(process.env.LONG);
const [ORDERS, KILLS, WORKERS, LEAST] = LONG ? [135, 12, 2, 5000] : [8, 1, 1, 320];
/** Between two orders, and between two kills at least. */
const [PACE_MS, REST_MS] = LONG ? [300, 2500] : [0, 0];
/** Most of the messages to good receivers are there by then; told of the long form, where there is something to count. */
const P95_MS = 2000;
const PATIENCE_MS = LONG ? 240_000 : 60_000;
const GOOD = 14;
const BAD = ['500', '500', 'hangs', 'hangs', 'slow'];

describe(`${LEAST} messages to twenty receivers, six of them bad, while workers are killed`, () => {
  let receiver: Receiver;
  let world: World;
  let refusing: string;
  const workers: WorkerPlace[] = [];
  let kills = 0;

  beforeAll(async () => {
    receiver = await Receiver.start();
    // A port at which nobody listens yet.
    const absent = await Receiver.start();
    refusing = absent.url('/refuses');
    await absent.close();
    const env = {
      WEBHOOK_ALLOW: `${receiver.place},${new URL(refusing).host}`,
      WEBHOOK_TIMEOUT_MS: '1500',
      WEBHOOK_SCHEDULE: `0s${',1s'.repeat(8)}${',5s'.repeat(40)}`,
      LEASE_SECONDS: '5',
    };
    world = await World.start({ env: { ...env, ROLE: 'api' } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
    for (let n = 0; n < GOOD; n += 1) await add(receiver.url(`/good/${n}`));
    for (const [n, kind] of BAD.entries()) await add(receiver.url(`/${kind}/${n}`));
    await add(refusing);
    for (let n = 0; n < WORKERS; n += 1) {
      const url = { ...environment(world.databaseUrl, world.sandbox.url, env), DATABASE_DIRECT_URL: world.databaseUrl };
      workers.push(await WorkerPlace.start(url));
    }
  }, PATIENCE_MS);
  afterAll(async () => {
    for (const worker of workers) await worker.end('SIGTERM');
    await world.end();
    await receiver.close();
  }, PATIENCE_MS);

  async function add(url: string): Promise<void> {
    await world.post('/v1/webhook_endpoints', { url }).expect(201);
    const path = new URL(url).pathname;
    receiver.behave(path, behaviourOf(path));
  }

  /** The first attempt of a message, or of every tenth, goes wrong as the path says; the next one is taken. */
  function behaviourOf(path: string): (response: Parameters<typeof answers.ok>[0], received: Received) => void {
    const seen = new Set<string>();
    return (response, { id }) => {
      const first = !seen.has(id);
      seen.add(id);
      if (path.startsWith('/500') && first) return answers.status(500)(response);
      if (path.startsWith('/hangs') && first && seen.size % 10 === 0) return hung();
      if (path.startsWith('/slow')) return void setTimeout(() => answers.ok(response), 700);
      answers.ok(response);
    };
  }

  /** A request hangs in some worker's hands: the moment to kill one. */
  let nextKill = 0;
  let killing = Promise.resolve();
  function hung(): void {
    if (kills >= KILLS || Date.now() < nextKill) return;
    const worker = workers[kills % WORKERS] as WorkerPlace;
    kills += 1;
    nextKill = Date.now() + REST_MS;
    killing = killing.then(() => worker.killAndFollow());
  }

  const orders: string[] = [];
  async function begin(): Promise<string> {
    const given = order();
    orders.push(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['inserted'], PATIENCE_MS);
    return given.order_id;
  }

  /** 409: the worker died over it, and nobody knows its card's code. */
  const cancel = async (id: string) =>
    expect([200, 409]).toContain((await world.post(`/v1/orders/${id}/cancellation`, {})).status);

  /** Orders until there are as many as wanted, and as many kills. */
  async function traffic(): Promise<void> {
    const stories: Promise<void>[] = [];
    while (orders.length < ORDERS || (LONG && kills < KILLS)) {
      stories.push(begin().then(cancel));
      await sleep(PACE_MS);
    }
    await Promise.all(stories);
  }

  async function written(): Promise<(Written & { at: Date; state: string })[]> {
    const rows = await query<Json>(
      world.databaseUrl,
      `SELECT d.id, e.url, d.data ->> 'order_id' AS order_id, d.sequence, d.created_at AS at, d.state
         FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id`,
    );
    return rows.map(({ url, order_id: orderId, ...row }) => ({
      ...(row as { id: string; sequence: number; at: Date; state: string }),
      ...{ orderId: orderId as string, path: new URL(url as string).pathname },
    }));
  }

  it(
    'each is heard at least once, under one id, without a gap in any order',
    async () => {
      await traffic();
      // Who refused listens at last.
      const latecomer = await Receiver.start(Number(new URL(refusing).port));
      const end = Date.now() + PATIENCE_MS;
      let messages = await written();
      while (messages.some(({ state }) => state !== 'delivered') && Date.now() < end) {
        await sleep(200);
        messages = await written();
      }
      await killing;
      await latecomer.close();
      expect(messages.filter(({ state }) => state !== 'delivered')).toEqual([]);
      expect(messages.length).toBeGreaterThanOrEqual(LEAST);
      expect(kills).toBeGreaterThanOrEqual(KILLS);

      const receipts = [...receiver.received, ...latecomer.received].map(receiptOf);
      expect(brokenPromises(messages, receipts)).toEqual([]);
      expect(new Set(orders)).toEqual(new Set(messages.map(({ orderId }) => orderId)));
      // What the check can see: nothing of it is so where one receipt is missing, or came under another id.
      const one = receipts.find(({ path }) => path === '/good/0') as Receipt;
      const others = receipts.filter(({ id }) => id !== one.id);
      expect(brokenPromises(messages, others)).toContain(`/good/0 never heard ${one.orderId} ${one.sequence}`);
      expect(brokenPromises(messages, [...receipts, { ...one, id: 'another' }])).toEqual([
        `/good/0 heard ${one.orderId} ${one.sequence} under other ids`,
      ]);
      const second = receipts.find(({ path, sequence }) => path === '/good/1' && sequence === 2) as Receipt;
      const headless = receipts.filter(
        ({ path, orderId, sequence }) => path !== '/good/1' || orderId !== second.orderId || sequence !== 1,
      );
      expect(brokenPromises(messages, headless).join()).toContain(`/good/1 ${second.orderId} has a gap: 2`);

      const good = messages.filter(({ path }) => path.startsWith('/good'));
      const [p50, p95] = [0.5, 0.95].map((share) => percentile(share, good, receipts)) as [number, number];
      const tell = `${messages.length} messages, ${receipts.length} receipts, ${kills} kills; good receivers p50 ${p50} ms, p95 ${p95} ms`;
      console.log(tell);
      // Bad receivers and the dead made repeats; each was recognised by its id above.
      expect(receipts.length).toBeGreaterThan(messages.length);
      if (LONG) expect(p95).toBeLessThan(P95_MS);
    },
    2 * PATIENCE_MS,
  );
});
