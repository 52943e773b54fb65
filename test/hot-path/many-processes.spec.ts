import { ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { request } from 'undici';
import { Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { createDatabase } from '../support/databases';
import { orderWithoutPdf, tinyPdf } from '../support/orders';
import { APPID, environment, Json, KEY } from '../support/world';

/** `LONG=1` for the long form. */
const ORDERS = process.env.LONG ? 5000 : 1500;

/** One process of the service, ready when the promise resolves. */
function start(env: NodeJS.ProcessEnv): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [join(__dirname, '..', '..', 'src', 'main.js')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      const url = /"url":"([^"]+)"/.exec(chunk.toString())?.[1];
      if (url) resolve({ child, url });
    });
    child.once('exit', () => reject(new Error('a process of the service did not start')));
  });
}

describe('one api and two workers on one PostgreSQL', () => {
  let sandbox: Sandbox;
  let database: { url: string; drop: () => Promise<void> };
  let processes: { child: ChildProcess; url: string }[];

  beforeAll(async () => {
    sandbox = await startSandbox({ calm: true, seed: 'many' });
    await fetch(`${sandbox.controlUrl}/profile`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ authorizations: 'implied' }),
    });
    database = await createDatabase();
    const { NODE_ENV: _, ...inherited } = process.env;
    const env = {
      ...inherited,
      ...environment(database.url, sandbox.url),
      LOG_LEVEL: 'info',
      DATABASE_DIRECT_URL: database.url,
      LEASE_SECONDS: '30',
      WECHAT_TIMEOUT_MS: '5000',
      IN_DOUBT_QUIET_SECONDS: '6',
    };
    processes = await Promise.all(['api', 'worker', 'worker'].map((ROLE) => start({ ...env, ROLE })));
  });
  afterAll(async () => {
    for (const { child } of processes) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    }
    await sandbox.close();
    await database.drop();
  });

  it(`${ORDERS} orders are ${ORDERS} cards, each once`, async () => {
    const api = processes[0] as { url: string };
    const ids: string[] = [];
    for (let at = 0; at < ORDERS; at += 500) {
      const orders = Array.from({ length: 500 }, () => orderWithoutPdf());
      ids.push(...orders.map(({ order_id }) => order_id));
      const lines = orders.map((one) => JSON.stringify({ ...one, pdf: tinyPdf(one.order_id).toString('base64') }));
      const answer = await request(`${api.url}/v1/orders/batch`, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/x-ndjson' },
        body: lines.join('\n'),
      });
      const statuses = (await answer.body.text())
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as Json).status as number);
      expect(new Set(statuses)).toEqual(new Set([202]));
    }
    const made = async () =>
      ((await (await fetch(`${sandbox.controlUrl}/ledger/cards`)).json()) as Json).cards as Json[];
    for (let n = 0; n < 300 && (await made()).length < ORDERS; n += 1)
      await new Promise((resume) => setTimeout(resume, 100));
    const cards = await made();
    expect(cards.map(({ order_id, appid }) => `${order_id}/${appid}`).sort()).toEqual(
      ids.map((id) => `${id}/${APPID}`).sort(),
    );

    const metrics = await Promise.all(processes.map(async ({ url }) => await (await fetch(`${url}/metrics`)).text()));
    const insertedBy = metrics.map((text) =>
      Number(/piaoka_orders_total\{state="inserted"\} (\d+)/.exec(text)?.[1] ?? 0),
    );
    expect(insertedBy[0]).toBe(0);
    // Both workers had their share.
    expect(Math.min(insertedBy[1] as number, insertedBy[2] as number)).toBeGreaterThan(ORDERS / 20);
  }, 90_000);
});
