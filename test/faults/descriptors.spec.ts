import { execFile } from 'node:child_process';
import { connect, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'undici';
import { order } from '../support/orders';
import { startProcess } from '../support/process';
import { Json, KEY, World } from '../support/world';

const run = promisify(execFile);

/** Another program of the machine, or callers that never hang up, have taken what file descriptors there are. */
describe('a process without a free file descriptor', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api' } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
  });
  afterAll(() => world.end());

  (process.platform === 'linux' ? it : it.skip)(
    'lives, answers whom it knows, and loses and doubles no order; then it is as before',
    async () => {
      const { child, code, url } = await startProcess(world.databaseUrl, world.sandbox.url);
      const pid = child.pid as number;
      const limit = (most: number) => run('prlimit', ['--pid', String(pid), `--nofile=${most}:`]);
      const livez = () => fetch(`${url}/livez`, { signal: AbortSignal.timeout(1000) }).then(({ status }) => status);
      const caller = new Client(url);
      const post = async (given: Json): Promise<number> => {
        const answer = await caller.request({
          method: 'POST',
          path: '/v1/orders',
          headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
          body: JSON.stringify(given),
        });
        await answer.body.dump();
        return answer.statusCode;
      };
      const idle: Socket[] = [];
      try {
        expect(await post(order())).toBe(202);
        // Whatever has a number below is in use from the start on.
        await limit(20);
        for (let n = 0; n < 20; n += 1)
          idle.push(connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined));
        await sleep(300);
        // The shortage is real: who is not connected yet gets no answer.
        await expect(livez()).rejects.toThrow();

        const given = Array.from({ length: 12 }, () => order());
        const statuses = await Promise.all(given.map((one) => post(one)));
        for (const status of statuses) expect([202, 503]).toContain(status);
        await limit(1024);
        idle.splice(0).forEach((socket) => socket.destroy());

        for (let n = 0; n < 100 && (await livez().catch(() => 0)) !== 200; n += 1) await sleep(50);
        for (const one of given) {
          expect([200, 202]).toContain(await post(one));
          await world.until(one.order_id, ['inserted']);
          expect(await world.cards(one.order_id)).toHaveLength(1);
        }
        expect(child.exitCode).toBeNull();
      } finally {
        idle.forEach((socket) => socket.destroy());
        await caller.destroy();
        child.kill('SIGTERM');
        expect(await code).toBe(0);
      }
    },
  );
});
