import { ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { EmbeddedPostgres, startEmbeddedPostgres } from '../../src/data/embedded-postgres';

const settings = { shared_buffers: '16MB' };
const onLinux = process.platform === 'linux' ? it : it.skip;

let home: string;
let lines: string[];
const start = () => startEmbeddedPostgres({ dataDir: home, log: (line) => lines.push(line), settings });

beforeEach(() => {
  lines = [];
  home = mkdtempSync(join(tmpdir(), 'piaoka-crash-'));
  chmodSync(home, 0o755);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Another process of ours that starts the same PostgreSQL, in a process group of its own as a shell would give it. */
async function anotherProcess(then = 'setTimeout(() => {}, 30_000)'): Promise<{ process: ChildProcess; url: string }> {
  const script = `require(${JSON.stringify(require.resolve('../../src/data/embedded-postgres'))})
    .startEmbeddedPostgres({ dataDir: ${JSON.stringify(home)}, log() {}, settings: ${JSON.stringify(settings)} })
    .then((postgres) => { process.stdout.write(postgres.url); ${then} });`;
  const child = spawn(process.execPath, ['-e', script], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    child.once('exit', (code) => reject(new Error(`the other process ended with ${code}`)));
  });
  return { process: child, url };
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const pidFile = () => join(home, 'postgres/postmaster.pid');
const postmaster = () => Number(readFileSync(pidFile(), 'utf8').split('\n')[0]);
const killGroup = (pid: number) => process.kill(-pid, 'SIGKILL');

async function untilStopped(): Promise<boolean> {
  for (let i = 0; i < 500 && existsSync(pidFile()); i += 1) await sleep(10);
  return !existsSync(pidFile());
}

async function expectKeptAndStop(postgres: EmbeddedPostgres): Promise<void> {
  expect(await query(postgres.url, 'select n from kept')).toEqual([{ n: 7 }]);
  await postgres.stop();
  expect(existsSync(pidFile())).toBe(false);
}

describe('several processes', () => {
  it('that start at once share one server, which the last to leave stops', async () => {
    const [first, second, other] = await Promise.all([start(), start(), anotherProcess()]);
    expect(new Set([first.url, second.url, other.url]).size).toBe(1);
    expect(lines.filter((line) => line.includes('new PostgreSQL data directory')).length).toBeLessThanOrEqual(1);
    expect(readdirSync(home).sort()).toEqual(['postgres', 'postgres-run']);
    await query(first.url, 'create table kept as select 7 as n');
    other.process.kill('SIGKILL');
    await first.stop();
    await expectKeptAndStop(second);
  });

  it('outlive the one that started the server', async () => {
    const other = await anotherProcess('setTimeout(() => postgres.stop(), 300)');
    const ended = new Promise((resolve) => other.process.once('exit', resolve));
    const ours = await start();
    await query(ours.url, 'create table kept as select 7 as n');
    await ended;
    await expectKeptAndStop(ours);
  });

  it('that end without a word do not leave the server running', async () => {
    await anotherProcess('setTimeout(() => process.exit(0), 100)');
    expect(await untilStopped()).toBe(true);
  });
});

describe('after kill -9', () => {
  it('of our process only, the server that is left is used and then stopped', async () => {
    const victim = await anotherProcess();
    await query(victim.url, 'create table kept as select 7 as n');
    const orphan = postmaster();
    killGroup(victim.process.pid!);
    const next = await start();
    expect(postmaster()).toBe(orphan);
    expect(lines.join('\n')).toContain('already runs on port');
    await expectKeptAndStop(next);
  });

  onLinux('of everything but a busy backend, that backend is ended and the start succeeds', async () => {
    const victim = await anotherProcess();
    await query(victim.url, 'create table kept as select 7 as n');
    const busy = query(victim.url, 'select count(*) from (select generate_series(1, 1000000000000))').catch(() => 0);
    await sleep(200);
    killGroup(postmaster());
    killGroup(victim.process.pid!);
    const next = await start();
    await busy;
    expect(lines.join('\n')).toMatch(/Ended \d+ PostgreSQL processes/);
    await expectKeptAndStop(next);
  });

  onLinux('of everything, a pid file that names a process of another kind does not keep us out', async () => {
    const victim = await anotherProcess();
    await query(victim.url, 'create table kept as select 7 as n');
    killGroup(postmaster());
    killGroup(victim.process.pid!);
    const { uid, gid } = statSync(join(home, 'postgres'));
    const bystander = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 30_000)'], { uid, gid, cwd: '/' });
    writeFileSync(pidFile(), readFileSync(pidFile(), 'utf8').replace(/^\d+/, String(bystander.pid)));
    await expectKeptAndStop(await start());
    expect(bystander.exitCode ?? bystander.signalCode).toBe(null);
    bystander.kill();
  });

  it('while the data directory was being made, it is made again', async () => {
    const victim = spawn(process.execPath, ['-e', startOnly()], { detached: true, stdio: 'ignore' });
    while (!readdirSync(home).some((name) => name.startsWith('postgres.new-'))) await sleep(5);
    await sleep(100);
    killGroup(victim.pid!);
    const next = await start();
    await query(next.url, 'create table kept as select 7 as n');
    await expectKeptAndStop(next);
    expect(readdirSync(home).sort()).toEqual(['postgres', 'postgres-run']);
  });
});

function startOnly(): string {
  const module = JSON.stringify(require.resolve('../../src/data/embedded-postgres'));
  return `require(${module}).startEmbeddedPostgres({ dataDir: ${JSON.stringify(home)}, log() {} });`;
}
