import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { connect } from '../../src/data/data-source';
import { undurable } from '../../src/data/durability';
import { findBinaries } from '../../src/data/embedded-binaries';
import { explained } from '../../src/data/embedded-faults';
import { choosePlace } from '../../src/data/embedded-place';
import { startEmbeddedPostgres } from '../../src/data/embedded-postgres';

const settings = { fsync: 'off', shared_buffers: '16MB' };
const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? it : it.skip;

let home: string;
let spare: string;
let lines: string[];
const log = (line: string) => lines.push(line);
const start = (dataDir = home) => startEmbeddedPostgres({ dataDir, log, settings });

beforeEach(() => {
  lines = [];
  home = mkdtempSync(join(tmpdir(), 'piaoka-postgres-'));
  chmodSync(home, 0o755);
  spare = choosePlace(home, log).spare;
});
afterEach(() => {
  for (const directory of [home, spare]) rmSync(directory, { recursive: true, force: true });
});

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function undurableAt(url: string): Promise<string[]> {
  const dataSource = await connect(url, { poolSize: 1 });
  return undurable(dataSource).finally(() => dataSource.destroy());
}

describe('a PostgreSQL of our own', () => {
  it('starts from nothing, and the next start finds the port and the data', async () => {
    const first = await start();
    expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await query(first.url, 'create table kept as select 7 as n');
    await first.stop();
    await first.stop();
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'select n from kept')).toEqual([{ n: 7 }]);
    await query(second.url, 'alter database piaoka set synchronous_commit = off');
    expect(await undurableAt(second.url)).toEqual(['fsync', 'synchronous_commit']);
    await second.stop();
    expect(second.dataDir).toBe(join(home, 'postgres'));
    expect(existsSync(join(second.dataDir, 'postmaster.pid'))).toBe(false);
  });

  it('is durable and closed: fsync, passwords, 127.0.0.1 only', async () => {
    const postgres = await startEmbeddedPostgres({ dataDir: home, log });
    const [row] = await query(
      postgres.url,
      `select current_setting('fsync') as fsync, current_setting('listen_addresses') as host,
              current_setting('max_connections') as connections, current_setting('unix_socket_directories') as socket`,
    );
    expect(await undurableAt(postgres.url)).toEqual([]);
    expect(row).toEqual({ fsync: 'on', host: '127.0.0.1', connections: '200', socket: '' });
    const stranger = new URL(postgres.url);
    stranger.password = 'guessed';
    await expect(query(stranger.href, 'select 1')).rejects.toThrow('password authentication failed');
    expect(statSync(join(home, 'postgres-run/password')).mode & 0o777).toBe(0o600);
    await postgres.stop();
  });

  it('takes another port when its own is in use', async () => {
    const first = await start();
    await first.stop();
    const port = Number(new URL(first.url).port);
    const intruder = createServer().listen(port, '127.0.0.1');
    const second = await start();
    expect(new URL(second.url).port).not.toBe(String(port));
    await second.stop();
    intruder.close();
  });

  it('makes a data directory again that was left half-made, and keeps what it cannot read under another name', async () => {
    for (const leftover of ['postgres', 'postgres.new-killed']) {
      mkdirSync(join(home, leftover, 'base'), { recursive: true });
      writeFileSync(join(home, leftover, 'PG_VERSION'), '18\n');
    }
    const postgres = await start();
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await postgres.stop();
    const names = readdirSync(home).map((name) => name.replace(/\d+$/, ''));
    expect(names.sort()).toEqual(['postgres', 'postgres-run', 'postgres.incomplete-']);
  });

  asRoot('below a directory its account cannot enter (root only), moves to /var/tmp and says so', async () => {
    chmodSync(home, 0o700);
    const postgres = await start(join(home, 'deeper'));
    expect(postgres.dataDir).toMatch(/^\/var\/tmp\/piaoka-[0-9a-f]{12}\/postgres$/);
    expect(lines.join('\n')).toContain(`the data is in ${dirname(postgres.dataDir)}`);
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await postgres.stop();
    rmSync(dirname(postgres.dataDir), { recursive: true });
  });

  asRoot('refuses a directory in /var/tmp that somebody else laid out (root only)', async () => {
    chmodSync(home, 0o700);
    mkdirSync(spare);
    chownSync(spare, 65534, 65534);
    await expect(start()).rejects.toThrow(`${spare} is not a directory that only this account can write`);
  });

  asRoot('runs as an ordinary user in that user’s own 0700 directory (root only: it becomes nobody)', () => {
    const own = join(home, 'own');
    mkdirSync(own, { mode: 0o700 });
    chownSync(own, 65534, 65534);
    const module = require.resolve('../../src/data/embedded-postgres');
    const script = `require(${JSON.stringify(module)})
      .startEmbeddedPostgres({ dataDir: process.argv[1], log: console.log, settings: { fsync: 'off' } })
      .then((postgres) => postgres.stop());`;
    const options = { uid: 65534, gid: 65534, cwd: '/', encoding: 'utf8' } as const;
    const run = spawnSync(process.execPath, ['-e', script, own], options);
    expect(run.stderr).toBe('');
    expect(run.stdout).toContain(`with the data in ${own}/postgres`);
    expect(statSync(join(own, 'postgres')).uid).toBe(65534);
  });
});

describe('the programs', () => {
  const original = () => dirname(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
  const withoutLinks = (target: string) => {
    const filter = (path: string) => !lstatSync(path).isSymbolicLink();
    cpSync(original(), target, { recursive: true, filter });
    return target;
  };
  const version = (bin: string) => spawnSync(join(bin, 'initdb'), ['--version'], { encoding: 'utf8' }).stdout;

  it('get the links that ignored install scripts did not make', () => {
    const copy = withoutLinks(join(home, 'package'));
    expect(version(join(copy, 'native/bin'))).toBe('');
    const bin = findBinaries(choosePlace(home, log), log, copy);
    expect(bin).toBe(join(copy, 'native/bin'));
    expect(version(bin)).toContain('PostgreSQL');
  });

  it.each(['say "hi"', '$HOME', '`x`'])('are copied from below a name that initdb would misspell: %s', (name) => {
    const place = choosePlace(join(home, name), log);
    const bin = findBinaries(place, log, withoutLinks(join(home, name, 'package')));
    expect(dirname(dirname(dirname(bin)))).toBe(place.spare);
    const made = spawnSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' }).stdout;
    expect(made).toContain('PostgreSQL');
    rmSync(place.spare, { recursive: true });
  });

  asRoot('are copied from where the account cannot reach them (root only)', () => {
    const closed = join(home, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const place = choosePlace(home, log);
    const bin = findBinaries(place, log, withoutLinks(join(closed, 'package')));
    expect(dirname(dirname(dirname(bin)))).toBe(place.spare);
    expect(lines.join('\n')).toContain('cannot be used from there');
    expect(version(bin)).toContain('PostgreSQL');
  });
});

describe('a start that fails', () => {
  it.each([
    ['initdb failed (1): could not write: No space left on device', 'The disk of /data is full: free some space'],
    ["EACCES: permission denied, mkdir '/data'", 'may not use /data: make it the property of its account'],
    ['spawn /x/postgres ENOENT', 'do not run on this system'],
    ['initdb: error: could not look up effective user ID 1000: user does not exist', 'no entry in /etc/passwd'],
  ])('explains: %s', (found, advice) => {
    expect(explained(new Error(found), '/data').message).toContain(advice);
  });

  it('says what PostgreSQL said when it is something else', async () => {
    const failure = startEmbeddedPostgres({ dataDir: home, log, settings: { work_mem: 'much' } });
    await expect(failure).rejects.toThrow(/PostgreSQL did not start: .*work_mem/);
    expect(readFileSync(join(home, 'postgres-run/server.log'), 'utf8')).toContain('work_mem');
  });
});
