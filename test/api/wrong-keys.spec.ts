import { request as httpRequest } from 'node:http';
import { Judged, WrongKeys } from '../../src/http/wrong-keys';
import { makeLog } from '../../src/log';
import { Metrics } from '../../src/metrics';
import { APPID, Json, KEY, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const WRONG = 'pk_test_ffffffffffffffffffffffffffffffff';
const PER_MINUTE = 5;

describe('wrong keys', () => {
  let world: World;
  const logged: Json[] = [];
  const began = Date.now();
  beforeAll(async () => {
    const log = makeLog('warn', { write: (line) => void logged.push(JSON.parse(line) as Json) });
    const env = { ROLE: 'api', BOOTSTRAP_ADMIN_KEY: ADMIN, WRONG_KEYS_PER_MINUTE: String(PER_MINUTE) };
    world = await World.start({ env, log });
  });
  afterAll(() => world.end());

  const counted = async (door: string, reason: string) => {
    const text = await (await fetch(`${world.service.url}/metrics`)).text();
    const line = text
      .split('\n')
      .find((one) => one.startsWith(`piaoka_wrong_keys_total{door="${door}",reason="${reason}"}`));
    return Number(line?.split(' ')[1] ?? 0);
  };

  it('are counted by what is wrong with them, whatever door they were shown at', async () => {
    const merchants = (await world.get('/v1/admin/merchants', ADMIN).expect(200)).body.items as Json[];
    const keys = `/v1/admin/merchants/${merchants[0]?.id as string}/keys`;
    const made = (await world.post(keys, { label: 'x', scopes: ['orders:read'] }, ADMIN).expect(201)).body as Json;
    const [url, headers] = [`${world.service.url}${keys}/${made.id as string}`, { authorization: `Bearer ${ADMIN}` }];
    expect((await fetch(url, { method: 'DELETE', headers })).status).toBe(204);

    await world.get('/v1/orders', made.key as string).expect(401);
    await fetch(`${world.service.url}/v1/orders`);
    await world.get('/v1/admin/orders', WRONG).expect(401);
    await world.get('/core/r/api/weChat/getToken', WRONG).expect(401);
    const login = `/cgi-bin/token?grant_type=client_credential&appid=${APPID}&secret=${WRONG}`;
    expect((await world.get(login)).body).toMatchObject({ errcode: 40125 });
    expect(await counted('merchant', 'revoked')).toBe(1);
    expect(await counted('merchant', 'none')).toBe(1);
    for (const door of ['operator', 'gateway', 'drop_in'])
      expect([door, await counted(door, 'unknown')]).toEqual([door, 1]);
  });

  it('are 429 once there are too many, while right ones from the same address are served', async () => {
    const flood = Array.from({ length: 60 }, (_, n) => world.get('/v1/orders', `${WRONG}${n}`));
    const right = Array.from({ length: 20 }, (_, n) => world.get('/v1/orders', n % 2 ? KEY : `${KEY}`));
    const [answers, served] = await Promise.all([Promise.all(flood), Promise.all(right)]);
    expect(new Set(served.map(({ status }) => status))).toEqual(new Set([200]));
    const limited = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 401).length + limited.length).toBe(60);
    expect(limited.length).toBeGreaterThan(0);
    expect(limited[0]?.body).toMatchObject({ code: 'too_many_wrong_keys' });
    expect(Number(limited[0]?.headers['retry-after'])).toBeGreaterThan(0);
    // Not even a key that nobody here has seen yet waits for anything but its turn.
    await world.get('/v1/admin/orders', ADMIN).expect(200);
    const drop = `/cgi-bin/token?grant_type=client_credential&appid=${APPID}&secret=${KEY}`;
    expect((await world.get(drop)).body).toMatchObject({ expires_in: expect.any(Number) as number });
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('of one address do not limit another one', async () => {
    const statusFrom = (localAddress: string) =>
      new Promise<number>((resolve, reject) => {
        const headers = { authorization: `Bearer ${WRONG}`, connection: 'close' };
        const asked = httpRequest(`${world.service.url}/v1/orders`, { localAddress, headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        });
        asked.on('error', reject).end();
      });
    expect(await statusFrom('127.0.0.77')).toBe(401);
  });

  it('are logged now and then, with the address and without the key', () => {
    const lines = logged.filter(({ msg }) => msg === 'wrong key');
    expect(lines[0]).toMatchObject({ door: 'merchant', reason: 'revoked', address: '127.0.0.1', count: 1 });
    expect(lines[0]?.key_sha256).toMatch(/^[0-9a-f]{8}$/);
    const addresses = new Set(lines.map(({ address }) => address as string));
    expect(lines.length).toBeLessThanOrEqual(addresses.size * (1 + Math.ceil((Date.now() - began) / 10_000)));
    expect(JSON.stringify(logged)).not.toContain(WRONG);
  });
});

test('beside a flood, what must be looked up takes turns, and what is known does not', async () => {
  const keys = new WrongKeys(1, new Metrics(), makeLog('silent'));
  const shown = { door: 'merchant', address: '2001:db8::1', key: WRONG } as const;
  const wrong: Judged<string> = { wrong: 'unknown' };
  const ask = (work: () => Promise<Judged<string>>) => keys.admit(shown, (_key, asking) => asking(work));
  await ask(() => Promise.resolve(wrong));

  const begun: (() => void)[] = [];
  const held = Array.from({ length: 9 }, () => ask(() => new Promise((resolve) => begun.push(() => resolve(wrong)))));
  await new Promise(setImmediate);
  expect(begun).toHaveLength(2);
  // Another address of the same network stands in the same queue; another network in none, and who is known in none.
  let asked = 0;
  const looked = () => Promise.resolve({ owner: `number ${(asked += 1)}` });
  const neighbour = keys.admit({ ...shown, address: '2001:db8::2' }, (_key, asking) => asking(looked));
  await new Promise(setImmediate);
  expect(asked).toBe(0);
  expect(await keys.admit({ ...shown, address: '2001:db8:0:1::1' }, (_key, asking) => asking(looked))).toEqual({
    owner: 'number 1',
  });
  expect(await keys.admit(shown, () => looked())).toEqual({ owner: 'number 2' });

  while (begun.length > 0) {
    begun.shift()?.();
    await new Promise(setImmediate);
  }
  expect((await Promise.all(held)).map((one) => 'refused' in one && one.refused.status)).toEqual(Array(9).fill(429));
  expect(await neighbour).toEqual({ owner: 'number 3' });
});
