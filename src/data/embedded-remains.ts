import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { Place } from './embedded-place';
import { lifeOf } from './embedded-users';

const PID_FILE_IS_WRITTEN_WITHIN_MS = 5_000;

/** The process that PostgreSQL calls postmaster: it owns the data directory and all other processes of the server. */
export interface Postmaster {
  pid: number;
  port: number;
}

/** The server that runs on this data directory: lines 1 and 4 of postmaster.pid are its pid and port. */
export function runningPostmaster({ cluster }: Place): Postmaster | undefined {
  const { pid, port } = readPidFile(join(cluster, 'postmaster.pid'));
  return pid && port && isPostmasterOf(cluster, pid) ? { pid, port } : undefined;
}

function readPidFile(file: string): { pid?: number; port?: number } {
  if (!existsSync(file)) return {};
  const lines = readFileSync(file, 'utf8').split('\n');
  return { pid: Math.abs(Number(lines[0])) || undefined, port: Number(lines[3]) || undefined };
}

/** In doubt yes: two servers on one data directory destroy it. */
function isPostmasterOf(cluster: string, pid: number): boolean {
  if (lifeOf(pid) === undefined) return false;
  if (process.platform !== 'linux') return true;
  const words = commandLine(pid).split('\0');
  if (basename(words[0] ?? '') !== 'postgres') return false;
  const directory = words[words.indexOf('-D') + 1] ?? '';
  return !isAbsolute(directory) || !existsSync(directory) || realpathSync(directory) === cluster;
}

/**
 * Clears away what a killed server leaves: backends busy with a query outlive their postmaster and keep its shared
 * memory, and a pid file may name a process that is a zombie or was given the pid since. Both make PostgreSQL refuse
 * to start. Call only when `runningPostmaster` finds none.
 *
 * @returns how many processes were ended
 */
export function clearRemains(place: Place, clusterName: string): number {
  const survivors = survivorsOf(place, clusterName);
  for (const pid of survivors) endNow(pid);
  // While one lives, the pid file is what keeps a new server from starting beside it.
  if (survivors.length === 0) removeMisleadingPidFile(join(place.cluster, 'postmaster.pid'));
  return survivors.length;
}

/** By their title, which everyone may read; their working directory is closed to root in most containers. */
function survivorsOf(place: Place, clusterName: string): number[] {
  if (process.platform !== 'linux') return [];
  const uid = place.account?.uid ?? process.getuid?.();
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && commandLine(pid).startsWith(`postgres: ${clusterName}: `))
    .filter((pid) => statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === uid);
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** PostgreSQL itself passes over a pid file whose pid is free, and checks its shared memory first: leave that to it. */
function removeMisleadingPidFile(file: string): void {
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (written === undefined) return;
  const { pid } = readPidFile(file);
  if (pid ? pidIsTaken(pid) : Date.now() - written > PID_FILE_IS_WRITTEN_WITHIN_MS) rmSync(file, { force: true });
}

function pidIsTaken(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
