import { createSocket } from 'node:dgram';
import { lookup, Resolver } from 'node:dns/promises';
import { createServer, Socket } from 'node:net';
import { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { loadConfig } from '../../src/config';
import { Destinations } from '../../src/webhooks/destinations';
import { namesOf, Outbound } from '../../src/webhooks/outbound';
import { isPublicAddress } from '../../src/webhooks/public-address';
import { MASTER_KEY } from '../support/world';
import { HOSTS, NOT_PUBLIC, OTHER_URLS, PUBLIC } from './addresses';
import { answers, Receiver } from './receiver';

describe('webhooks reach nothing but the public internet', () => {
  let connects = 0;
  let trapped = 0;
  const trap = createServer((socket) => {
    trapped += 1;
    socket.destroy();
  });
  const connect = Object.getOwnPropertyDescriptor(Socket.prototype, 'connect')
    ?.value as typeof Socket.prototype.connect;
  let port: number;
  beforeAll(async () => {
    await new Promise<void>((resolve) => trap.listen(0, resolve));
    port = (trap.address() as AddressInfo).port;
    // Every connection of this process, whoever opens it.
    Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
      connects += 1;
      return connect.apply(this, args as Parameters<typeof connect>);
    };
  });
  beforeEach(() => ([connects, trapped] = [0, 0]));
  afterAll(() => {
    Socket.prototype.connect = connect;
    trap.close();
  });

  const post = (url: string, addresses: string[], allow?: string) => {
    const own = loadConfig({ MASTER_KEY, ...(allow ? { WEBHOOK_ALLOW: allow } : {}) }).WEBHOOK_ALLOW ?? [];
    return new Outbound(new Destinations(own), 1000, () => Promise.resolve(addresses)).post(url, {}, '{}');
  };

  it(`is more than 120 ways; a name that resolves to any of ${NOT_PUBLIC.length} addresses is refused before a connect`, async () => {
    expect(NOT_PUBLIC.length + HOSTS.length + OTHER_URLS.length).toBeGreaterThanOrEqual(120);
    const own = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
    for (const address of [...NOT_PUBLIC, ...own.filter((one) => !PUBLIC.includes(one) && !isPublicAddress(one))]) {
      expect([address, isPublicAddress(address)]).toEqual([address, false]);
      for (const url of ['https://hooks.example.com/', `https://hooks.example.com:${port}/`]) {
        expect([address, (await post(url, [address])).result]).toEqual([address, 'address_refused']);
      }
      // One good address beside it does not help, whichever comes first.
      for (const mixed of [
        ['8.8.8.8', address],
        [address, '8.8.8.8'],
      ]) {
        expect((await post('https://hooks.example.com/', mixed)).result).toBe('address_refused');
      }
    }
    expect([connects, trapped]).toEqual([0, 0]);
  });

  it('an address in whatever spelling, another port or another scheme is refused, at the door and at the connect', async () => {
    const destinations = new Destinations([]);
    const urls = HOSTS.flatMap((host) => [`http://${host}:${port}/`, `https://${host}:${port}/`, `https://${host}/`]);
    for (const url of [...urls, ...OTHER_URLS]) {
      expect([url, destinations.faults(url, '/url').length > 0]).toEqual([url, true]);
      // The name, where there is one, resolves to this machine.
      expect([url, (await post(url, ['127.0.0.1'])).result]).toEqual([url, 'address_refused']);
    }
    expect([connects, trapped]).toEqual([0, 0]);
  });

  it('public addresses are not refused', () => {
    const target = { secure: true, host: 'hooks.example.com', port: 443 };
    for (const address of PUBLIC) {
      expect([address, isPublicAddress(address)]).toEqual([address, true]);
      expect(new Destinations([]).allows(target, [address])).toBe(true);
      expect(new Destinations([]).allows({ ...target, port: 8443 }, [address])).toBe(false);
      expect(new Destinations([]).allows({ ...target, secure: false, port: 80 }, [address])).toBe(false);
    }
    expect(new Destinations([]).allows(target, [])).toBe(false);
    expect(new Destinations([]).faults('https://hooks.example.com/a?b=c', '/url')).toEqual([]);
    expect(new Destinations([]).faults('https://发票.example.cn/', '/url')).toEqual([]);
  });

  it('the trap bites: what is listed as own is connected to, and nothing beside it', async () => {
    expect((await post(`http://127.0.0.1:${port}/`, [], `127.0.0.1:${port}`)).result).toBe('unreachable');
    expect([connects, trapped]).toEqual([1, 1]);
    expect((await post(`https://hooks.example.com/`, ['127.0.0.1'], `127.0.0.1:${port}`)).result).toBe(
      'address_refused',
    );
    expect((await post(`http://hooks.example.com:${port}/`, ['127.0.0.1'], '127.0.0.0/8')).result).toBe('unreachable');
    expect((await post(`http://hooks.example.com:${port}/`, ['127.0.0.1'], '10.0.0.0/8')).result).toBe(
      'address_refused',
    );
    expect((await post(`http://hooks.example.com:${port}/`, ['10.0.0.1'], '10.0.0.0/8')).result).toBe(
      'address_refused',
    );
    expect([connects, trapped]).toEqual([2, 2]);
  });

  it('a name is resolved once, and what was checked is what is connected to', async () => {
    let asked = 0;
    const rebinding = () => Promise.resolve([++asked > 1 ? '127.0.0.1' : '192.0.2.1']);
    const outbound = new Outbound(new Destinations([{ network: '192.0.2.0/24' }]), 300, rebinding);
    expect((await outbound.post(`https://rebind.example.com:${port}/`, {}, '{}')).result).not.toBe('delivered');
    expect([asked, trapped]).toEqual([1, 0]);
    // Asked anew for the next request, and refused.
    expect((await outbound.post(`https://rebind.example.com:${port}/`, {}, '{}')).result).toBe('address_refused');
    expect([asked, trapped]).toEqual([2, 0]);
  });

  it('no redirect is followed, no proxy of the environment is used', async () => {
    const receiver = await Receiver.start();
    receiver.behave('/', answers.redirect(`http://127.0.0.1:${port}/`));
    process.env.HTTP_PROXY = process.env.http_proxy = process.env.ALL_PROXY = `http://127.0.0.1:${port}`;
    const answer = await post(receiver.url('/'), [], receiver.place);
    delete process.env.HTTP_PROXY;
    delete process.env.http_proxy;
    delete process.env.ALL_PROXY;
    expect(answer).toEqual({ result: 'http_error', httpStatus: 307 });
    expect([receiver.at('/').length, trapped]).toEqual([1, 0]);
    await receiver.close();
  });

  it.each(['10.0.0.0/33', '10.0.0.1', 'example.com', 'https://a:1', '::1/129', 'a:b', '10.0.0.0/8,'])(
    'WEBHOOK_ALLOW=%s stops the start',
    (value) => {
      expect(() => loadConfig({ MASTER_KEY, WEBHOOK_ALLOW: value })).toThrow(/WEBHOOK_ALLOW/);
    },
  );

  it('names whose server stays silent keep no other look-up of this process waiting', async () => {
    const silent = createSocket('udp4');
    let questions = 0;
    silent.on('message', () => (questions += 1));
    await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve));
    const resolver = new Resolver({ timeout: 300, tries: 1 });
    resolver.setServers([`127.0.0.1:${silent.address().port}`]);
    const outbound = new Outbound(new Destinations([]), 1000, namesOf(resolver));
    const slow = Array.from({ length: 16 }, (_, n) => outbound.post(`https://silent${n}.example.com/`, {}, '{}'));
    const first = await Promise.race([...slow, lookup('localhost').then(() => 'looked up')]);
    expect(first).toBe('looked up');
    for (const { result } of await Promise.all(slow)) expect(['timeout', 'unreachable']).toContain(result);
    expect(questions).toBeGreaterThanOrEqual(16);
    silent.close();
  });
});
