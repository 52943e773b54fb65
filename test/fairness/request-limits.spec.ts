import { ChildProcess } from 'node:child_process';
import { request } from 'undici';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { startProcess } from '../support/process';
import { APPID, KEY, World } from '../support/world';
import { addNeighbour, ADMIN } from './neighbour';

const A_MINUTE = 100;

describe(`${A_MINUTE} requests a minute of one merchant, over two processes`, () => {
  let world: World;
  let second: { child: ChildProcess; url: string; code: Promise<number | null> };
  let neighbour: string;
  beforeAll(async () => {
    const env = { BOOTSTRAP_ADMIN_KEY: ADMIN, ROLE: 'api', REQUESTS_PER_MINUTE: String(A_MINUTE) };
    world = await World.start({ env });
    second = await startProcess(world.databaseUrl, world.sandbox.url, env);
    neighbour = await addNeighbour(world);
  });
  afterAll(async () => {
    second.child.kill('SIGTERM');
    await second.code;
    await world.end();
  });

  const list = async (url: string, key: string) => {
    const headers = { authorization: `Bearer ${key}` };
    const answer = await request(`${url}/v1/orders?limit=1`, { headers });
    await answer.body.dump();
    return { status: answer.statusCode, retryAfter: answer.headers['retry-after'] };
  };

  it('are all served, in whichever process; the others are told when, and the neighbour is served as ever', async () => {
    const urls = [world.service.url, second.url];
    // However slow the machine, some minute has more than it may: each has at most so many served.
    let refused: { retryAfter: unknown } | undefined;
    let served = 0;
    while (!refused) {
      const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => list(urls[n % 2] as string, KEY)));
      served += answers.filter(({ status }) => status === 200).length;
      refused = answers.find(({ status }) => status === 429);
    }
    expect(served).toBeGreaterThanOrEqual(A_MINUTE - 4);
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    expect(Number(refused.retryAfter)).toBeLessThanOrEqual(60);
    const rows = await query<{ used: string }>(
      world.databaseUrl,
      `SELECT used FROM allowances WHERE what = 'requests'`,
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const url of urls) expect((await list(url, neighbour)).status).toBe(200);
    const { body } = await world.post('/v1/orders', order(), neighbour).expect(202);
    expect(body).toMatchObject({ state: 'accepted' });
    await until429(urls[1] as string);
    expect(await dropInCode()).toBe(45011);
  });

  /** What a program that was written against WeChat is told, once the minute of its merchant is used up. */
  async function dropInCode(): Promise<number> {
    const { url } = world.service;
    const login = await request(`${url}/cgi-bin/token?grant_type=client_credential&appid=${APPID}&secret=${KEY}`);
    const { access_token: token } = (await login.body.json()) as { access_token: string };
    for (let n = 0; n < 2 * A_MINUTE; n += 1) {
      const address = `${url}/card/invoice/getauthdata?access_token=${token}`;
      const answer = await request(address, { method: 'POST', body: '{"s_pappid":"x","order_id":"x"}' });
      const { errcode } = (await answer.body.json()) as { errcode: number };
      if (errcode === 45011) return errcode;
    }
    return 0;
  }

  /** The second process has been told as well, without a request of its own being over. */
  async function until429(url: string): Promise<void> {
    for (let n = 0; n < 2 * A_MINUTE; n += 1) if ((await list(url, KEY)).status === 429) return;
    throw new Error('the second process knows of no limit');
  }
});

describe('without a limit', () => {
  it('nobody is counted', async () => {
    const world = await World.start({ env: { ROLE: 'api' } });
    for (let n = 0; n < A_MINUTE + 1; n += 1) await world.get('/v1/orders?limit=1').expect(200);
    expect(await query(world.databaseUrl, 'SELECT * FROM allowances')).toEqual([]);
    await world.end();
  });
});
