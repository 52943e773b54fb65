import { ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { freePort } from '../src/demo/ports';
import { Start } from './contender';
import { aimOf } from './contender-piaoka';
import { ServiceProcess, startService } from './service-process';
import { buildTypical } from './typical-build';

const KEY = 'bench-typical-key';

/** Nest on Express with multer, class-validator, TypeORM's save, BullMQ (else pg-boss), axios: an api and a worker. */
export const startTypical: Start = async (spec, { database, mockUrl, load, redisServer }) => {
  const file = buildTypical((line) => process.stdout.write(`  ${line}\n`));
  const databaseUrl = await database.fresh('typical');
  const redis = redisServer ? await startRedis(redisServer) : null;
  const processes: ServiceProcess[] = [];
  const client = new Client({ connectionString: databaseUrl });
  const stop = async () => {
    await client.end().catch(() => undefined);
    await Promise.all(processes.map((process) => process.stop()));
    redis?.process.kill('SIGKILL');
    await database.drop('typical');
  };
  const start = (role: 'api' | 'worker') =>
    startService({
      name: `${spec.name}-${role}`,
      file,
      nodeFlags: [],
      env: {
        ROLE: role,
        DATABASE_URL: databaseUrl,
        WECHAT_BASE_URL: mockUrl,
        API_KEY: KEY,
        CONCURRENCY: String(spec.inFlight),
        NODE_ENV: 'production',
        ...(redis ? { REDIS_PORT: String(redis.port) } : {}),
      },
    });
  try {
    const api = await start('api');
    processes.push(api);
    const worker = await start('worker');
    processes.push(worker);
    await client.connect();
    await load.call('aim', aimOf(spec, api.url, KEY));
    return {
      processes: { api: [api.pid], worker: [worker.pid], ...(redis ? { redis: [redis.process.pid as number] } : {}) },
      drive: (phase) => load.call('run', phase),
      unfinished: () => count(client, `state IN ('accepted', 'uploaded')`),
      recorded: () => count(client, `state = 'inserted'`),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

async function count(client: Client, condition: string): Promise<number> {
  const { rows } = await client.query<{ n: string }>(`SELECT count(*) AS n FROM invoice_order WHERE ${condition}`);
  return Number(rows[0]?.n);
}

/** As Redis is run for queues: every job in the append-only file, flushed each second. */
async function startRedis(file: string): Promise<{ process: ChildProcess; port: number }> {
  const directory = resolve('.data', 'bench', 'redis');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const port = await freePort(0);
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
  const redis = spawn(file, [...flags, '--appendonly', 'yes', '--appendfsync', 'everysec'], { stdio: 'ignore' });
  await new Promise((resume, reject) => {
    redis.once('error', reject);
    redis.once('spawn', resume);
  });
  process.once('exit', () => redis.kill('SIGKILL'));
  await sleep(500);
  return { process: redis, port };
}
