import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { loadConfig } from '../../src/config';
import { makeLog } from '../../src/log';
import { Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { Chance } from '../../src/sandbox/state/chance';
import { startService } from '../../src/service';
import { Cut, CuttingProxy } from '../support/cutting-proxy';
import { createDatabase, query } from '../support/databases';
import { order } from '../support/orders';
import { environment, Json, KEY } from '../support/world';

const SEED = process.env.SEED ?? String(Date.now() % 100_000);
const PLACES = ['accept', 'intend', 'record'];
const ROUNDS = process.env.LONG ? 17 : 3;
const ORDERS = ROUNDS * 10;
const BOTH: Cut[] = ['before', 'after'];
const EVERY_CUT = PLACES.flatMap((place) => [`${place} after`, `${place} before`]).sort();
/** A slow machine must not be taken for a lost answer. */
const PATIENT = { WECHAT_TIMEOUT_MS: '3000', LEASE_SECONDS: '7', IN_DOUBT_QUIET_SECONDS: '4' };

/** The answer to a COMMIT is lost: whoever sent it cannot know whether it stands. */
describe(`COMMITs that are cut off, seed ${SEED}`, () => {
  let sandbox: Sandbox;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let proxy: CuttingProxy;
  let throughProxy: string;

  beforeEach(async () => {
    const chance = new Chance(`cuts ${SEED}`);
    // Each place is cut in each way once a round, in an order of chance, with fair COMMITs in between.
    const plans = new Map(
      PLACES.map((place) => [
        place,
        Array.from({ length: ROUNDS }, (): Cut[] => (chance.between(0, 1) ? BOTH : [...BOTH].reverse())).flat(),
      ]),
    );
    const choose = (statement: string): Cut | null =>
      chance.between(0, 2) === 0 ? null : (plans.get(statement)?.shift() ?? null);
    sandbox = await startSandbox({ calm: true, seed: SEED });
    database = await createDatabase();
    proxy = new CuttingProxy(new URL(database.url), choose);
    throughProxy = await proxy.start();
  });
  afterEach(async () => {
    await proxy.stop();
    await sandbox.close();
    await database.drop();
  });

  it('at accept, intend and record: no order is lost, each has one card, and WeChat was asked once for each', async () => {
    await control(sandbox, 'PUT', '/profile', { authorizations: 'implied' });
    const service = await startService(loadConfig(environment(throughProxy, sandbox.url, PATIENT)), makeLog('silent'));
    try {
      const orders: Json[] = [];
      const statuses: number[] = [];
      const cuts = () => [...new Set(proxy.cuts.map(({ statement, cut }) => `${statement} ${cut}`))].sort();
      // A few at a time, so that there are many COMMITs and not a few large ones, until each kind of COMMIT was cut.
      while (orders.length < ORDERS || (cuts().length < EVERY_CUT.length && orders.length < 10 * ORDERS)) {
        const few = Array.from({ length: 5 }, () => order());
        orders.push(...few);
        statuses.push(...(await Promise.all(few.map((one) => postUntilTaken(service.url, one)))).flat());
      }
      await allInserted(database.url, orders.length);
      const cards = (await control(sandbox, 'GET', '/ledger')).cards as Json[];
      expect(cards.map(({ order_id }) => order_id as string).sort()).toEqual(orders.map((one) => one.order_id).sort());
      const codes = await query<Json>(database.url, 'SELECT card_code FROM insertions');
      expect(codes.map(({ card_code }) => card_code as string).sort()).toEqual(
        cards.map((card) => card.code as string).sort(),
      );
      const asked = (await control(sandbox, 'GET', '/ledger?path=/card/invoice/insert')).requests as Json[];
      expect(asked).toHaveLength(orders.length);
      // A merchant is told to come again, never that something broke.
      expect(statuses.filter((status) => ![200, 202, 503].includes(status))).toEqual([]);
      console.log(
        `seed ${SEED}: ${proxy.cuts.length} COMMITs cut, ${statuses.filter((s) => s === 503).length} times 503`,
      );
      expect(cuts()).toEqual(EVERY_CUT);
    } finally {
      await service.close();
    }
  }, 240_000);

  it('a worker that begins anew after a lost COMMIT makes second cards', async () => {
    const cards: number[] = [];
    for (let n = 0; n < 40; n += 1) {
      for (let done = false; !done;) {
        cards.push(n);
        done = await recordNaively(throughProxy).then(
          () => true,
          () => false,
        );
      }
    }
    expect(cards.length).toBeGreaterThan(40);
  }, 60_000);
});

async function recordNaively(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query({ name: 'record', text: 'SELECT 1' });
    await client.query('COMMIT');
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** As a merchant does: the same order again until it was answered with 2xx. */
async function postUntilTaken(url: string, given: Json): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < 50; n += 1) {
    const { status } = await fetch(`${url}/v1/orders`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(given),
    });
    statuses.push(status);
    if (status < 300) return statuses;
    await sleep(20);
  }
  throw new Error(`${given.order_id} was never taken: ${statuses.join(' ')}`);
}

async function allInserted(url: string, count: number): Promise<void> {
  const states = () => query<Json>(url, 'SELECT state, count(*)::int AS n FROM insertions GROUP BY 1');
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(100)) {
    const found = await states();
    if (found.length === 1 && found[0]?.state === 'inserted' && found[0].n === count) return;
  }
  throw new Error(JSON.stringify(await states()));
}

async function control(sandbox: Sandbox, method: string, path: string, body?: object): Promise<Json> {
  const answer = await fetch(sandbox.controlUrl + path, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return (await answer.json()) as Json;
}
