import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { loadConfig } from '../../src/config';
import { dataSourceFor } from '../../src/data/data-source';
import { Sealer } from '../../src/data/sealed';
import { Metrics } from '../../src/metrics';
import { Service, startService } from '../../src/service';
import { WechatClient } from '../../src/wechat/client';
import { EarlyDeaths } from '../../src/wechat/early-deaths';
import { Token, TokenManager } from '../../src/wechat/tokens';
import { Transport } from '../../src/wechat/transport';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { APPID, environment, Json, MASTER_KEY, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const ENV = { WECHAT_TOKEN_KIND: 'plain', BOOTSTRAP_ADMIN_KEY: ADMIN };

describe('another system that fetches tokens of the same account', () => {
  let world: World;
  let elsewhere: Service;
  let dataSource: DataSource;
  let transport: Transport;
  const logged: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });

  beforeAll(async () => {
    world = await World.start({ env: ENV, log });
    const config = loadConfig(environment(world.databaseUrl, world.sandbox.url, { ...ENV, ROLE: 'api' }));
    elsewhere = await startService(config, log);
    dataSource = await dataSourceFor(world.databaseUrl, { poolSize: 2 }).initialize();
    transport = new Transport(world.sandbox.url, 4, new Metrics());
  });
  afterAll(async () => {
    await transport.close();
    await dataSource.destroy();
    await elsewhere.close();
    await world.end();
  });

  /** As any merchant’s order does: with the token that this process has, and with another one where WeChat refuses it. */
  const insertOne = async () => {
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['inserted']);
  };
  const foreignFetch = async (family: 'plain' | 'stable' = 'plain') => {
    await world.control('POST', '/rotate-token', { appid: APPID, family, at_once: true });
  };
  const admin = async (path: string) => {
    const answer = await fetch(elsewhere.url + path, { headers: { authorization: `Bearer ${ADMIN}` } });
    expect(answer.status).toBe(200);
    return (await answer.json()) as Json;
  };
  const token = async () => ((await admin('/v1/admin/tokens')).items as Json[])[0] as Json;
  const alarms = () => logged.filter((line) => line.includes('Another system')).map((line) => JSON.parse(line) as Json);
  const managerOf = (tell: (deaths: EarlyDeaths) => void) =>
    new TokenManager(
      dataSource,
      new Sealer(MASTER_KEY),
      new WechatClient(transport, { call: 2000, token: 2000 }),
      () => 0.5,
      tell,
    );

  it('tokens that another process of ours replaced, and tokens at their end, are no alarm', async () => {
    await insertOne();
    for (let n = 0; n < 3; n += 1) {
      await query(world.databaseUrl, `UPDATE wechat_tokens SET refresh_after = now() - interval '1 second'`);
      const before = (await token()).generation as number;
      const account = { appid: APPID, secret: 'sandbox-secret', tokenKind: 'plain' } as const;
      const another = managerOf(() => undefined);
      await another.get(account);
      await another.get(account);
      for (let wait = 0; wait < 200 && (await token()).generation === before; wait += 1) await sleep(10);
      expect((await token()).generation).toBe(before + 1);
      // The one before outlives its successor by five minutes.
      await world.control('POST', '/clock', { advance_seconds: 301 });
      await insertOne();
      expect((await token()).generation).toBe(before + 1);
    }
    for (let n = 0; n < 3; n += 1) {
      await query(world.databaseUrl, `UPDATE wechat_tokens SET expires_at = now() + interval '50 seconds'`);
      await foreignFetch();
      await insertOne();
    }
    expect((await world.requests('/cgi-bin/token')).length).toBe(7);
    expect(await token()).toMatchObject({ generation: 7, early_deaths: 0, findings: [] });
    expect(alarms()).toEqual([]);
  });

  it('nor are two within an hour, nor three within more', async () => {
    await foreignFetch();
    await insertOne();
    await foreignFetch();
    await insertOne();
    expect(await token()).toMatchObject({ early_deaths: 2, findings: [] });
    await query(
      world.databaseUrl,
      `UPDATE wechat_tokens SET early_deaths = ARRAY(SELECT at - interval '61 minutes' FROM unnest(early_deaths) at)`,
    );
    await foreignFetch();
    await insertOne();
    expect(await token()).toMatchObject({ early_deaths: 1, findings: [] });
    expect(((await admin('/v1/admin/accounts')).items as Json[])[0]?.findings).not.toContainEqual(
      expect.objectContaining({ code: 'token_thrash' }),
    );
    expect(alarms()).toEqual([]);
  });

  it('three within the hour are told: once in the log, and by every process to whoever looks', async () => {
    await foreignFetch();
    await insertOne();
    await foreignFetch();
    await insertOne();
    const finding = {
      code: 'token_thrash',
      severity: 'warning',
      advice: expect.stringMatching(/stable_token.*token 网关/) as string,
      advice_en: expect.stringMatching(
        /Another system is fetching access_token.*stable_token.*token gateway/,
      ) as string,
    };
    expect(await token()).toMatchObject({ early_deaths: 3, findings: [finding] });
    expect(((await admin('/v1/admin/accounts')).items as Json[])[0]?.findings).toContainEqual(finding);
    const check = await world.post(`/v1/admin/accounts/${APPID}/check`, {}, ADMIN).expect(200);
    expect((check.body as Json).findings).toContainEqual(finding);
    const metrics = await (await fetch(`${elsewhere.url}/metrics`)).text();
    expect(metrics).toContain(`piaoka_token_early_deaths{appid="${APPID}"} 3`);
    await foreignFetch();
    await insertOne();
    expect(await token()).toMatchObject({ early_deaths: 4, findings: [finding] });
    expect(alarms()).toMatchObject([{ level: 40, appid: APPID, kind: 'plain', deaths: 3 }]);
    // Not one token, nor what one is fetched with.
    expect(logged.join('')).not.toMatch(/sandbox-secret|[\w-]{100}/);
  });

  it('it goes when the hour has passed', async () => {
    await query(
      world.databaseUrl,
      `UPDATE wechat_tokens SET early_deaths = ARRAY(SELECT at - interval '61 minutes' FROM unnest(early_deaths) at)`,
    );
    expect(await token()).toMatchObject({ early_deaths: 0, findings: [] });
    expect(((await admin('/v1/admin/accounts')).items as Json[])[0]?.findings).not.toContainEqual(
      expect.objectContaining({ code: 'token_thrash' }),
    );
  });

  it('a stable token that is forced anew is told as such; the same one given again is none', async () => {
    const told: EarlyDeaths[] = [];
    const account = { appid: APPID, secret: 'sandbox-secret', tokenKind: 'stable' } as const;
    let manager = managerOf((deaths) => told.push(deaths));
    const refuse = async () => {
      const { token } = await manager.get(account);
      await manager.invalidate(account, (token as Token).generation);
      // Another process: this one would wait before it asks again.
      manager = managerOf((deaths) => told.push(deaths));
    };
    for (let n = 0; n < 3; n += 1) await refuse();
    expect(told).toEqual([]);
    for (let n = 0; n < 3; n += 1) {
      await foreignFetch('stable');
      await refuse();
    }
    expect(told).toEqual([{ appid: APPID, kind: 'stable', deaths: 3 }]);
    const stable = ((await admin('/v1/admin/tokens')).items as Json[]).find(({ kind }) => kind === 'stable');
    expect(stable).toMatchObject({ early_deaths: 3, findings: [{ code: 'token_thrash_forced' }] });
  });
});
