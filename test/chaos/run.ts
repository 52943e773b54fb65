import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { migrate } from '../../src/data/migrate';
import { Chance } from '../../src/sandbox/state/chance';
import { environment } from '../support/world';
import { checkStories, Ledgers, readStories, Violation } from './checker';
import { CrashingPostgres } from './crashing-postgres';
import { figuresOf, tally } from './figures';
import { startHaste } from './haste';
import { Merchant } from './merchant';
import { startMischief } from './mischief';
import { ChaosOptions } from './options';
import { authorizationsOf, planOrders } from './orders';
import { freePorts } from './ports';
import { SandboxProcess } from './sandbox-process';
import { SandboxLedger, Story } from './story';
import { Supervisor } from './supervisor';
import { weather } from './weather';

export interface ChaosResult {
  violations: Violation[];
  /** What was wrong beside the ledgers: an answer or a death that must not be. */
  faults: string[];
  figures: Record<string, number>;
  /** How often each fault was met by an insert. */
  weather: Record<string, number>;
  stories: Story[];
  /** Logs of the service's processes. */
  logs: string;
}

const QUIET_SECONDS = 1;
const LEASE_SECONDS = 2;

/** One run: chaos, then quiet until every order is at rest, then the comparison of the ledgers. */
export async function runChaos(options: ChaosOptions, say: (line: string) => void): Promise<ChaosResult> {
  const home = mkdtempSync(join(tmpdir(), 'piaoka-chaos-'));
  chmodSync(home, 0o755);
  const logs = join(home, 'logs');
  mkdirSync(logs);
  const postgres = await CrashingPostgres.start(home);
  const sandbox = await SandboxProcess.start(options.seed);
  let supervisor: Supervisor | undefined;
  const killAll = () => {
    supervisor?.killAll();
    sandbox.stop();
  };
  process.once('exit', killAll);
  let remains = join(home, 'database');
  try {
    await migrate(postgres.url);
    supervisor = await startService(options, postgres.url, sandbox.url, logs);
    const result = await story(options, postgres, sandbox, supervisor, say);
    if (result.violations.length + result.faults.length === 0) remains = home;
    return { ...result, logs };
  } finally {
    process.removeListener('exit', killAll);
    killAll();
    await postgres.stop();
    rmSync(remains, { recursive: true, force: true });
  }
}

async function startService(options: ChaosOptions, databaseUrl: string, wechatUrl: string, logs: string) {
  const roles = [...Array<'api'>(options.apis).fill('api'), ...Array<'worker'>(options.workers).fill('worker')];
  const env = {
    PATH: process.env.PATH,
    ...environment(databaseUrl, wechatUrl),
    DATABASE_DIRECT_URL: databaseUrl,
    // Migrated once before: what is killed here shall be work on orders.
    MIGRATE_ON_START: 'false',
    LEASE_SECONDS: String(LEASE_SECONDS),
    PDF_CHECK: 'full',
    IN_DOUBT_QUIET_SECONDS: String(QUIET_SECONDS),
  };
  return new Supervisor(roles, await freePorts(roles.length, new Chance(`ports ${options.seed}`)), env, logs);
}

async function story(
  options: ChaosOptions,
  postgres: CrashingPostgres,
  sandbox: SandboxProcess,
  supervisor: Supervisor,
  say: (line: string) => void,
): Promise<Omit<ChaosResult, 'logs'>> {
  const orders = planOrders(options.orders, options.seed);
  // A call takes a moment, so that a kill can fall into it.
  await sandbox.control('PUT', '/profile', { insert_latency_ms: 30, dedupe: options.dedupe });
  for (let at = 0; at < orders.length; at += 500) {
    await sandbox.control('POST', '/authorizations', authorizationsOf(orders.slice(at, at + 500)));
  }
  await supervisor.allReady();
  const haste = startHaste(() => postgres.url, QUIET_SECONDS);
  const begin = performance.now();

  await sandbox.control('POST', '/faults', weather(options.faults));
  const mischief = startMischief(options, LEASE_SECONDS, supervisor, (downMs) => postgres.crash(downMs));
  const urls = supervisor.places.filter(({ role }) => role === 'api').map(({ url }) => url);
  const merchant = new Merchant(orders, urls, new Chance(`merchant ${options.seed}`), () =>
    // All orders are out before the last deeds, which then fall on orders in every stage.
    Math.ceil(Math.min(1, mischief.progress() / 0.85) * orders.length),
  );
  const [deeds] = await Promise.all([mischief.done, merchant.postAll()]);
  await supervisor.allReady();
  await allMetWeather(postgres.url, options.patience);
  const chaosEnd = performance.now();
  say(`${deeds.kill} kills, ${deeds.freeze} zombies, ${deeds.crash} database crashes; now quiet`);

  await sandbox.control('DELETE', '/faults');
  await supervisor.allReady();
  await atRest(postgres.url, options.patience);
  const restAt = performance.now();
  await haste.stop();
  await supervisor.stop();

  const sandboxLedger = (await sandbox.control('GET', '/ledger')) as unknown as SandboxLedger;
  const { url: databaseUrl } = postgres;
  const { accepted } = merchant;
  const ledgers: Ledgers = { databaseUrl, sandboxLedger, accepted, quietSeconds: QUIET_SECONDS, settled: true };
  const stories = await readStories(ledgers);
  const violations = checkStories(stories, ledgers);
  const inserts = stories.flatMap(({ requests }) => requests);
  return {
    violations,
    faults: [...merchant.faults, ...supervisor.faults],
    figures: {
      kills: deeds.kill,
      zombies: deeds.freeze,
      'database crashes': deeds.crash,
      'process starts': supervisor.starts,
      ...figuresOf(stories, violations),
      ...Object.fromEntries(Object.entries(merchant.answers).map(([status, n]) => [`answers ${status}`, n])),
      'seconds of chaos': seconds(chaosEnd - begin),
      'seconds until all was at rest': seconds(restAt - chaosEnd),
    },
    weather: tally(inserts.map(({ fault }) => fault ?? 'fair')),
    stories,
  };
}

/** On a slow machine killed processes leave most orders lying: the weather goes on until each was sent once. */
function allMetWeather(databaseUrl: string, patienceSeconds: number): Promise<void> {
  return untilNone(databaseUrl, patienceSeconds, `state IN ('accepted', 'uploaded') AND attempts = 0`);
}

/** Until no order is due or on its way, or patience is over; the checker says what is still restless. */
function atRest(databaseUrl: string, patienceSeconds: number): Promise<void> {
  const restless = `claimed_by IS NOT NULL OR due_at IS NOT NULL AND state <> 'awaiting_authorization'`;
  return untilNone(databaseUrl, patienceSeconds, restless);
}

async function untilNone(databaseUrl: string, patienceSeconds: number, which: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const end = Date.now() + patienceSeconds * 1000;
  const some = `SELECT EXISTS (SELECT FROM insertions WHERE ${which}) AS some`;
  while (Date.now() < end && (await client.query<{ some: boolean }>(some)).rows[0]?.some) await sleep(100);
  await client.end();
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
