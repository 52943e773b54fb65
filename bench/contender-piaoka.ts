import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { Arena, Start } from './contender';
import { BenchDatabase } from './database';
import { Phase, PhaseResult } from './load-main';
import { APPID, CARD_ID } from './order-source';
import { PACE, RunSpec } from './plan';
import { ServiceProcess, startService } from './service-process';
import { storeOrders } from './stored';

const KEY = `pk_bench_${randomBytes(24).toString('hex')}`;
const MASTER_KEY = randomBytes(32).toString('base64');
const MAIN = join(__dirname, '..', 'src', 'main.js');

/** The service as it is deployed: one process that answers merchants, one or more that talk to WeChat; or one for both. */
export const startPiaoka: Start = async (spec, arena) => {
  const name = spec.stored > 0 ? `stored_${spec.stored}` : 'piaoka';
  const kept = spec.stored > 0 && keptDatabases.has(name);
  const databaseUrl = kept ? arena.database.urlOf(name) : await arena.database.fresh(name);
  const processes: ServiceProcess[] = [];
  const client = new Client({ connectionString: databaseUrl });
  try {
    const api = await start(spec, arena, databaseUrl, spec.together ? 'all' : 'api');
    processes.push(api);
    for (let n = 1; n <= spec.workers; n += 1) processes.push(await start(spec, arena, databaseUrl, 'worker', n));
    await client.connect();
    await arena.load.call('aim', aimOf(spec, api.url, KEY));
    const drive = (phase: Phase) => arena.load.call<PhaseResult>('run', phase);
    if (spec.stored > 0 && !kept) {
      await storeOrders(client, spec.stored, drive, arena.mock);
      keptDatabases.add(name);
    }
    const before = await inserted(client);
    return {
      processes: { api: [api.pid], worker: processes.slice(1).map(({ pid }) => pid) },
      drive,
      unfinished: () => unfinished(client),
      recorded: async () => (await inserted(client)) - before,
      stop: async () => {
        await client.end();
        await Promise.all(processes.map((process) => process.stop()));
        if (spec.stored === 0) await arena.database.drop(name);
      },
    };
  } catch (error) {
    await client.end().catch(() => undefined);
    await Promise.all(processes.map((process) => process.stop()));
    throw error;
  }
};

/** Databases with generated orders, for all rounds of this bench. */
const keptDatabases = new Set<string>();

export async function dropKeptDatabases(database: BenchDatabase): Promise<void> {
  for (const name of keptDatabases) await database.drop(name);
}

function start(
  spec: RunSpec,
  { mockUrl, options }: Arena,
  databaseUrl: string,
  role: 'api' | 'worker' | 'all',
  n = 1,
): Promise<ServiceProcess> {
  const profile = ['--cpu-prof', `--cpu-prof-dir=${resolve('.data', 'bench', 'profiles')}`];
  return startService({
    name: `${spec.name}-${role}-${n}`,
    file: MAIN,
    nodeFlags: options.profile ? [...profile, `--cpu-prof-name=${spec.name}-${role}-${n}.cpuprofile`] : [],
    env: {
      ROLE: role,
      HOST: '127.0.0.1',
      DATABASE_URL: databaseUrl,
      DATABASE_DIRECT_URL: databaseUrl,
      MASTER_KEY,
      WECHAT_BASE_URL: mockUrl,
      WECHAT_APPID: APPID,
      WECHAT_SECRET: 'bench-secret',
      BOOTSTRAP_MERCHANT_KEY: KEY,
      BOOTSTRAP_CARD_ID: CARD_ID,
      INSERT_CONCURRENCY: String(spec.inFlight),
      ...spec.env,
    },
  });
}

export function aimOf(spec: RunSpec, url: string, key: string) {
  // Each order of a run needs its own drawing: warming up and the run itself.
  return {
    url,
    key,
    door: spec.door,
    pdf: spec.pdf,
    drawnCount: spec.orders + spec.warmUp + spec.pacedSeconds * PACE,
    connections: 32,
  };
}

/** Rows that a worker holds or may take: few, and found by their own index however many orders are stored. */
async function unfinished(client: Client): Promise<number> {
  const { rows } = await client.query<{ n: string }>('SELECT count(*) AS n FROM insertions WHERE due_at IS NOT NULL');
  return Number(rows[0]?.n);
}

async function inserted(client: Client): Promise<number> {
  const { rows } = await client.query<{ n: string }>(`SELECT count(*) AS n FROM insertions WHERE state = 'inserted'`);
  return Number(rows[0]?.n);
}
