import ipaddr, { IPv4, IPv6 } from 'ipaddr.js';

/** Public by number, but answered by the platform a machine runs on: Azure's and Oracle's metadata. */
const OF_PLATFORMS = ['168.63.129.16', '192.0.0.192'];
/** All that is handed out as public unicast (IANA). */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3') as [IPv6, number];
/** NAT64 of a network of its own: where the IPv4 address stands in it is for that network to say (RFC 8215). */
const LOCAL_NAT64 = ipaddr.parseCIDR('64:ff9b:1::/48') as [IPv6, number];
/** IPv6 written around an IPv4 address by ISATAP, whatever the prefix. */
const ISATAP = ['5efe', '0200:5efe'];

/**
 * Whether an address is one machine of the public internet. An IPv6 address that carries an IPv4 address (mapped, NAT64,
 * 6to4, Teredo, ISATAP) is judged by each of them: a packet to it comes out there. Compared as numbers, never as text.
 */
export function isPublicAddress(text: string): boolean {
  // A zone (fe80::1%eth0) names an interface of this machine.
  if (!ipaddr.isValid(text) || text.includes('%')) return false;
  const address = ipaddr.parse(text);
  if (address.kind() === 'ipv4') return isPublicV4(address as IPv4);
  const v6 = address as IPv6;
  if (v6.match(LOCAL_NAT64)) return false;
  const carried = carriedBy(v6);
  if (carried.length > 0) return carried.every(isPublicV4);
  return v6.match(GLOBAL_UNICAST) && v6.range() === 'unicast';
}

function isPublicV4(address: IPv4): boolean {
  return address.range() === 'unicast' && !OF_PLATFORMS.includes(address.toString());
}

/** The IPv4 addresses inside; none for an ordinary IPv6 address. */
function carriedBy(address: IPv6): IPv4[] {
  const bytes = address.toByteArray();
  const at = (offset: number, mask = 0) => new IPv4(bytes.slice(offset, offset + 4).map((byte) => byte ^ mask));
  switch (address.range()) {
    case 'ipv4Mapped':
    case 'rfc6145':
    case 'rfc6052':
      return [at(12)];
    case '6to4':
      return [at(2)];
    case 'teredo':
      // The server, and the client with its bits turned.
      return [at(4), at(12, 0xff)];
    default: {
      const marker = address.parts.slice(4, 6).map((part) => part.toString(16).padStart(4, '0'));
      const isatap = ISATAP.includes(marker.join(':').replace(/^0000:/, ''));
      return isatap ? [at(12)] : [];
    }
  }
}
