import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { dataSourceFor } from '../../src/data/data-source';
import { Sealer } from '../../src/data/sealed';
import { Metrics } from '../../src/metrics';
import { Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { WechatClient } from '../../src/wechat/client';
import { TicketManager } from '../../src/wechat/tickets';
import { TokenAccount, TokenManager } from '../../src/wechat/tokens';
import { Transport } from '../../src/wechat/transport';
import { createDatabase } from '../support/databases';
import { APPID, Json, MASTER_KEY } from '../support/world';

const ACCOUNT: TokenAccount = { appid: APPID, secret: 'any', tokenKind: 'stable' };
const PATH = '/cgi-bin/ticket/getticket';
const ignore = () => undefined;

describe('tickets are fetched seldom and shared by all processes', () => {
  let sandbox: Sandbox;
  let transport: Transport;
  let database: { url: string; drop: () => Promise<void> };
  let dataSources: DataSource[];

  beforeAll(async () => {
    sandbox = await startSandbox({ calm: true, seed: 'tickets' });
    database = await createDatabase();
    transport = new Transport(sandbox.url, 16, new Metrics());
    dataSources = await Promise.all([1, 2, 3].map(() => dataSourceFor(database.url, { poolSize: 4 }).initialize()));
  });
  beforeEach(async () => {
    await control('POST', '/reset', {});
    await dataSources[0]?.query('DELETE FROM wechat_tickets; DELETE FROM wechat_tokens');
  });
  afterAll(async () => {
    await Promise.all(dataSources.map((dataSource) => dataSource.destroy()));
    await transport.close();
    await sandbox.close();
    await database.drop();
  });

  const control = async (method: string, path: string, body?: object): Promise<Json> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(sandbox.controlUrl + path, { method, headers, body: body && JSON.stringify(body) });
    return (await answer.json()) as Json;
  };
  const fetches = async () => (await control('GET', `/ledger?path=${PATH}`)).requests.length as number;
  /** A new manager has an empty cache: it stands for a process that has just started. */
  const managers = () =>
    dataSources.map((dataSource) => {
      const client = new WechatClient(transport, { call: 2000, token: 2000 });
      const sealer = new Sealer(MASTER_KEY);
      return new TicketManager(
        dataSource,
        sealer,
        client,
        new TokenManager(dataSource, sealer, client, () => 0.5, ignore),
      );
    });

  it('three processes cause one fetch of each type, and the stored ticket is sealed', async () => {
    const all = managers();
    const ask = (type: 'jsapi' | 'wx_card') =>
      Promise.all([...all, ...all].map((manager) => manager.get(ACCOUNT, type)));
    const [pages, cards] = [await ask('jsapi'), await ask('wx_card')];
    expect(new Set(pages.map(({ ticket }) => ticket?.value)).size).toBe(1);
    expect(new Set(cards.map(({ ticket }) => ticket?.value)).size).toBe(1);
    expect(pages[0]?.ticket?.value).not.toBe(cards[0]?.ticket?.value);
    expect(await fetches()).toBe(2);
    const rows = (await dataSources[0]?.query('SELECT ticket FROM wechat_tickets')) as { ticket: Buffer }[];
    for (const { ticket } of rows) expect(ticket.toString('latin1')).not.toContain(pages[0]?.ticket?.value);
  });

  it('it is replaced ahead of its end; where that fails, what is left of it is used', async () => {
    const [first] = managers();
    const before = await first?.get(ACCOUNT, 'jsapi');
    await dataSources[0]?.query(`UPDATE wechat_tickets SET refresh_after = now() - interval '1 second'`);
    await control('POST', '/faults', [{ path: PATH, mode: 'errcode', errcode: -1, applied: false, times: 1 }] as never);
    expect(await managers()[1]?.get(ACCOUNT, 'jsapi')).toEqual(expect.objectContaining({ ticket: expect.anything() }));
    const after = await managers()[1]?.get(ACCOUNT, 'jsapi');
    expect(after?.ticket?.generation).toBe((before?.ticket?.generation as number) + 1);
  });

  it('while WeChat gives none, it is asked ever more seldom, and at once again after it gave one', async () => {
    const [manager] = managers() as [TicketManager];
    const fail = (times: number) =>
      control('POST', '/faults', [{ path: PATH, mode: 'errcode', errcode: -1, applied: false, times }] as never);
    await fail(3);
    const ask = () => manager.get(ACCOUNT, 'jsapi');
    for (let n = 0; n < 5; n += 1) expect(await ask()).toMatchObject({ ticket: null, outcome: { kind: 'later' } });
    // Whoever has another ticket refused does not make it ask more often.
    expect(await manager.invalidate(ACCOUNT, 'jsapi', 0)).toMatchObject({ ticket: null });
    expect(await fetches()).toBe(2);
    await sleep(1100);
    for (let n = 0; n < 5; n += 1) expect(await ask()).toMatchObject({ ticket: null });
    expect(await fetches()).toBe(3);
    await sleep(1100);
    await ask();
    expect(await fetches()).toBe(3);
    await sleep(1000);
    expect(await ask()).toMatchObject({ ticket: { generation: 1 } });
    await fail(1);
    expect(await manager.invalidate(ACCOUNT, 'jsapi', 1)).toMatchObject({ ticket: null });
    expect(await manager.invalidate(ACCOUNT, 'jsapi', 1)).toMatchObject({ ticket: { generation: 2 } });
  });

  it('while one process fetches the next one, all others go on with the one there is', async () => {
    const [first, second] = managers() as [TicketManager, TicketManager];
    await first.get(ACCOUNT, 'jsapi');
    await dataSources[0]?.query(`UPDATE wechat_tickets SET refresh_after = now() - interval '1 second'`);
    await control('POST', '/faults', [{ path: PATH, mode: 'delay', delay_ms: 1000, times: 1 }] as never);
    const fetching = second.get(ACCOUNT, 'jsapi');
    while ((await fetches()) < 2) await sleep(10);
    const [third] = managers() as [TicketManager];
    const since = performance.now();
    expect(await third.get(ACCOUNT, 'jsapi')).toMatchObject({ ticket: { generation: 1 } });
    expect(await second.get(ACCOUNT, 'jsapi')).toMatchObject({ ticket: { generation: 1 } });
    expect(performance.now() - since).toBeLessThan(700);
    expect(await fetching).toMatchObject({ ticket: { generation: 2 } });
    expect(await fetches()).toBe(2);
  });

  it('a refused ticket is replaced once, whoever complains', async () => {
    const all = managers();
    await Promise.all(all.map((manager) => manager.get(ACCOUNT, 'wx_card')));
    const renewed = await Promise.all(all.map((manager) => manager.invalidate(ACCOUNT, 'wx_card', 1)));
    expect(renewed.map(({ ticket }) => ticket?.generation)).toEqual([2, 2, 2]);
    expect(await fetches()).toBe(2);
  });

  it('an account that may not is told apart from a WeChat that is busy', async () => {
    await control('POST', '/faults', [
      { path: PATH, mode: 'errcode', errcode: 48001, applied: false, times: 1 },
    ] as never);
    expect(await managers()[0]?.get(ACCOUNT, 'jsapi')).toMatchObject({ ticket: null, outcome: { kind: 'held' } });
    await control('POST', '/faults', [{ path: PATH, mode: 'errcode', errcode: -1, applied: false, times: 1 }] as never);
    expect(await managers()[0]?.get(ACCOUNT, 'jsapi')).toMatchObject({ ticket: null, outcome: { kind: 'later' } });
  });
});
