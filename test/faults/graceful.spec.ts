import { Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { createDatabase, query } from '../support/databases';
import { order } from '../support/orders';
import { startProcess } from '../support/process';
import { Json, KEY, World } from '../support/world';

/** Orders taken before a process is asked to stop: some are on their way, more are arriving. */
const IN_FLIGHT = 12;
/** `LONG=1` for the long form. */
const ROUNDS = process.env.LONG ? 5 : 2;
const BREAKS = process.env.LONG ? 20 : 3;

const pause = (ms: number) => new Promise((resume) => setTimeout(resume, ms));

describe('a process that is asked to stop', () => {
  let sandbox: Sandbox;
  let database: { url: string; drop: () => Promise<void> };
  beforeAll(async () => {
    sandbox = await startSandbox({ calm: true, seed: 'graceful' });
    database = await createDatabase();
    await control(sandbox, 'PUT', '/profile', { authorizations: 'implied' });
    await control(sandbox, 'POST', '/faults', [{ path: '/card/invoice/insert', mode: 'delay', delay_ms: 300 }]);
  });
  afterAll(async () => {
    await sandbox.close();
    await database.drop();
  });

  it('finishes what is on its way, leaves no doubt and no claim behind, and loses no accepted order', async () => {
    const accepted: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const service = await startProcess(database.url, sandbox.url);
      const before = accepted.length;
      const posts = Array.from({ length: 40 }, async (_, n) => {
        await pause(n * 15);
        const given = order();
        const status = await post(service.url, given);
        if (status === 202) accepted.push(given.order_id);
        // What a stopping door says is clear: not taken, or not reached at all.
        expect([202, 503, null]).toContain(status);
      });
      while (accepted.length < before + IN_FLIGHT) await pause(5);
      const asked = Date.now();
      service.child.kill('SIGTERM');
      expect(await service.code).toBe(0);
      expect(Date.now() - asked).toBeLessThan(20_000);
      await Promise.all(posts);
      expect(
        await query(
          database.url,
          `SELECT 1 FROM insertions WHERE claimed_by IS NOT NULL OR state IN ('sending', 'in_doubt')`,
        ),
      ).toEqual([]);
      expect(await query(database.url, 'SELECT 1 FROM open_attempts')).toEqual([]);
    }
    expect(accepted.length).toBeGreaterThanOrEqual(ROUNDS * IN_FLIGHT);
    const last = await startProcess(database.url, sandbox.url);
    for (let n = 0; n < 200; n += 1) {
      if ((await query(database.url, `SELECT 1 FROM insertions WHERE state <> 'inserted' LIMIT 1`)).length === 0) break;
      await pause(50);
    }
    last.child.kill('SIGTERM');
    expect(await last.code).toBe(0);
    const stored = await query<Json>(
      database.url,
      'SELECT o.order_id, i.state FROM orders o JOIN insertions i USING (id)',
    );
    expect(stored.filter(({ state }) => state !== 'inserted')).toEqual([]);
    expect(accepted.filter((id) => !stored.some(({ order_id }) => order_id === id))).toEqual([]);
    const outcomes = await query(database.url, 'SELECT DISTINCT outcome FROM attempts');
    expect(outcomes).toEqual([{ outcome: 'inserted' }]);
  }, 150_000);
});

describe('a database whose connections break', () => {
  it('is survived: no order lost, none twice, and the pool recovers', async () => {
    const world = await World.start();
    try {
      await world.control('PUT', '/profile', { authorizations: 'implied' });
      const accepted: string[] = [];
      for (let round = 0; round < BREAKS; round += 1) {
        const orders = Array.from({ length: 20 }, () => order());
        const posts = orders.map(async (one) => {
          // A merchant repeats what was not answered with yes; that is safe.
          for (let n = 0; n < 50; n += 1) {
            const { status } = await world.post('/v1/orders', one);
            expect([200, 202, 503]).toContain(status);
            if (status !== 503) return accepted.push(one.order_id);
            await pause(50);
          }
          throw new Error('an order was never taken');
        });
        await query(
          world.databaseUrl,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
        );
        await Promise.all(posts);
      }
      for (const id of accepted) await world.until(id, ['inserted']);
      const cards = await world.cards();
      expect(cards.map(({ order_id }) => order_id as string).sort()).toEqual([...accepted].sort());
      const since = Date.now();
      while ((await world.get('/readyz')).status !== 200) await pause(50);
      expect(Date.now() - since).toBeLessThan(5000);
      // What broke was let go: no session is left in a transaction, and there are no more than the pools may have.
      const sessions = await query<{ state: string }>(
        world.databaseUrl,
        'SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
      expect(sessions.filter(({ state }) => state.startsWith('idle in transaction'))).toEqual([]);
      expect(sessions.length).toBeLessThanOrEqual(40);
    } finally {
      await world.end();
    }
  }, 150_000);
});

async function post(url: string, given: Json): Promise<number | null> {
  const answer = await fetch(`${url}/v1/orders`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(given),
  }).catch(() => null);
  return answer && answer.status;
}

async function control(sandbox: Sandbox, method: string, path: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(sandbox.controlUrl + path, { method, headers, body: JSON.stringify(body) });
  expect(answer.ok).toBe(true);
}
