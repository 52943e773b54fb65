import ipaddr from 'ipaddr.js';
import { Fault, fault } from '../domain/fault';
import { Place } from '../settings';
import { isPublicAddress } from './public-address';

/** Where a request would go, before and after its name is resolved. */
export interface Target {
  secure: boolean;
  host: string;
  port: number;
}

const HTTPS_PORT = 443;

/**
 * Who may be called: port 443 of the public internet, with TLS; and the installation's own places, by network or by
 * host and port. Plain http goes to loopback only, and only where that is listed.
 */
export class Destinations {
  constructor(private readonly own: readonly Place[]) {}

  /** At every connect: may this target be reached at all of these addresses? A mixed answer is refused. */
  allows(target: Target, addresses: readonly string[]): boolean {
    return addresses.length > 0 && addresses.every((address) => this.allowsOne(target, address));
  }

  /** Faults of an address a merchant gives, as far as its text tells; the rest shows at the connect. */
  faults(url: string, pointer: string): Fault[] {
    if (!URL.canParse(url))
      return [fault('URL-FORM', pointer, '须为完整的 https 地址。', 'Must be a whole https URL.')];
    const parsed = new URL(url);
    const faults: Fault[] = [];
    const say = (code: string, zh: string, en: string) => faults.push(fault(code, pointer, zh, en));
    if (parsed.username || parsed.password) {
      say('URL-USER', '地址中不能带用户名或密码。', 'A user or password has no place in it.');
    }
    const target = targetOf(parsed);
    if (!target) {
      say('URL-SCHEME', '须为 https 地址。', 'Must be an https URL.');
      return faults;
    }
    const literal = ipaddr.isValid(target.host);
    const listed = literal ? this.isOwn(target, target.host) : this.lists(target);
    if (!target.secure && !(listed && (!literal || isLoopback(target.host)))) {
      say('URL-SCHEME', '须为 https 地址。', 'Must be an https URL.');
    } else if (literal && !listed) {
      say('URL-ADDRESS', '须用公网域名，不能用 IP 地址。', 'Give a public host name, not an IP address.');
    } else if (/(^|\.)(localhost|local|internal|localdomain|home\.arpa)\.?$/.test(target.host) && !listed) {
      say('URL-ADDRESS', '此域名不在公网上。', 'This name is not of the public internet.');
    } else if (target.port !== HTTPS_PORT && !listed && !this.haveNetworks()) {
      say('URL-PORT', '只能用 443 端口。', 'Port 443 only.');
    }
    return faults;
  }

  private allowsOne(target: Target, address: string): boolean {
    const own = this.isOwn(target, address);
    if (!target.secure) return own && isLoopback(address);
    return own || (target.port === HTTPS_PORT && isPublicAddress(address));
  }

  private isOwn(target: Target, address: string): boolean {
    return this.lists(target) || this.networks().some((network) => isWithin(address, network));
  }

  /** Whether the installation lists it by host and port. */
  lists({ host, port }: Target): boolean {
    return this.own.some((place) => 'host' in place && bare(place.host) === host && place.port === port);
  }

  haveNetworks(): boolean {
    return this.networks().length > 0;
  }

  private networks(): string[] {
    return this.own.flatMap((place) => ('network' in place ? [place.network] : []));
  }
}

/** Null: neither https nor http. An IPv6 address loses its brackets. */
export function targetOf({ protocol, hostname, port }: URL): Target | null {
  if (protocol !== 'https:' && protocol !== 'http:') return null;
  const secure = protocol === 'https:';
  return { secure, host: bare(hostname), port: Number(port || (secure ? HTTPS_PORT : 80)) };
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function isWithin(address: string, network: string): boolean {
  const [range, bits] = ipaddr.parseCIDR(network);
  const parsed = ipaddr.process(address);
  return parsed.kind() === range.kind() && parsed.match([range, bits] as never);
}

function isLoopback(address: string): boolean {
  return ipaddr.process(address).range() === 'loopback';
}
