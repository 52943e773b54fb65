import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * Installs and compiles the typical design in a copy under .data, so that its packages are neither the product's nor seen
 * by its build. Done again when its sources or its lock change. Returns the compiled program.
 */
export function buildTypical(say: (line: string) => void): string {
  const source = resolve('bench', 'typical');
  const target = resolve('.data', 'bench', 'typical');
  const program = join(target, 'dist', 'main.js');
  const stamp = join(target, '.built-from');
  const wanted = fingerprint(source);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return program;
  mkdirSync(target, { recursive: true });
  cpSync(source, target, { recursive: true });
  say('installing the packages of the typical design (once)');
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--ignore-scripts', '--loglevel=error'], target);
  run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', '.'], target);
  writeFileSync(stamp, wanted);
  return program;
}

/** The Redis to compare with: REDIS_SERVER, or the one on the PATH; null where there is none. */
export function findRedis(): string | null {
  const candidates = [
    process.env.REDIS_SERVER ?? '',
    ...(process.env.PATH ?? '').split(':').map((directory) => join(directory, 'redis-server')),
  ];
  return candidates.find((file) => file !== '' && existsSync(file)) ?? null;
}

function fingerprint(directory: string): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    hash.update(file.name).update(readFileSync(join(file.parentPath, file.name)));
  }
  return hash.digest('hex');
}

function run(command: string, args: string[], cwd: string): void {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed in ${dirname(cwd)}`);
}
