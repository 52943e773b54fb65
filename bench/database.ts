import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { startEmbeddedPostgres } from '../src/data/embedded-postgres';

/** The PostgreSQL of a bench: durable, and with the same settings for every contender. */
export interface BenchDatabase {
  pid: number;
  facts: Record<string, string>;
  /** An empty database of that name, whatever was there. */
  fresh(name: string): Promise<string>;
  urlOf(name: string): string;
  drop(name: string): Promise<void>;
  /** Writes all dirty pages, so that no run pays for the one before. */
  checkpoint(): Promise<void>;
  stop(): Promise<void>;
}

const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '256MB',
  max_wal_size: '4GB',
};

export async function openDatabaseServer(log: (line: string) => void): Promise<BenchDatabase> {
  const server = await startEmbeddedPostgres({
    dataDir: resolve('.data', 'bench'),
    log,
    settings: SETTINGS,
    database: 'bench',
  });
  const admin = new Client({ connectionString: server.url });
  await admin.connect();
  await refuseCompany(admin);
  const urlOf = (name: string) => server.url.replace(/\/bench$/, `/${name}`);
  const drop = async (name: string) => {
    await admin.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
  };
  return {
    pid: Number(readFileSync(join(server.dataDir, 'postmaster.pid'), 'utf8').split('\n', 1)[0]),
    facts: await factsOf(admin),
    fresh: async (name) => {
      await drop(name);
      await admin.query(`CREATE DATABASE ${escapeIdentifier(name)}`);
      return urlOf(name);
    },
    urlOf,
    drop,
    checkpoint: async () => void (await admin.query('CHECKPOINT')),
    stop: async () => {
      await admin.end();
      await server.stop();
    },
  };
}

/** Two benches at once would measure each other, and share databases. */
async function refuseCompany(admin: Client): Promise<void> {
  const { rows } = await admin.query<{ alone: boolean }>('SELECT pg_try_advisory_lock(1) AS alone');
  if (!rows[0]?.alone) throw new Error('another bench is running in this directory');
}

/** As the server has them, not as we asked for them: it may have been running already. */
async function factsOf(admin: Client): Promise<Record<string, string>> {
  const facts: Record<string, string> = {};
  for (const name of ['server_version', ...Object.keys(SETTINGS)]) {
    facts[name] = String((await admin.query<Record<string, string>>(`SHOW ${name}`)).rows[0]?.[name]);
  }
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    if (facts[name] !== 'on') throw new Error(`a bench without ${name} proves nothing`);
  }
  return facts;
}
