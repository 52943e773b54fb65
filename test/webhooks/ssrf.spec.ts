import { createServer, Socket } from 'node:net';
import { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { loadConfig } from '../../src/config';
import { Destinations } from '../../src/webhooks/destinations';
import { Outbound } from '../../src/webhooks/outbound';
import { isPublicAddress } from '../../src/webhooks/public-address';
import { MASTER_KEY } from '../support/world';
import { answers, Receiver } from './receiver';

/** Addresses that a name may resolve to, none of which is one machine of the public internet. */
const NOT_PUBLIC = [
  // This machine, private networks, carrier NAT, link-local and the metadata of clouds
  ...['127.0.0.1', '127.0.0.2', '127.1.2.3', '127.255.255.254', '0.0.0.0', '0.1.2.3', '10.0.0.1', '10.255.255.255'],
  ...[
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '192.168.255.255',
    '100.64.0.1',
    '100.100.100.200',
    '100.127.255.255',
  ],
  ...['169.254.0.1', '169.254.169.254', '169.254.170.2', '168.63.129.16', '192.0.0.192', '192.0.0.1', '192.0.0.170'],
  // Documentation, benchmarks, relays, multicast, reserved, broadcast
  ...['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '198.19.255.255', '192.88.99.1', '192.31.196.1'],
  ...['192.52.193.1', '192.175.48.1', '224.0.0.1', '239.255.255.250', '240.0.0.1', '255.255.255.255'],
  // IPv6: unspecified, loopback, unique local, link-local, site-local, multicast, documentation, discard and the like
  ...[
    '::',
    '::1',
    'fc00::1',
    'fd00::1',
    'fd00:ec2::254',
    'fdff:ffff::1',
    'fe80::1',
    'fe80::1%lo',
    'febf::1',
    'fec0::1',
  ],
  ...['ff02::1', 'ff0e::1', '2001:db8::1', '3fff::1', '100::1', '5f00::1', '2001:2::1', '2001:10::1', '2001:20::1'],
  ...['4000::1', '8000::1', '::2', '0:0:0:1::1'],
  // IPv4 inside: compatible, mapped, translated, NAT64, 6to4, Teredo (server and client), ISATAP
  ...['::127.0.0.1', '::10.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '::ffff:169.254.169.254'],
  ...[
    '::ffff:192.168.1.1',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '::ffff:0:127.0.0.1',
    '::ffff:0:10.0.0.1',
    '64:ff9b::127.0.0.1',
  ],
  ...[
    '64:ff9b::10.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::7f00:1',
    '64:ff9b:1::10.0.0.1',
    '2002:7f00:1::',
    '2002:a00:1::1',
  ],
  ...[
    '2002:c0a8:101::1',
    '2002:a9fe:a9fe::1',
    '2001:0:7f00:1::',
    '2001:0:808:808::80ff:fffe',
    '2001:0:a00:1::f7f7:f7f7',
  ],
  ...[
    '2001:4860::5efe:7f00:1',
    '2001:4860::5efe:10.0.0.1',
    '2001:4860::200:5efe:a9fe:a9fe',
    '2606:4700::5efe:192.168.0.1',
  ],
];

/** Public addresses, some with IPv4 inside: the guard must not refuse what is right. */
const PUBLIC = [
  ...['8.8.8.8', '1.1.1.1', '223.5.5.5', '172.15.255.255', '172.32.0.1', '100.63.255.255', '100.128.0.1', '11.0.0.1'],
  ...['2606:4700:4700::1111', '2400:3200::1', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8', '2002:808:808::1'],
];

/** Hosts as a merchant may write them; the port is the trap's. */
const HOSTS = [
  ...[
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '017700000001',
    '0',
    '0.0.0.0',
  ],
  ...[
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    'printer.local',
    'metadata.google.internal',
    '[::1]',
    '[::]',
  ],
  ...[
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[0:0:0:0:0:0:0:1]',
    '①②⑦.⓪.⓪.①',
  ],
  ...[
    '１２７.０.０.１',
    '127。0。0。1',
    '%31%32%37.0.0.1',
    'user@127.0.0.1',
    'example.com@127.0.0.1',
    '169.254.169.254',
    '10.0.0.1',
  ],
];

const OTHER_URLS = [
  ...[
    'ftp://example.com/',
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    'javascript:alert(1)',
    'data:text/plain,x',
    '//example.com/',
  ],
  ...[
    'http://example.com/',
    'https://',
    'https://example.com:22/',
    'https://example.com:6379/',
    'https://a:b@example.com/',
  ],
];

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
});
