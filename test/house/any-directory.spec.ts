import { ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './repository';

const PATIENCE_MS = 240_000;
const READ_BY_THE_BUILD = ['src', 'migrations', 'docs/errors', 'ormconfig.ts'];
const MANIFESTS = ['package.json', 'package-lock.json', 'nest-cli.json', 'tsconfig.json', '.npmrc'];

/** Usual on desktops here; and names that come from downloads, backups and jokes. */
const DIRECTORY = join('我的 项目', '50%25 é (1)', `🎫 #2 & 'x' "y" $HOME [z]`);

let home: string;
let npm: ChildProcess | undefined;

beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'piaoka-checkout-'))));
afterEach(() => {
  // Whatever was left running, down to the last child of npm.
  if (npm?.pid) killGroup(npm.pid);
  rmSync(home, { recursive: true, force: true });
});

test(
  'a checkout below any directory builds, starts, tells its API, and ends with `kill` of `npm start`',
  async () => {
    const url = await npmStart(checkout(join(home, DIRECTORY)));
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    // What the compiler plugin adds is there: the classes of fields whose types stand in other files.
    const { components } = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
    expect(components.schemas.OrderView?.properties.invoice).toEqual({
      $ref: '#/components/schemas/InvoiceView',
    });

    const ended = new Promise((resolve) => npm?.once('exit', resolve));
    npm?.kill('SIGTERM');
    await ended;
    await expect(fetch(`${url}/livez`)).rejects.toThrow('fetch failed');
  },
  PATIENCE_MS,
);

interface Document {
  components: { schemas: Record<string, { properties: Record<string, unknown> }> };
}

/** A copy of what the build reads, with the packages of this checkout. */
function checkout(directory: string): string {
  mkdirSync(directory, { recursive: true });
  for (const path of [...READ_BY_THE_BUILD, ...MANIFESTS]) {
    cpSync(join(ROOT, path), join(directory, path), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  // Older than the packages: they are installed.
  utimesSync(join(directory, 'package-lock.json'), 0, 0);
  return directory;
}

/** Resolves with the address once the service is ready. */
function npmStart(directory: string): Promise<string> {
  const { DATABASE_URL: _, MASTER_KEY: __, NODE_OPTIONS: ___, ...inherited } = process.env;
  const env = { ...inherited, PORT: '0', DATA_DIR: '.data', LOG_LEVEL: 'info' };
  const child = spawn('npm', ['start'], {
    cwd: directory,
    env,
    detached: true,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  npm = child;
  return new Promise((resolve, reject) => {
    let said = '';
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      const url = /"url":"([^"]+)"/.exec(said)?.[1];
      if (url) resolve(url);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', () => reject(new Error(`npm start ended:\n${said}`)));
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended, as it should.
  }
}
