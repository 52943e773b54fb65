import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Place, runAs } from './embedded-place';

/**
 * Makes the data directory when there is none. initdb works in a directory of its own that is renamed at the end, so
 * whatever is called `postgres` was finished: a run killed half-way leaves only a `postgres.new-*`, removed here.
 */
export async function ensureCluster(place: Place, bin: string, durable: boolean, log: (line: string) => void) {
  const home = dirname(place.cluster);
  for (const name of readdirSync(home).filter((name) => name.startsWith(`${basename(place.cluster)}.new-`))) {
    rmSync(join(home, name), { recursive: true, force: true, maxRetries: 5 });
  }
  if (existsSync(join(place.cluster, 'global/pg_control'))) return;
  setAside(place.cluster, log);
  const staging = mkdtempSync(`${place.cluster}.new-`);
  try {
    give(staging, place);
    await initdb(place, bin, staging, durable);
    renameSync(staging, place.cluster);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
  log(`A new PostgreSQL data directory was made in ${place.cluster}`);
}

/** Without pg_control no PostgreSQL can open it; yet it may be somebody's only copy, so it is kept under another name. */
function setAside(cluster: string, log: (line: string) => void): void {
  if (!existsSync(cluster)) return;
  if (readdirSync(cluster).length === 0) return rmSync(cluster, { recursive: true });
  const aside = `${cluster}.incomplete-${Date.now()}`;
  renameSync(cluster, aside);
  log(`${cluster} was not a complete PostgreSQL data directory: it is now ${aside}, and a new one is made`);
}

function give(path: string, { account }: Place): void {
  if (account) chownSync(path, account.uid, account.gid);
}

async function initdb(place: Place, bin: string, directory: string, durable: boolean): Promise<void> {
  password(place);
  const access = ['-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile(place)}`];
  const flags = ['-D', directory, ...access, '-E', 'UTF8', '--no-locale', ...(durable ? [] : ['--no-sync'])];
  const child = spawn(join(bin, 'initdb'), flags, { ...runAs(place), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | string | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  if (code !== 0) throw new Error(`initdb failed (${code}): ${output.trim()}`);
}

/**
 * The superuser's password, made at first use. With it the server can listen on 127.0.0.1, which every platform's
 * client reaches, without letting in every local user as `trust` would.
 */
export function password(place: Place): string {
  const file = passwordFile(place);
  if (!existsSync(file)) {
    if (existsSync(place.cluster)) {
      throw new Error(`${file}, the password of the PostgreSQL in ${place.cluster}, is missing: restore it`);
    }
    const draft = `${file}.new`;
    rmSync(draft, { force: true });
    writeFileSync(draft, randomBytes(24).toString('hex'), { mode: 0o600, flag: 'wx' });
    give(draft, place);
    renameSync(draft, file);
  }
  return readFileSync(file, 'utf8');
}

function passwordFile(place: Place): string {
  return join(place.run, 'password');
}
