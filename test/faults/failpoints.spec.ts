import { ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../src/config';
import { makeLog } from '../../src/log';
import { Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { startService } from '../../src/service';
import { createDatabase, query } from '../support/databases';
import { order } from '../support/orders';
import { APPID, environment, Json, KEY } from '../support/world';
import { ALWAYS, ELSEWHERE, MODES, PLACES, Way } from './failpoint-cases';

const SETTLE_MS = 20_000;
/** A loaded machine starts six processes at once. */
const START_MS = 45_000;
const HIT_MS = START_MS + 15_000;
/** What WeChat answers once, so that the account or the merchant is held. */
const HELD_BY: Partial<Record<Way, number>> = { 'held account': 48001, 'held merchant': 40073 };
const ALL = PLACES.flatMap(([place, way]) => MODES.map((mode) => ({ point: `${place}=${mode}`, way })));
const CASES = process.env.LONG ? ALL : ALL.filter(({ point }) => ALWAYS.has(point));

/**
 * One process is armed to die, fail or dawdle beyond its lease at one named place; it takes one order. Then an unharmed
 * process comes, the merchant repeats the order as it would after a lost answer, and there must be exactly one card.
 */
describe('whatever place a process dies at', () => {
  it.concurrent.each(CASES)(
    '$point',
    async ({ point, way }) => {
      const sandbox = await startSandbox({ calm: true, seed: point });
      const database = await createDatabase();
      const given = order();
      await control(sandbox, 'POST', '/authorizations', [{ order_id: given.order_id, appid: APPID }]);
      const errcode = HELD_BY[way];
      if (errcode) {
        await control(sandbox, 'POST', '/faults', [
          { path: '/card/invoice/insert', mode: 'errcode', errcode, applied: false, times: 1 },
        ]);
      }
      // A process that accepted the order itself has its PDF in memory; this one must not have seen it.
      if (way === 'order read from the database') await postElsewhere(database.url, sandbox.url, given);
      const armed = await startArmed(database.url, sandbox.url, failpointsOf(point, way), way);
      await post(armed.url, given);
      if (errcode) await canaryWhenHeld(database.url);
      await armed.hit;
      if (point.endsWith('=kill')) await armed.gone;

      const healthy = await startService(loadConfig(environment(database.url, sandbox.url)), makeLog('silent'));
      try {
        const statuses = [(await post(healthy.url, given)) ?? 0];
        expect([200, 202]).toContain(statuses[0]);
        await settled(database.url);
        const ledger = await control(sandbox, 'GET', '/ledger');
        expect((ledger.cards as Json[]).map(({ order_id }) => order_id as string)).toEqual([given.order_id]);
        const [row] = await query<Json>(
          database.url,
          'SELECT state, card_code, card_code_state, tries FROM insertions',
        );
        expect(row).toMatchObject({ state: 'inserted' });
        if (row?.card_code) expect(row.card_code).toBe((ledger.cards as Json[])[0]?.code);
        const sent = (ledger.requests as Json[]).filter(({ path }) => path === '/card/invoice/insert').length;
        const attempts = await query(database.url, `SELECT 1 FROM attempts WHERE sent <> 'no'`);
        expect(sent).toBeLessThanOrEqual(attempts.length);
      } catch (error) {
        throw new Error(`${(error as Error).message}\n${await story(database.url, sandbox)}`, { cause: error });
      } finally {
        armed.child.kill('SIGKILL');
        await armed.gone;
        await healthy.close();
        await sandbox.close();
        await database.drop();
      }
    },
    150_000,
  );

  it('every named place of the product is in the tables, and nothing else is', () => {
    const named = new Set(
      sourceFiles().flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/failpoint\((?:'([a-z.]+)'|`\$\{(\w+)\}\.(\w+)`)\)/g)].map(
          ([, plain, family, step]) => plain ?? `<${family}>.${step}`,
        ),
      ),
    );
    const families: Record<string, string[]> = {
      '<place>': statementsOfThePath(),
      '<api>': ['stable_token', 'setpdf', 'insert'],
    };
    const expanded = [...named].flatMap((name) => {
      const [family, step] = name.split('.') as [string, string];
      return (families[family] ?? [family]).map((one) => `${one}.${step}`);
    });
    expect(expanded.sort()).toEqual([...PLACES.map(([place]) => place), ...ELSEWHERE].sort());
    expect(PLACES.length).toBeGreaterThanOrEqual(40);
  });
});

function failpointsOf(point: string, way: Way): string {
  if (way === 'unanswered write-ahead') return `intend.committed=throw@1,${point}`;
  return way === 'late answer' ? `insert.answered=delay:2600@1,${point}` : point;
}

async function startArmed(databaseUrl: string, wechatUrl: string, failpoints: string, way: Way) {
  const { NODE_ENV: _, DATABASE_URL: __, ...inherited } = process.env;
  const env = { ...inherited, ...environment(databaseUrl, wechatUrl, { LOG_LEVEL: 'info', FAILPOINTS: failpoints }) };
  const child: ChildProcess = spawn(process.execPath, [join(__dirname, '..', '..', 'src', 'main.js')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const place = failpoints.split(',').at(-1)?.split('=')[0] as string;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let said = '';
  const hit = new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(`failpoint ${place} `)) resolve();
    });
    setTimeout(() => reject(new Error(`${failpoints} was never passed (${way})\n${said}`)), HIT_MS).unref();
  });
  hit.catch(() => child.kill('SIGKILL'));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      const address = /"url":"([^"]+)"/.exec(chunk.toString())?.[1];
      if (address) resolve(address);
    });
    // A place that is passed at the start, before the door opens.
    void gone.then(() => resolve(''));
    setTimeout(() => reject(new Error(`the armed process did not start\n${said}`)), START_MS).unref();
  }).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  return { child, url, hit, gone };
}

/** A merchant's call; null where no answer came. */
async function post(url: string, given: Json): Promise<number | null> {
  const answer = await fetch(`${url}/v1/orders`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(given),
    signal: AbortSignal.timeout(8000),
  }).catch(() => null);
  return answer && answer.status;
}

async function postElsewhere(databaseUrl: string, wechatUrl: string, given: Json): Promise<void> {
  const api = await startService(loadConfig(environment(databaseUrl, wechatUrl, { ROLE: 'api' })), makeLog('silent'));
  await post(api.url, given);
  await api.close();
}

/** Holds wait half a minute for their first canary; a test does not. */
async function canaryWhenHeld(url: string): Promise<void> {
  for (let n = 0; n < 60; n += 1) {
    const moved = await query(
      url,
      `UPDATE holds SET next_canary_at = now() WHERE lifted_at IS NULL AND canaries = 0 RETURNING 1`,
    );
    if (moved.length > 0) return;
    await new Promise((resume) => setTimeout(resume, 50));
  }
}

async function settled(url: string): Promise<void> {
  for (const end = Date.now() + SETTLE_MS; Date.now() < end;) {
    const open = await query(
      url,
      `SELECT 1 FROM insertions WHERE state NOT IN ('inserted', 'needs_human', 'refused', 'rejected')`,
    );
    if (open.length === 0) return;
    await query(url, `UPDATE holds SET next_canary_at = now() WHERE lifted_at IS NULL`);
    await new Promise((resume) => setTimeout(resume, 100));
  }
  throw new Error(JSON.stringify(await query(url, 'SELECT state, reason, due_at, claimed_by FROM insertions')));
}

/** What the two ledgers say, for the reader of a failure. */
async function story(url: string, sandbox: Sandbox): Promise<string> {
  const lines = [
    ...(await query(url, 'SELECT seq, at, type, data FROM events ORDER BY seq')),
    ...(await query(url, 'SELECT n, kind, outcome, sent, errcode, started_at, ended_at FROM attempts ORDER BY n')),
    ...(await query(url, 'SELECT * FROM open_attempts')),
    ...(await query(url, 'SELECT state, reason, fence, claimed_by, crashes FROM insertions')),
    ...((await control(sandbox, 'GET', '/ledger')).requests as Json[]).map(({ at, path, errcode, decided }) => ({
      at: at as string,
      path,
      errcode,
      decided,
    })),
  ];
  return lines.map((line) => JSON.stringify(line)).join('\n');
}

async function control(sandbox: Sandbox, method: string, path: string, body?: unknown): Promise<Json> {
  const answer = await fetch(sandbox.controlUrl + path, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return (await answer.json()) as Json;
}

/** The names of all statements of an order's path, but for the one that goes before another in its transaction. */
function statementsOfThePath(): string[] {
  const ofInsertion = sourceFiles().filter((file) => file.includes('/insertion/'));
  const names = ofInsertion.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\{\s*name: (?:'([a-z_]+)'|`([a-z]+)_\$\{)/g)].map(
      ([, plain, numbered]) => plain ?? numbered ?? '',
    ),
  );
  return names.filter((name) => name !== 'one_at_a_time');
}

function sourceFiles(): string[] {
  const root = join(process.cwd(), 'src');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('failpoints'))
    .map((name) => join(root, name));
}
