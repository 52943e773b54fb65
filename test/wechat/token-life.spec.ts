import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { dataSourceFor } from '../../src/data/data-source';
import { Sealer } from '../../src/data/sealed';
import { inTransaction } from '../../src/data/statement';
import { Metrics } from '../../src/metrics';
import { Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { WechatClient } from '../../src/wechat/client';
import { Token, TokenAccount, TokenManager } from '../../src/wechat/tokens';
import { Transport } from '../../src/wechat/transport';
import { createDatabase } from '../support/databases';
import { APPID, Json, MASTER_KEY } from '../support/world';

const ACCOUNT: TokenAccount = { appid: APPID, secret: 'any', tokenKind: 'plain' };

describe('the life of a token', () => {
  let sandbox: Sandbox;
  let database: { url: string; drop: () => Promise<void> };
  let dataSources: DataSource[];
  const transports: Transport[] = [];
  const servers: Server[] = [];

  beforeAll(async () => {
    database = await createDatabase();
    dataSources = await Promise.all([1, 2, 3, 4].map(() => dataSourceFor(database.url, { poolSize: 3 }).initialize()));
  });
  beforeEach(async () => {
    sandbox = await startSandbox({ calm: true, seed: 'life' });
    await run('DELETE FROM wechat_tokens');
  });
  afterEach(async () => {
    await Promise.all(transports.splice(0).map((transport) => transport.close()));
    for (const server of servers.splice(0)) server.close();
    await sandbox.close();
  });
  afterAll(async () => {
    await Promise.all(dataSources.map((dataSource) => dataSource.destroy()));
    await database.drop();
  });

  const run = (text: string) => (dataSources[0] as DataSource).query<Json[]>(text);
  const refreshIsDue = () => run(`UPDATE wechat_tokens SET refresh_after = now() - interval '1 second'`);
  /** A process of its own, which has read nothing yet. */
  const managerOn = (url = sandbox.url, dataSource = dataSources[0] as DataSource) => {
    const transport = new Transport(url, 4, new Metrics());
    transports.push(transport);
    const client = new WechatClient(transport, { call: 2000, token: 2000 });
    return new TokenManager(
      dataSource,
      new Sealer(MASTER_KEY),
      client,
      () => 0.5,
      () => undefined,
    );
  };
  /** A WeChat that answers every call with this. */
  const strange = async (body: object) => {
    const server = createServer((_, response) => response.end(JSON.stringify(body)));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const fault = async (given: object) => {
    const answer = await fetch(`${sandbox.controlUrl}/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ path: '/cgi-bin/token', ...given }]),
    });
    expect(answer.status).toBe(201);
  };
  const fetches = async (path = '/cgi-bin/token') => {
    const answer = await fetch(`${sandbox.controlUrl}/ledger?path=${path}`);
    return ((await answer.json()) as Json).requests.length as number;
  };
  const until = async (count: number) => {
    for (let n = 0; n < 200 && (await fetches()) < count; n += 1) await sleep(10);
    expect(await fetches()).toBe(count);
  };

  it.each([0, 59, undefined, 'soon'])('a lifetime of %p is an error of the server, not a token', async (expires_in) => {
    const manager = managerOn(await strange({ access_token: 'x'.repeat(136), expires_in }));
    expect(await manager.get(ACCOUNT)).toMatchObject({ token: null });
    expect(await run('SELECT FROM wechat_tokens WHERE token IS NOT NULL')).toEqual([]);
  });

  it('a short one is replaced after half of it, a long one is cut to two hours', async () => {
    for (const [expires_in, life, ahead] of [
      [345, 345, 172.5],
      [99_999, 7200, 750],
    ] as const) {
      const manager = managerOn(await strange({ access_token: 'x'.repeat(136), expires_in }));
      expect(await manager.get({ ...ACCOUNT, appid: `wx${life}` })).toMatchObject({ token: { generation: 1 } });
      const rows = await run(
        `SELECT round(extract(epoch FROM expires_at - fetched_at), 1)::float8 AS life,
                round(extract(epoch FROM expires_at - refresh_after), 1)::float8 AS ahead
           FROM wechat_tokens WHERE appid = 'wx${life}'`,
      );
      expect(rows).toEqual([{ life, ahead }]);
    }
  });

  it('while the next one cannot be had, the old one serves to its end, and WeChat is not asked at every call', async () => {
    const first = (await managerOn().get(ACCOUNT)).token as Token;
    await fault({ mode: 'errcode', errcode: 45009, applied: false });
    await refreshIsDue();
    const another = managerOn();
    for (let n = 0; n < 30; n += 1) expect((await another.get(ACCOUNT)).token?.value).toBe(first.value);
    await until(2);
    for (let n = 0; n < 30; n += 1) expect((await another.get(ACCOUNT)).token?.value).toBe(first.value);
    expect(await fetches()).toBe(2);
    await run('UPDATE wechat_tokens SET expires_at = now()');
    expect(await managerOn().get(ACCOUNT)).toMatchObject({ token: null, outcome: { kind: 'held' } });
  });

  it('nobody waits for a slow fetch ahead of time, and one process of four makes it', async () => {
    await managerOn().get(ACCOUNT);
    await refreshIsDue();
    await fault({ mode: 'hang' });
    const four = dataSources.map((dataSource) => managerOn(sandbox.url, dataSource));
    const generations = async () =>
      (await Promise.all(four.map((manager) => manager.get(ACCOUNT)))).map(({ token }) => token?.generation);
    // The first call reads the row, the second sees that it is time.
    expect(await generations()).toEqual([1, 1, 1, 1]);
    expect(await generations()).toEqual([1, 1, 1, 1]);
    await until(2);
    expect(await generations()).toEqual([1, 1, 1, 1]);
    expect(await fetches()).toBe(2);
  });

  it('nobody waits longer than six seconds for whoever has the account’s row, and no try is burnt', async () => {
    await managerOn().get(ACCOUNT);
    await run('UPDATE wechat_tokens SET expires_at = now()');
    await inTransaction(dataSources[0] as DataSource, async (client) => {
      await client.query('SELECT FROM wechat_tokens FOR UPDATE');
      expect(await managerOn(sandbox.url, dataSources[1]).get(ACCOUNT)).toMatchObject({
        token: null,
        outcome: { kind: 'later', reason: 'token_store_55P03', counted: false },
      });
    });
    expect(await fetches()).toBe(1);
    expect((await managerOn().get(ACCOUNT)).token).not.toBeNull();
  }, 15_000);

  it('a refused string that is given again is used after a second, and not asked for at every call', async () => {
    const stable = { ...ACCOUNT, tokenKind: 'stable' } as const;
    const manager = managerOn();
    const first = (await manager.get(stable)).token as Token;
    const again = await manager.invalidate(stable, first.generation);
    expect(again).toMatchObject({ token: null, outcome: { reason: 'token_unchanged', counted: false } });
    for (let n = 0; n < 20; n += 1) expect((await manager.get(stable)).token).toBeNull();
    expect(await fetches('/cgi-bin/stable_token')).toBe(2);
    await sleep(1000);
    expect((await manager.get(stable)).token).toMatchObject({ value: first.value });
    expect(await fetches('/cgi-bin/stable_token')).toBe(2);
  });

  it('sealed, it opens in its own row only', async () => {
    const { token } = await managerOn().get(ACCOUNT);
    expect((await managerOn().get(ACCOUNT)).token).toMatchObject({ value: token?.value });
    await run(
      `INSERT INTO wechat_tokens (appid, kind, generation, token, expires_at, refresh_after)
       SELECT 'wx_thief', kind, generation, token, expires_at, refresh_after FROM wechat_tokens`,
    );
    // The copied one is worth nothing there: one is fetched in its place.
    const own = await managerOn().get({ ...ACCOUNT, appid: 'wx_thief' });
    const copied = await managerOn().get(ACCOUNT);
    expect([own.token?.generation, copied.token?.value === own.token?.value]).toEqual([
      (copied.token?.generation ?? 0) + 1,
      false,
    ]);
  });
});
