import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { password } from './embedded-cluster';
import { Place } from './embedded-place';
import { Postmaster } from './embedded-remains';
import { lifeOf } from './embedded-users';

const SILENCE_MS = 15_000;
const STOP_MS = 10_000;

/** A server that answered. */
export interface Server {
  url(database: string): string;
  /** PostgreSQL: INT ends every connection and stops cleanly, QUIT stops at once and recovers at the next start. */
  signal(name: 'INT' | 'QUIT'): void;
  gone(): boolean;
}

/** Waits for the server; undefined when it ended first. It may recover as long as it says so, but not stay silent. */
export async function whenReady(
  place: Place,
  bin: string,
  postmaster: Postmaster,
  log: (line: string) => void,
): Promise<Server | undefined> {
  const { pid, port } = postmaster;
  const life = lifeOf(pid);
  let silentSince = Date.now();
  for (let asked = 1; life !== undefined && lifeOf(pid) === life; asked += 1) {
    const answer = await ask(place, port);
    if (answer === 'ready') return serverOf(place, bin, postmaster, life);
    if (answer === 'not yet') silentSince = Date.now();
    if (asked === 100) log(`Waiting for PostgreSQL (pid ${pid}) with the data in ${place.cluster}: ${answer}`);
    if (Date.now() - silentSince > SILENCE_MS) {
      throw new Error(
        `PostgreSQL (pid ${pid}) holds ${place.cluster} but does not let us in on port ${port} (${answer}): ` +
          'end that process and start again',
      );
    }
    await sleep(20);
  }
  return undefined;
}

/** `not yet` while it recovers or shuts down (57P03 cannot_connect_now), else the reason why we are not let in. */
async function ask(place: Place, port: number): Promise<string> {
  const client = new Client({ connectionString: urlOf(place, port, 'postgres'), connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query('SHOW data_directory');
    return resolve(rows[0].data_directory) === place.cluster ? 'ready' : 'another server listens there';
  } catch (error) {
    if (error instanceof DatabaseError && error.code === '57P03') return 'not yet';
    return (error as Error).message;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function urlOf(place: Place, port: number, database: string): string {
  return `postgres://postgres:${password(place)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

function serverOf(place: Place, bin: string, { pid, port }: Postmaster, life: string): Server {
  const gone = () => lifeOf(pid) !== life;
  const signal = (name: 'INT' | 'QUIT') => {
    if (gone()) return;
    // Windows has no signals; PostgreSQL has its own there.
    if (process.platform === 'win32') spawnSync(join(bin, 'pg_ctl'), ['kill', name, String(pid)]);
    else process.kill(pid, `SIG${name}`);
  };
  return { url: (database) => urlOf(place, port, database), signal, gone };
}

export async function stopServer(place: Place, server: Server): Promise<void> {
  for (const name of ['INT', 'QUIT'] as const) {
    server.signal(name);
    for (const deadline = Date.now() + STOP_MS; Date.now() < deadline; await sleep(10)) {
      if (server.gone()) return;
    }
  }
  throw new Error(`The PostgreSQL in ${place.cluster} did not stop: end its processes by hand`);
}
