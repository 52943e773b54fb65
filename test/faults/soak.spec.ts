import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'undici';
import { order } from '../support/orders';
import { startProcess } from '../support/process';
import { KEY, World } from '../support/world';

const SECONDS = Number(process.env.SOAK_SECONDS ?? 300);
const ORDERS_A_SECOND = 40;
const MIB = 1024 * 1024;
/** What may be gained by caches that fill and a heap that settles, from the second quarter of the time to the last. */
const MOST_GROWTH = { memory: 24 * MIB, handles: 8 };

interface Seen {
  memory: number;
  handles: number;
  loopDelay: number;
}

/** Leaks show in hours, and their slope in minutes. `LONG=1`, for `SOAK_SECONDS`. */
(process.env.LONG ? describe : describe.skip)(`${SECONDS} seconds of ${ORDERS_A_SECOND} orders a second`, () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api' } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
  });
  afterAll(() => world.end());

  async function look(url: string): Promise<Seen> {
    const text = await (await fetch(`${url}/metrics`)).text();
    const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
    return {
      memory: value('process_resident_memory_bytes'),
      handles: value('nodejs_active_handles_total'),
      loopDelay: value('nodejs_eventloop_lag_p99_seconds'),
    };
  }

  it(
    'take no more memory and handles at the end than at the beginning, and the event loop is never held up',
    async () => {
      const { child, code, url } = await startProcess(world.databaseUrl, world.sandbox.url, { LOG_LEVEL: 'info' });
      const caller = new Client(url, { pipelining: 8 });
      const post = async (): Promise<number> => {
        const { statusCode, body } = await caller.request({
          method: 'POST',
          path: '/v1/orders',
          headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
          body: JSON.stringify(order()),
        });
        await body.dump();
        return statusCode;
      };
      try {
        const seen: Seen[] = [];
        let orders = 0;
        const end = Date.now() + SECONDS * 1000;
        for (let n = 0; Date.now() < end; n += 1) {
          const answers = await Promise.all([...Array.from({ length: ORDERS_A_SECOND }, post), sleep(1000)]);
          orders += answers.filter((status) => status === 202).length;
          if (n % 5 === 4) seen.push(await look(url));
        }
        const quarter = Math.floor(seen.length / 4);
        const growth = (name: 'memory' | 'handles') =>
          middle(seen.slice(-quarter).map((one) => one[name])) -
          middle(seen.slice(quarter, 2 * quarter).map((one) => one[name]));
        const grown = { memory: growth('memory'), handles: growth('handles') };
        const delay = middle(seen.map(({ loopDelay }) => loopDelay));
        console.log(
          `${orders} orders: ${Math.round(grown.memory / MIB)} MiB and ${grown.handles} handles more, event loop p99 ${Math.round(delay * 1000)} ms`,
        );
        expect(orders).toBeGreaterThan(SECONDS * (ORDERS_A_SECOND / 2));
        expect(grown.memory).toBeLessThan(MOST_GROWTH.memory);
        expect(grown.handles).toBeLessThan(MOST_GROWTH.handles);
        expect(delay).toBeLessThan(0.05);
      } finally {
        await caller.destroy();
        child.kill('SIGTERM');
        expect(await code).toBe(0);
      }
    },
    (SECONDS + 120) * 1000,
  );
});

function middle(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
