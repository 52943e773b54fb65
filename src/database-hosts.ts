export interface Host {
  host: string;
  port: number;
}

/** Several servers of which one takes writes, as libpq has them (PostgreSQL documentation, 32.1.1.3). */
export interface Hosts {
  hosts: Host[];
  /** The URL of each of them, in the same order. */
  urls: string[];
}

/** What libpq calls servers that take writes; this program has no use for others. */
const WRITABLE = ['read-write', 'primary'];
const DEFAULT_PORT = 5432;

/** Null: the URL names one server. Throws a sentence where it cannot be understood. */
export function hostsOf(url: string): Hosts | null {
  // As in every URL the last @ ends the password, where node-postgres looks for it too.
  const found = /^(postgres(?:ql)?:\/\/)((?:[^/?#]*@)?)([^@/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/.exec(url);
  if (!found) return null;
  const [, scheme = '', user = '', authority = '', path = ''] = found;
  const query = new URLSearchParams(found[5]);
  const named = (query.get('host') ?? authority).split(',');
  const wanted = query.get('target_session_attrs');
  if (wanted !== null && !WRITABLE.includes(wanted)) {
    throw new Error(`target_session_attrs must be ${WRITABLE.join(' or ')}: the service writes`);
  }
  // What node-postgres does not know, it would hand on to the server.
  query.delete('target_session_attrs');
  if (named.length < 2 && wanted === null) return null;
  const ports = query.get('port')?.split(',') ?? [];
  const hosts = named.map((text, n) => hostOf(text, ports[n] ?? ports.at(-1)));
  query.delete('host');
  query.delete('port');
  const rest = query.size > 0 ? `?${query.toString()}` : '';
  const urls = hosts.map(({ host, port }) => {
    const written = host.includes(':') ? `[${host}]` : encodeURIComponent(host);
    return `${scheme}${user}${written}:${port}${path}${rest}`;
  });
  return { hosts, urls };
}

function hostOf(text: string, ownPort: string | undefined): Host {
  const found = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text.trim());
  const port = Number(found?.[2] ?? ownPort ?? DEFAULT_PORT);
  if (!found || !(port > 0 && port < 65_536)) {
    throw new Error('must name its servers as host1:port1,host2:port2');
  }
  return { host: (found[1] as string).replace(/^\[|\]$/g, ''), port };
}

/** For whoever takes a single address: the first server, which need not be the one that takes writes. */
export function firstUrl(url: string): string {
  return hostsOf(url)?.urls[0] ?? url;
}
