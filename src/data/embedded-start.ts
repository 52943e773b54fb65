import { ChildProcess, spawn } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Place, runAs } from './embedded-place';
import { clearRemains, runningPostmaster } from './embedded-remains';
import { Server, whenReady } from './embedded-server';

const RETRY_MS = 15_000;
const LOG_KEPT_BYTES = 8 * 1024 * 1024;

/**
 * Uses the server that runs on this data directory, else starts it. What a killed run left behind is cleared away;
 * since its processes take a moment to die, the start is tried again for 15 seconds.
 */
export async function joinServer(
  place: Place,
  bin: string,
  settings: Record<string, string>,
  log: (line: string) => void,
): Promise<Server> {
  const deadline = Date.now() + RETRY_MS;
  for (let port = storedPort(place) ?? randomPort(); ;) {
    const running = runningPostmaster(place);
    const joined = running && (await whenReady(place, bin, running, log));
    if (joined) {
      log(`Using the PostgreSQL that already runs on port ${running.port} with the data in ${place.cluster}`);
      return joined;
    }
    const ended = clearRemains(place, clusterName(place));
    if (ended > 0) log(`Ended ${ended} PostgreSQL processes that a killed run had left on ${place.cluster}`);
    const outcome = await launch(place, bin, port, settings, log);
    if (typeof outcome !== 'string') return outcome;
    const portIsTaken = /could not (bind|create any TCP)/.test(outcome);
    const mayPass = portIsTaken || /pre-existing shared memory|lock file/.test(outcome);
    if (!mayPass || Date.now() > deadline) throw new Error(`PostgreSQL did not start: ${outcome}`);
    if (portIsTaken) port = randomPort();
    else await sleep(200);
  }
}

function storedPort(place: Place): number | undefined {
  const file = join(place.run, 'port');
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) || undefined : undefined;
}

/** Below the ephemeral ports of Linux, 32768 up, any of which may be the near end of some connection. */
function randomPort(): number {
  return randomInt(15_432, 25_433);
}

/** Stands in the title of every process of this server, by which `clearRemains` knows them. */
function clusterName(place: Place): string {
  return `piaoka-${createHash('sha256').update(place.cluster).digest('hex').slice(0, 12)}`;
}

/** Starts the server and returns it when it answers, or what it said when it ended instead. */
async function launch(
  place: Place,
  bin: string,
  port: number,
  settings: Record<string, string>,
  log: (line: string) => void,
): Promise<Server | string> {
  const logFile = openLog(join(place.run, 'server.log'));
  const flags = Object.entries({ ...ourSettings(place, port), ...settings }).flatMap(([k, v]) => ['-c', `${k}=${v}`]);
  const child = spawn(join(bin, 'postgres'), ['-D', place.cluster, ...flags], {
    ...runAs(place),
    detached: true,
    stdio: ['ignore', logFile.descriptor, logFile.descriptor],
  });
  closeSync(logFile.descriptor);
  const endWithUs = () => child.kill('SIGINT');
  process.once('exit', endWithUs);
  try {
    const server = await whenReady(place, bin, { pid: await pidOf(child), port }, log);
    if (!server) return logFile.addedText();
    writeFileSync(join(place.run, 'port'), String(port));
    log(`PostgreSQL runs on port ${port} with the data in ${place.cluster}`);
    return server;
  } catch (error) {
    endWithUs();
    throw error;
  } finally {
    process.removeListener('exit', endWithUs);
    child.unref();
  }
}

/** A file, not a pipe: the server may outlive us, and would die of its first line to a pipe nobody reads. */
function openLog(path: string) {
  const descriptor = openSync(path, 'a', 0o600);
  if (statSync(path).size > LOG_KEPT_BYTES) truncateSync(path);
  const begin = statSync(path).size;
  return { descriptor, addedText: () => readFileSync(path).subarray(begin).toString().trim() };
}

function ourSettings(place: Place, port: number): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    cluster_name: clusterName(place),
    max_connections: '200',
    shared_buffers: '256MB',
    max_wal_size: '4GB',
    // A rejected statement is the service's business; in the server's log it would only be a copy of personal data.
    log_min_messages: 'log',
    log_checkpoints: 'off',
  };
}

async function pidOf(child: ChildProcess): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  return child.pid!;
}
