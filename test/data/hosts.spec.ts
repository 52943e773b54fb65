import { hostsOf } from '../../src/database-hosts';
import { query } from '../support/databases';
import { CuttingProxy } from '../support/cutting-proxy';
import { order } from '../support/orders';
import { World } from '../support/world';

describe('a database URL with several servers', () => {
  it.each([
    ['postgres://u:p@h1:6432,h2/db?target_session_attrs=read-write', ['h1:6432', 'h2:5432']],
    ['postgresql://u:p%2C%40@10.0.0.1,[::1]:5433/db?sslmode=require', ['10.0.0.1:5432', '::1:5433']],
    ['postgres://u:p@/db?host=h1,h2&port=5432,5433&target_session_attrs=primary', ['h1:5432', 'h2:5433']],
    ['postgres://u:p@/db?host=h1,h2&port=6432', ['h1:6432', 'h2:6432']],
    ['postgres://u:p@h1/db?target_session_attrs=read-write', ['h1:5432']],
  ])('%s', (url, expected) => {
    const found = hostsOf(url);
    expect(found?.hosts.map(({ host, port }) => `${host}:${port}`)).toEqual(expected);
    // Each can be read by whoever knows one server only, and says nothing that PostgreSQL would not understand.
    for (const one of found?.urls ?? []) {
      expect(new URL(one).pathname).toBe('/db');
      expect(one).not.toMatch(/target_session_attrs|host=|,/);
    }
  });

  it('ends the password at the last @, so that no part of it becomes the name of a server', () => {
    expect(hostsOf('postgres://u:p@ss@h1,h2/db')).toEqual({
      hosts: [
        { host: 'h1', port: 5432 },
        { host: 'h2', port: 5432 },
      ],
      urls: ['postgres://u:p@ss@h1:5432/db', 'postgres://u:p@ss@h2:5432/db'],
    });
  });

  it.each(['postgres://u:p@h1:5432/db', 'postgres:///db', 'postgres://u:p@[::1]:5432/db?sslmode=disable'])(
    '%s names one, and stays as it is',
    (url) => expect(hostsOf(url)).toBeNull(),
  );

  it.each([
    ['postgres://h1,h2/db?target_session_attrs=standby', /target_session_attrs/],
    ['postgres://h1,h2/db?target_session_attrs=any', /target_session_attrs/],
    ['postgres://h1,/db', /host1:port1,host2:port2/],
    ['postgres://h1:99999,h2/db', /host1:port1,host2:port2/],
  ])('%s is refused', (url, reason) => expect(() => hostsOf(url)).toThrow(reason));
});

describe('a service whose database moves from one server to the other', () => {
  let world: World;
  const proxies: CuttingProxy[] = [];
  afterAll(async () => {
    await world.end();
    for (const proxy of proxies) await proxy.stop();
  });

  it('follows it, while orders come in', async () => {
    const through = async (databaseUrl: string) => {
      const urls: URL[] = [];
      for (let n = 0; n < 2; n += 1) {
        const proxy = new CuttingProxy(new URL(databaseUrl), () => null);
        proxies.push(proxy);
        urls.push(new URL(await proxy.start()));
      }
      const [first, second] = urls as [URL, URL];
      proxies[1]?.away(true);
      return first.toString().replace(first.host, `${first.host},${second.host}`) + '?target_session_attrs=read-write';
    };
    world = await World.start({ through });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
    await carried();
    for (const [gone, there] of [
      [0, 1],
      [1, 0],
    ] as const) {
      proxies[there]?.away(false);
      proxies[gone]?.away(true);
      await carried();
    }
  });

  it('gives up sessions of a server that takes no writes any more, and is back when one does', async () => {
    const name = new URL(world.databaseUrl).pathname.slice(1);
    const readOnly = (on: boolean) =>
      query(world.databaseUrl, `ALTER DATABASE ${name} SET default_transaction_read_only = ${on}`, [], WRITING);
    await readOnly(true);
    proxies.forEach((proxy) => proxy.away(true));
    proxies.forEach((proxy) => proxy.away(false));
    await world.post('/v1/orders', order()).expect(503);
    await readOnly(false);
    await carried();
  });

  const WRITING = 'SET default_transaction_read_only = off';

  /** An order that is posted until it is taken, as a merchant's program does, becomes a card. */
  async function carried(): Promise<void> {
    const given = order();
    const end = Date.now() + 20_000;
    for (;;) {
      const { status } = await world.post('/v1/orders', given);
      if (status === 202 || status === 200) break;
      expect(status).toBe(503);
      if (Date.now() > end) throw new Error('the order was not taken within twenty seconds');
    }
    const until = async (): Promise<void> => {
      const { body, status } = await world.get(`/v1/orders/${given.order_id}`);
      if (status === 200 && (body as { state: string }).state === 'inserted') return;
      if (Date.now() > end) throw new Error(`no card within twenty seconds: ${status} ${JSON.stringify(body)}`);
      return until();
    };
    await until();
  }
});
