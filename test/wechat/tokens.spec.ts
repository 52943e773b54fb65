import { DataSource } from 'typeorm';
import { dataSourceFor } from '../../src/data/data-source';
import { Sealer } from '../../src/data/sealed';
import { Metrics } from '../../src/metrics';
import { Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { WechatClient } from '../../src/wechat/client';
import { Token, TokenAccount, TokenManager } from '../../src/wechat/tokens';
import { Transport } from '../../src/wechat/transport';
import { createDatabase } from '../support/databases';
import { APPID, Json, MASTER_KEY } from '../support/world';

const ACCOUNT: TokenAccount = { appid: APPID, secret: 'any', tokenKind: 'plain' };
const ignore = () => undefined;

describe('the token manager', () => {
  let sandbox: Sandbox;
  let transport: Transport;
  let database: { url: string; drop: () => Promise<void> };
  let dataSources: DataSource[];
  let managers: TokenManager[];

  beforeEach(async () => {
    sandbox = await startSandbox({ calm: true, seed: 'tokens' });
    database = await createDatabase();
    transport = new Transport(sandbox.url, 16, new Metrics());
    // Four managers with pools of their own stand for four processes.
    dataSources = await Promise.all([1, 2, 3, 4].map(() => dataSourceFor(database.url, { poolSize: 4 }).initialize()));
    const client = new WechatClient(transport, { call: 2000, token: 2000 });
    managers = dataSources.map(
      (dataSource) => new TokenManager(dataSource, new Sealer(MASTER_KEY), client, () => 0.5, ignore),
    );
  });
  afterEach(async () => {
    await Promise.all(dataSources.map((dataSource) => dataSource.destroy()));
    await transport.close();
    await sandbox.close();
    await database.drop();
  });

  const fetches = async () => {
    const answer = await fetch(`${sandbox.controlUrl}/ledger?path=/cgi-bin/token`);
    return ((await answer.json()) as Json).requests.length as number;
  };
  const everyone = <T>(ask: (manager: TokenManager) => Promise<T>) =>
    Promise.all(managers.flatMap((manager) => Array.from({ length: 16 }, () => ask(manager))));

  it('sixty-four senders in four processes cause one fetch', async () => {
    const results = await everyone((manager) => manager.get(ACCOUNT));
    expect(new Set(results.map(({ token }) => token?.value)).size).toBe(1);
    expect(await fetches()).toBe(1);
  });

  it('a refused token is replaced once, whoever complains, and a late complaint changes nothing', async () => {
    const [first] = await everyone((manager) => manager.get(ACCOUNT));
    const seen = (first?.token as Token).generation;
    const renewed = await everyone((manager) => manager.invalidate(ACCOUNT, seen));
    expect(new Set(renewed.map(({ token }) => token?.generation))).toEqual(new Set([seen + 1]));
    expect(await fetches()).toBe(2);
    await everyone((manager) => manager.invalidate(ACCOUNT, seen));
    expect(await fetches()).toBe(2);
  });

  it('a configuration error of the account holds the order; it is no exception', async () => {
    await fetch(`${sandbox.controlUrl}/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ path: '/cgi-bin/token', mode: 'errcode', errcode: 40164, applied: false }]),
    });
    expect(await managers[0]?.get(ACCOUNT)).toMatchObject({ token: null, outcome: { kind: 'held' } });
  });

  it('a token is fetched ahead of its end while everybody goes on with the old one', async () => {
    const [first] = await everyone((manager) => manager.get(ACCOUNT));
    await dataSources[0]?.query(`UPDATE wechat_tokens SET refresh_after = now() - interval '1 second'`);
    const fresh = dataSources.map(
      (dataSource) =>
        new TokenManager(
          dataSource,
          new Sealer(MASTER_KEY),
          new WechatClient(transport, { call: 2000, token: 2000 }),
          () => 0.5,
          ignore,
        ),
    );
    managers = fresh;
    await everyone((manager) => manager.get(ACCOUNT));
    const ahead = await everyone((manager) => manager.get(ACCOUNT));
    expect(ahead.every(({ token }) => token !== null)).toBe(true);
    for (let n = 0; n < 50 && (await fetches()) < 2; n += 1) await new Promise((resume) => setTimeout(resume, 20));
    expect(await fetches()).toBe(2);
    expect((first?.token as Token).generation).toBe(1);
  });

  describe('after a failover that lost the newest tokens', () => {
    const row = () => dataSources[0]?.query<Json[]>('SELECT * FROM wechat_tokens') as Promise<Json[]>;
    const restore = ({ generation, token, expires_at, refresh_after }: Json) =>
      dataSources[0]?.query(
        'UPDATE wechat_tokens SET generation = $1, token = $2, expires_at = $3, refresh_after = $4',
        [generation, token, expires_at, refresh_after],
      );

    /** The database forgets all but the first token; the first manager still has the third. */
    async function forget(): Promise<Token> {
      const [manager] = managers as [TokenManager];
      await manager.get(ACCOUNT);
      const [lost] = await row();
      await manager.invalidate(ACCOUNT, 1);
      const { token } = await manager.invalidate(ACCOUNT, 2);
      await restore(lost as Json);
      return token as Token;
    }

    it('a refused one is followed by a generation that nobody has had', async () => {
      const [manager, other] = managers as [TokenManager, TokenManager];
      const { generation } = await forget();
      const { token } = await manager.invalidate(ACCOUNT, generation);
      expect(token?.generation).toBe(generation + 1);
      expect((await manager.get(ACCOUNT)).token).toEqual(token);
      expect((await other.get(ACCOUNT)).token?.value).toBe(token?.value);
    });

    it('what the database has is taken once the one in memory is no longer sure', async () => {
      const [manager] = managers as [TokenManager];
      const { generation } = await forget();
      expect((await manager.get(ACCOUNT)).token?.generation).toBe(generation);
      const now = performance.now.bind(performance);
      const later = jest.spyOn(performance, 'now').mockImplementation(() => now() + 31_000);
      try {
        expect((await manager.get(ACCOUNT)).token?.generation).toBe(1);
        expect((await manager.get(ACCOUNT)).token?.generation).toBe(1);
        const fetched = await fetches();
        expect((await manager.invalidate(ACCOUNT, 1)).token?.generation).toBe(2);
        expect((await manager.get(ACCOUNT)).token?.generation).toBe(2);
        expect(await fetches()).toBe(fetched + 1);
      } finally {
        later.mockRestore();
      }
    });
  });
});
