import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/demo/ports';

const PROGRAM = join(__dirname, '..', '..', 'src', 'demo', 'main.js');

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'piaoka-demo-'));
  // As root PostgreSQL runs as another user, who has to get in.
  chmodSync(directory, 0o755);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const demoFile = (name: string) => readFileSync(join(directory, 'demo', name));

/** The order that waits for its reader: as a form, and again as a line of a batch, which is a repeat. */
async function expectPrepared(url: string, key: string): Promise<void> {
  const form = new FormData();
  form.append('order', new Blob([demoFile('order-data.json')]), 'order-data.json');
  form.append('pdf', new Blob([demoFile('order.pdf')]), 'order.pdf');
  const headers = { authorization: `Bearer ${key}` };
  expect((await fetch(`${url}/v1/orders`, { method: 'POST', headers, body: form })).status).toBe(202);
  const batch = await fetch(`${url}/v1/orders/batch`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-ndjson' },
    body: demoFile('order.json'),
  });
  expect(JSON.parse(await batch.text())).toMatchObject({ line: 1, status: 200 });
}

function environment(more: Record<string, string>): NodeJS.ProcessEnv {
  const { DATABASE_URL: _, ...env } = process.env;
  return { ...env, DATA_DIR: directory, ...more };
}

describe('npm run demo -- --once', () => {
  const once = (more: Record<string, string>) =>
    spawnSync(process.execPath, [PROGRAM, '--once'], { encoding: 'utf8', timeout: 100_000, env: environment(more) });

  it('takes an order from a REST call to a card, and says so', () => {
    const demo = once({});
    expect(demo.stderr).toBe('');
    expect(demo.status).toBe(0);
    for (const step of ['accepted', 'uploaded', 'sending']) expect(demo.stdout).toContain(step);
    expect(demo.stdout).toMatch(/order \S+: inserted, card code \d{12}/);
  }, 120_000);

  it.each([
    ['http', '"http"'],
    ['70000', '"70000"'],
    ['-1', '"-1"'],
  ])('refuses PORT=%s, and says so', (given, shown) => {
    const demo = once({ PORT: given });
    expect(demo.status).toBe(1);
    expect(demo.stderr).toBe(`PORT 须为 0 到 65535 的端口号，而不是 ${shown}。PORT must be a port, 0 to 65535.\n`);
  });
});

describe('npm run demo beside other programs', () => {
  let taken: Server;
  let takenPort: number;

  beforeEach(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    takenPort = (taken.address() as { port: number }).port;
  });
  afterEach(() => taken.close());

  it.each(['PORT', 'SANDBOX_PORT', 'SANDBOX_CONTROL_PORT'])('never exchanges the %s it was given', async (name) => {
    const demo = spawnSync(process.execPath, [PROGRAM, '--once'], {
      encoding: 'utf8',
      env: environment({ [name]: String(takenPort) }),
    });
    expect(demo.status).toBe(1);
    expect(demo.stderr).toContain(`${name}=${takenPort} is in use`);
  });

  it('listens on the ports it was given, says which settings it leaves aside, and stops on SIGTERM', async () => {
    const PORT = String(await freePort(0));
    const SANDBOX_PORT = String(await freePort(0, [Number(PORT)]));
    const SANDBOX_CONTROL_PORT = String(await freePort(0, [Number(PORT), Number(SANDBOX_PORT)]));
    const others = { ROLE: 'api', WECHAT_SECRET_FILE: '/nowhere' };
    const demo = spawn(process.execPath, [PROGRAM], {
      env: environment({ PORT, SANDBOX_PORT, SANDBOX_CONTROL_PORT, ...others }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => demo.once('exit', resolve));
    let said = '';
    await new Promise<void>((resolve) => {
      demo.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('Ctrl-C')) resolve();
      });
      void ended.then(() => resolve());
    });
    expect(said).toContain('the demo takes its own value of · ROLE, WECHAT_SECRET_FILE');
    expect(said).toContain('inserted, card code');
    expect((await fetch(`http://127.0.0.1:${PORT}/readyz`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${SANDBOX_CONTROL_PORT}/clock`)).status).toBe(200);
    const token = 'cgi-bin/token?grant_type=client_credential&appid=wxc0b84a53ed8e8d29&secret=any';
    expect(await (await fetch(`http://127.0.0.1:${SANDBOX_PORT}/${token}`)).json()).toHaveProperty('access_token');
    await expectPrepared(`http://127.0.0.1:${PORT}`, demoFile('merchant.key').toString().trim());
    demo.kill('SIGTERM');
    expect(await ended).toBe(0);
  }, 120_000);
});
