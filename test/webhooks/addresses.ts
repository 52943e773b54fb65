/** Addresses that a name may resolve to, none of which is one machine of the public internet. */
export const NOT_PUBLIC = [
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
    '64:ff9b:1::8.8.8.8',
    '64:ff9b:1:a9fe:a9:fe00:808:808',
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
export const PUBLIC = [
  ...['8.8.8.8', '1.1.1.1', '223.5.5.5', '172.15.255.255', '172.32.0.1', '100.63.255.255', '100.128.0.1', '11.0.0.1'],
  ...['2606:4700:4700::1111', '2400:3200::1', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8', '2002:808:808::1'],
];

/** Hosts as a merchant may write them; the port is the trap's. */
export const HOSTS = [
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

export const OTHER_URLS = [
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
