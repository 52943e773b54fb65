import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Dispatcher, Pool } from 'undici';
import { OrderView } from '../../src/orders/orders.api';
import { order } from '../support/orders';
import { startProcess } from '../support/process';
import { APPID, Json, KEY, World } from '../support/world';
import { Made, Malformed } from './malformed';
import { Route, routesOf } from './routes';

const COUNT = Number(process.env.FUZZ_COUNT ?? (process.env.LONG ? 50_000 : 3000));
const SEED = process.env.FUZZ_SEED ?? 'malformed';
const AT_ONCE = 16;
const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const MIB = 1024 * 1024;
/** Of one answer: the longest that is not a file is a batch's, 500 problems. */
const MOST_ANSWER = 2 * MIB;
const MOST_MEMORY = 600 * MIB;

interface Told {
  status: number;
  bytes: number;
  ms: number;
}

/** What is asked, shortly enough to be read in a failed test. */
function shown({ method, path, headers, body }: Made, told: Told): string {
  const sent = body ? ` ${headers['content-type']} ${body.length} bytes: ${body.toString().slice(0, 300)}` : '';
  return `${told.status} after ${Math.round(told.ms)} ms: ${method} ${path.slice(0, 300)}${sent}`;
}

describe(`${COUNT} malformed requests over every route, with and without keys`, () => {
  let world: World;
  let service: Awaited<ReturnType<typeof startProcess>>;
  let routes: Route[];
  let ids: string[];
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api', BOOTSTRAP_ADMIN_KEY: ADMIN } });
    const more = { ROLE: 'api', BOOTSTRAP_ADMIN_KEY: ADMIN };
    service = await startProcess(world.databaseUrl, world.sandbox.url, more);
    const { id, order_id: orderId } = (await world.post('/v1/orders', order()).expect(202)).body as OrderView;
    const { items } = (await world.get('/v1/admin/merchants', ADMIN).expect(200)).body as { items: Json[] };
    ids = [id, orderId, APPID, ...items.map((merchant) => merchant.id as string)];
    routes = routesOf((await (await fetch(`${service.url}/openapi.json`)).json()) as Json);
  });
  afterAll(async () => {
    service.child.kill('SIGKILL');
    await service.code;
    await world.end();
  });

  async function ask(client: Dispatcher, { method, path, headers, body }: Made): Promise<Told> {
    const began = performance.now();
    try {
      const answer = await client.request({ method: method, path, headers, body: body ?? null });
      let bytes = 0;
      for await (const chunk of answer.body) bytes += (chunk as Buffer).length;
      return { status: answer.statusCode, bytes, ms: performance.now() - began };
    } catch (error) {
      const { code = '' } = error as { code?: string };
      // What no client may send was not sent; what was answered before it was sent whole may end the connection.
      if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_SOCKET' || code === 'EPIPE' || code === 'ECONNRESET') {
        return { status: 0, bytes: 0, ms: performance.now() - began };
      }
      throw error;
    }
  }

  /** How long `/livez` takes meanwhile, on a connection of its own. */
  async function watch(over: () => boolean): Promise<number[]> {
    const client = new Client(service.url);
    const times: number[] = [];
    while (!over()) {
      times.push((await ask(client, { method: 'GET', path: '/livez', headers: {} })).ms);
      await sleep(20);
    }
    await client.close();
    return times.sort((a, b) => a - b);
  }

  it(
    'make no 5xx, no long wait, no large answer, and fill no memory; and what they stored can be shown',
    async () => {
      const made = new Malformed(SEED, routes, { merchant: KEY, admin: ADMIN }, ids);
      const pool = new Pool(service.url, { connections: AT_ONCE });
      const wrong: string[] = [];
      const seen = new Map<number, number>();
      let left = COUNT;
      const sender = async () => {
        for (; left > 0;) {
          left -= 1;
          const request = made.next();
          const told = await ask(pool, request);
          seen.set(told.status, (seen.get(told.status) ?? 0) + 1);
          const failed = told.status >= 500 && told.status !== 503;
          const late = told.ms > (process.env.LONG ? 2000 : 20_000);
          if (failed || late || told.bytes > MOST_ANSWER) wrong.push(shown(request, told));
        }
      };
      const live = watch(() => left <= 0);
      await Promise.all(Array.from({ length: AT_ONCE }, sender));
      const times = await live;
      await pool.close();

      expect(wrong.slice(0, 20)).toEqual([]);
      // That requests were sent at all, and that the service had reason to refuse.
      expect((seen.get(401) ?? 0) + (seen.get(422) ?? 0)).toBeGreaterThan(COUNT / 5);
      expect(seen.get(503) ?? 0).toBeLessThan(COUNT / 100);
      if (process.env.LONG) expect(times[Math.floor(times.length * 0.99)]).toBeLessThan(250);
      if (process.platform === 'linux') expect(peakMemory(service.child.pid as number)).toBeLessThan(MOST_MEMORY);
      expect(await lists(ADMIN, '/v1/admin/')).toEqual([]);
      expect(await lists(KEY, '/v1/')).toEqual([]);
    },
    Math.max(90_000, COUNT * 60),
  );

  /** The lists that cannot be shown. */
  async function lists(key: string, prefix: string): Promise<string[]> {
    const failed: string[] = [];
    const admin = prefix.includes('admin');
    for (const { method, path } of routes) {
      if (method !== 'GET' || !path.startsWith(prefix) || path.includes('{') || path.includes('admin') !== admin)
        continue;
      const answer = await fetch(service.url + path, { headers: { authorization: `Bearer ${key}` } });
      if (answer.status >= 500) failed.push(`${answer.status} ${path}: ${await answer.text()}`);
    }
    return failed;
  }
});

function peakMemory(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}
