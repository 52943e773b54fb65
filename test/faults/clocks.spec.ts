import { join } from 'node:path';
import { Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { createDatabase, query } from '../support/databases';
import { order } from '../support/orders';
import { startProcess } from '../support/process';
import { Json, KEY } from '../support/world';

const MINUTE = 60_000;
const QUIET_SECONDS = 2;
const INSERT = '/card/invoice/insert';
const CLOCK = join(__dirname, '..', 'support', 'skewed-clock.js');

type Running = Awaited<ReturnType<typeof startProcess>>;

/** Doors nine minutes apart from the machine, workers more than a day: leases, waits and tokens go by the database's clock. */
describe('processes whose clocks are wrong', () => {
  let sandbox: Sandbox;
  let database: { url: string; drop: () => Promise<void> };
  let doors: Running[];
  let workers: Running[];
  beforeAll(async () => {
    sandbox = await startSandbox({ calm: true, seed: 'clocks' });
    database = await createDatabase();
    await control('PUT', '/profile', { authorizations: 'implied' });
    const start = (ROLE: string, skew: number) =>
      startProcess(database.url, sandbox.url, {
        ROLE,
        IN_DOUBT_QUIET_SECONDS: String(QUIET_SECONDS),
        // So that no worker takes them all.
        INSERT_CONCURRENCY: '4',
        NODE_OPTIONS: `--require ${CLOCK}`,
        SKEW_MS: String(skew),
      });
    // The first makes the merchant; then the others may start together.
    const first = await start('api', -9 * MINUTE);
    const [second, third, ...others] = await Promise.all([
      start('api', 0),
      start('api', 9 * MINUTE),
      start('worker', -25 * 60 * MINUTE),
      start('worker', 25 * 60 * MINUTE),
    ]);
    doors = [first, second, third];
    workers = others;
  }, 60_000);
  afterAll(async () => {
    for (const { child } of [...doors, ...workers]) child.kill('SIGTERM');
    await Promise.all([...doors, ...workers].map(({ code }) => code));
    await sandbox.close();
    await database.drop();
  });

  async function control(method: string, path: string, body?: unknown): Promise<Json> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(sandbox.controlUrl + path, { method, headers, body: JSON.stringify(body) });
    return (await answer.json()) as Json;
  }
  const post = async (door: number, given: Json) => {
    const answer = await fetch(`${doors[door % doors.length]?.url as string}/v1/orders`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(given),
    });
    return answer.status;
  };
  async function untilAllAreInserted(): Promise<void> {
    const open = `SELECT FROM insertions WHERE state <> 'inserted'`;
    for (let n = 0; n < 400 && (await query(database.url, open)).length > 0; n += 1)
      await new Promise((resume) => setTimeout(resume, 50));
    expect(await query(database.url, 'SELECT DISTINCT state FROM insertions')).toEqual([{ state: 'inserted' }]);
  }
  const cards = async (orderId: string) =>
    (await (await fetch(`${sandbox.controlUrl}/ledger/cards?order_id=${orderId}`)).json()) as { cards: Json[] };

  it('two hundred posts of one order at three doors are one order, and one card', async () => {
    const given = order();
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => post(n, given)));
    expect(answers.filter((status) => status === 202)).toHaveLength(1);
    expect(answers.filter((status) => status !== 202 && status !== 200)).toEqual([]);
    expect(await query(database.url, 'SELECT FROM orders WHERE order_id = $1', [given.order_id])).toHaveLength(1);
    await untilAllAreInserted();
    expect((await cards(given.order_id)).cards).toHaveLength(1);
  });

  it('an invoice of this minute is taken at each of them; whoever inserts it, a doubt has its whole quiet period', async () => {
    await control('POST', '/faults', [{ path: INSERT, mode: 'drop_after', times: 40 }]);
    const orders = Array.from({ length: 40 }, () => order());
    expect(await Promise.all(orders.map((given, n) => post(n, given)))).toEqual(orders.map(() => 202));
    await untilAllAreInserted();
    for (const { order_id } of orders) expect((await cards(order_id)).cards).toHaveLength(1);
    const probes = await query<{ waited: number }>(
      database.url,
      `SELECT extract(epoch FROM later.started_at - earlier.ended_at)::float8 AS waited
         FROM attempts later JOIN attempts earlier USING (merchant_id, id)
        WHERE later.kind = 'probe' AND earlier.n = later.n - 1 AND earlier.outcome = 'unclear'`,
    );
    expect(probes.length).toBeGreaterThan(3);
    for (const { waited } of probes) {
      expect(waited).toBeGreaterThanOrEqual(QUIET_SECONDS);
      expect(waited).toBeLessThan(10 * QUIET_SECONDS);
    }
    expect(await query(database.url, `SELECT FROM attempts WHERE outcome = 'orphaned'`)).toEqual([]);
  });

  it('the account’s token is fetched once, and its end is by the database’s clock', async () => {
    const { requests } = await control('GET', '/ledger?path=/cgi-bin/stable_token');
    expect(requests).toHaveLength(1);
    const [token] = await query<{ left: number }>(
      database.url,
      'SELECT extract(epoch FROM expires_at - now())::float8 AS left FROM wechat_tokens',
    );
    expect(token?.left).toBeGreaterThan(7000);
    expect(token?.left).toBeLessThanOrEqual(7200);
  });
});
