import { dirname } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { findBinaries } from './embedded-binaries';
import { ensureCluster } from './embedded-cluster';
import { explained } from './embedded-faults';
import { choosePlace, Place } from './embedded-place';
import { Server, stopServer } from './embedded-server';
import { joinServer } from './embedded-start';
import { alone, aloneNow, enter, leave } from './embedded-users';

export interface EmbeddedPostgres {
  url: string;
  /** The same: nothing stands between us and this server, so LISTEN works on it. */
  directUrl?: string;
  /** Where the data really lies, which is not always below the `dataDir` that was asked for. */
  dataDir: string;
  /** Leaves the server; the last process to leave stops it. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  dataDir: string;
  log: (line: string) => void;
  /** PostgreSQL settings over our own. A server that already runs keeps those it was started with. */
  settings?: Record<string, string>;
  database?: string;
}

/**
 * Gives a machine without PostgreSQL one of its own, below `dataDir`, so that the service runs with nothing installed.
 *
 * Any number of processes with the same `dataDir` share one server, as they would share one behind `DATABASE_URL`: the
 * first starts it and the last to leave stops it. A process that was killed counts as having left, so a server that
 * outlived it is used, and stopped, by the next. The server is in a process group of its own: Ctrl-C in a terminal must
 * reach the service alone, which still has results to write.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  let where = options.dataDir;
  try {
    const place = choosePlace(options.dataDir, options.log);
    where = dirname(place.cluster);
    return await alone(place.run, () => start(place, options));
  } catch (error) {
    throw explained(error, where);
  }
}

async function start(place: Place, { log, settings = {}, database = 'piaoka' }: EmbeddedPostgresOptions) {
  const bin = findBinaries(place, log);
  await ensureCluster(place, bin, settings.fsync !== 'off', log);
  const server = await joinServer(place, bin, settings, log);
  const stop = stay(place, server);
  try {
    await ensureDatabase(server.url('postgres'), database);
  } catch (error) {
    await stop();
    throw error;
  }
  const url = server.url(database);
  return { url, directUrl: url, dataDir: place.cluster, stop: once(() => alone(place.run, stop)) };
}

/** Counts us among the users of the server until the returned function, or the end of this process, takes us out. */
function stay(place: Place, server: Server): () => Promise<void> {
  const user = enter(place.run);
  const atExit = () =>
    aloneNow(place.run, () => {
      if (leave(place.run, user, 'with this process')) server.signal('INT');
    });
  process.once('exit', atExit);
  return async () => {
    process.removeListener('exit', atExit);
    if (leave(place.run, user)) await stopServer(place, server);
  };
}

async function ensureDatabase(url: string, database: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
