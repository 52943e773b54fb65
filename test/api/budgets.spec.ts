import { connect, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'undici';
import { order } from '../support/orders';
import { startProcess } from '../support/process';
import { Json, KEY, World } from '../support/world';

const MIB = 1024 * 1024;

/** A name of 52 KB, and below it a hundred numbers that no double holds: each is a fault that names its place. */
const LONG_NAME = `{"${'n'.repeat(52_000)}":[${'1e400,'.repeat(99)}1e400]}`;

describe('nobody without a key makes a process hold or read a body', () => {
  let world: World;
  let process: Awaited<ReturnType<typeof startProcess>>;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api' } });
    process = await startProcess(world.databaseUrl, world.sandbox.url, { ROLE: 'api' });
  });
  afterAll(async () => {
    process.child.kill('SIGKILL');
    await process.code;
    await world.end();
  });

  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(process.url + path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  const key = { authorization: `Bearer ${KEY}` };

  async function memory(): Promise<number> {
    const text = await (await fetch(`${process.url}/metrics`)).text();
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
  }

  it.each<[string, number]>([
    ['/v1/orders', 401],
    ['/v1/admin/operators', 401],
    ['/v1/no/such/path', 404],
    ['/livez', 404],
    ['/', 404],
  ])('POST %s is %d before its body is looked at', async (path, status) => {
    const answer = await post(path, LONG_NAME);
    expect(answer.status).toBe(status);
    expect((await answer.text()).length).toBeLessThan(1000);
  });

  it('with a key the same body is refused in a few words', async () => {
    const answer = await post('/v1/orders', LONG_NAME, key);
    expect(answer.status).toBe(400);
    const text = await answer.text();
    expect(text.length).toBeLessThan(100_000);
    expect(((JSON.parse(text) as Json).errors as Json[]).map(({ code }) => code as string)).toContain('JSON-NAME');
  });

  it('doors that speak WeChat’s dialect answer as shortly', async () => {
    for (const path of ['/cgi-bin/stable_token', '/card/invoice/insert?access_token=x', '/card/nowhere']) {
      const answer = await post(path, LONG_NAME.repeat(4));
      expect(answer.status).toBe(200);
      expect((await answer.text()).length).toBeLessThan(500);
    }
  });

  it.each<[string, string, string]>([
    ['unknown fields', '/v1/orders', `{${Array.from({ length: 5000 }, (_, n) => `"u${n}":1`).join()}}`],
    ['lines that are no lines', '/v1/invoices/check', `{"invoice":{"items":[${'{"x":1},'.repeat(2500)}{}]}}`],
    ['numbers out of range', '/v1/orders', `[${'1e400,'.repeat(9000)}1e400]`],
  ])('of many faults (%s) the first hundred are told, and how many more there are', async (_, path, body) => {
    const answer = (await (await post(path, body, key)).json()) as Json;
    const told = (answer.errors ?? answer.faults) as Json[];
    expect(told).toHaveLength(101);
    expect(told.at(-1)).toMatchObject({ code: 'FAULTS-MORE', severity: 'error' });
    expect(told.at(-1)?.message_en).toMatch(/^\d{4,} more faults are not listed/);
  });

  it('a body with more values than anything here has is refused before it is parsed', async () => {
    const answer = await post('/v1/invoices/check', `{"invoice":{"items":[${'[],'.repeat(1_000_000)}[]]}}`, key);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as Json).errors).toMatchObject([{ code: 'JSON-SIZE' }]);
  });

  it('a body longer than its route takes is refused by its length alone, whatever the route', async () => {
    const large = 'x'.repeat(300_000);
    expect((await post('/v1/authorizations', large, key)).status).toBe(413);
    // The type is judged before the length.
    expect((await post('/v1/authorizations', large, { ...key, 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post('/v1/authorizations', large, { ...key, 'content-type': 'multipart/form-data' })).status).toBe(
      415,
    );
    expect((await post('/v1/orders/batch', large, key)).status).toBe(415);
  });

  it('millions of empty lines are no batch', async () => {
    const began = performance.now();
    const answer = await post('/v1/orders/batch', '\n'.repeat(13_500_000), {
      ...key,
      'content-type': 'application/x-ndjson',
    });
    expect(await answer.json()).toMatchObject({ line: 1, status: 413, problem: { code: 'batch_too_large' } });
    expect(performance.now() - began).toBeLessThan(8000);
  });

  it('bodies that stop before their end hold no more memory than a caller’s share, and leave others theirs', async () => {
    const before = await memory();
    const idle = await Promise.all(Array.from({ length: 60 }, (_, n) => stopInTheMiddle(n % 2 ? KEY : null)));
    await sleep(1000);
    expect((await memory()) - before).toBeLessThan(220 * MIB);
    // The caller who holds too many is told to come again.
    const answers = idle.map(({ heard }) => heard().slice(9, 12));
    expect(answers.filter((status) => status === '401')).toHaveLength(30);
    expect(answers.filter((status) => status === '429').length).toBeGreaterThanOrEqual(20);
    expect((await fetch(`${process.url}/livez`)).status).toBe(200);
    for (const { socket } of idle) socket.destroy();
    expect((await post('/v1/orders', JSON.stringify(order()), key)).status).toBe(202);
  });

  it('what was not read of a refused body keeps no later request of its connection waiting', async () => {
    const client = new Client(process.url);
    const refused = { method: 'POST', path: '/v1/orders', body: `--b\r\n\r\n${'x'.repeat(2_000_000)}` } as const;
    for (const headers of [key, {}]) {
      const type = { 'content-type': 'multipart/form-data; boundary=b' };
      const { statusCode, body } = await client.request({ ...refused, headers: { ...headers, ...type } });
      expect(statusCode).toBeLessThan(500);
      await body.dump();
      const began = performance.now();
      await (await client.request({ method: 'GET', path: '/livez' })).body.dump();
      expect(performance.now() - began).toBeLessThan(10_000);
    }
    await client.close();
  });

  /** Ten million bytes of a body that has one more. */
  function stopInTheMiddle(bearer: string | null): Promise<{ socket: Socket; heard: () => string }> {
    const { port } = new URL(process.url);
    return new Promise((resolve) => {
      let heard = '';
      const done = () => resolve({ socket, heard: () => heard });
      const socket = connect(Number(port), '127.0.0.1', () => {
        const authorization = bearer === null ? '' : `authorization: Bearer ${bearer}\r\n`;
        socket.write(
          `POST /v1/orders HTTP/1.1\r\nhost: x\r\n${authorization}content-type: application/json\r\ncontent-length: 10000001\r\n\r\n`,
        );
        socket.write(Buffer.alloc(10_000_000, 32), done);
      });
      socket.on('error', done).on('data', (chunk) => (heard += chunk.toString()));
    });
  }
});
