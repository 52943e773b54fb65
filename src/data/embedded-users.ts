import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LOCK_PATIENCE_MS = 180_000;
const LOCK_IS_WRITTEN_WITHIN_MS = 5_000;

/** A process, not to be mistaken for a later one that was given the same pid. */
interface Mark {
  pid: number;
  life: string;
}

/**
 * Something that differs between all processes that ever had this pid, or undefined when none runs. A zombie does not
 * run: without an init that reaps, as in many containers, a killed server stays one for ever.
 */
export function lifeOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') return process.kill(pid, 0) ? 'running' : undefined;
    // proc(5): after the name in parentheses come the state and, as field 22, the start time.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'running' : undefined;
  }
}

/** Runs the work while no other process starts or stops the server. */
export async function alone<T>(run: string, work: () => Promise<T>): Promise<T> {
  const lock = join(run, 'lock');
  const deadline = Date.now() + LOCK_PATIENCE_MS;
  while (!take(lock)) {
    if (Date.now() > deadline) {
      const holder = readMark(lock);
      throw new Error(`Process ${holder?.pid} has been starting PostgreSQL in ${run} for minutes: end it, start again`);
    }
    await sleep(25);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** The same for a process that is ending and cannot wait: if another is at work, that one looks after the server. */
export function aloneNow(run: string, work: () => void): void {
  const lock = join(run, 'lock');
  if (readMark(lock)?.pid !== process.pid && !take(lock) && !take(lock)) return;
  work();
  rmSync(lock, { force: true });
}

function take(lock: string): boolean {
  try {
    writeFileSync(lock, JSON.stringify({ pid: process.pid, life: lifeOf(process.pid) }), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  const holder = readMark(lock);
  if (holder ? !runs(holder) : age > LOCK_IS_WRITTEN_WITHIN_MS) discard(lock);
  return false;
}

/** Between our look and our rename another process may have discarded the dead lock and taken its own: give it back. */
function discard(lock: string): void {
  const aside = `${lock}.${randomUUID()}`;
  try {
    renameSync(lock, aside);
    if (runs(readMark(aside))) linkSync(aside, lock);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  rmSync(aside, { force: true });
}

/** Writes us down as a user of the server; the name is for `leave`. */
export function enter(run: string): string {
  const users = join(run, 'users');
  mkdirSync(users, { recursive: true });
  const name = `${process.pid}-${randomUUID()}`;
  writeFileSync(join(users, name), JSON.stringify({ pid: process.pid, life: lifeOf(process.pid) }));
  return name;
}

/** Strikes out one user, or all of this process, with those that died unheard; true when nobody is left. */
export function leave(run: string, name: string, extent: 'alone' | 'with this process' = 'alone'): boolean {
  const users = join(run, 'users');
  rmSync(join(users, name), { force: true });
  return readdirSync(users).every((other) => {
    const mark = readMark(join(users, other));
    if (runs(mark) && !(extent === 'with this process' && mark?.pid === process.pid)) return false;
    rmSync(join(users, other), { force: true });
    return true;
  });
}

function readMark(file: string): Mark | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function runs(mark: Mark | undefined): boolean {
  return mark !== undefined && lifeOf(mark.pid) === mark.life;
}
