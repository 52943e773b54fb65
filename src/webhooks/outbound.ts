import { lookup, Resolver } from 'node:dns/promises';
import { isIP, LookupFunction } from 'node:net';
import { buildConnector, Client, Dispatcher } from 'undici';
import { Destinations, Target, targetOf } from './destinations';

/**
 * How one request ended. Coarse on purpose: it is told to the merchant, and must not describe the network this service
 * stands in. `gone` is 410; `secret_lost`: nothing was sent, because what signs it cannot be opened until it is rotated.
 */
export type DeliveryResult =
  'delivered' | 'gone' | 'http_error' | 'timeout' | 'tls_error' | 'address_refused' | 'unreachable' | 'secret_lost';

export interface Reply {
  result: DeliveryResult;
  httpStatus: number | null;
}

export type Names = (host: string) => Promise<string[]>;

/** Of an answer's body no more is read; only its end is of interest. */
const MOST_BYTES = 64 * 1024;

class AddressRefused extends Error {}

/** One request over one new connection: no redirect, no retry, no proxy, nothing shared between receivers. */
export class Outbound {
  constructor(
    private readonly destinations: Destinations,
    private readonly timeoutMs: number,
    private readonly names: Names = namesOf(new Resolver({ timeout: 2000, tries: 2 })),
  ) {}

  async post(url: string, headers: Record<string, string>, body: string): Promise<Reply> {
    const target = URL.canParse(url) ? targetOf(new URL(url)) : null;
    if (!target) return { result: 'address_refused', httpStatus: null };
    const { origin, pathname, search } = new URL(url);
    const client = new Client(origin, {
      connect: (options, callback) => void this.connect(target, options, callback),
      pipelining: 0,
      // The deadline is one for everything, below.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: 16 * 1024,
    });
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), this.timeoutMs);
    try {
      const answer = await client.request({
        method: 'POST',
        path: pathname + search,
        headers,
        body,
        signal: deadline.signal,
      });
      await readToTheEnd(answer);
      return replyOf(answer.statusCode);
    } catch (error) {
      return { result: deadline.signal.aborted ? 'timeout' : failureOf(error), httpStatus: null };
    } finally {
      clearTimeout(timer);
      client.destroy().catch(() => undefined);
    }
  }

  /** The addresses that were checked are the ones connected to: no second look-up can answer otherwise. */
  private async connect(target: Target, options: buildConnector.Options, callback: buildConnector.Callback) {
    try {
      const addresses = isIP(target.host) ? [target.host] : await this.addressesOf(target);
      if (!this.destinations.allows(target, addresses)) throw new AddressRefused();
      const connector = buildConnector({ timeout: this.timeoutMs, maxCachedSessions: 0, lookup: always(addresses) });
      connector(options, callback);
    } catch (error) {
      callback(error as Error, null);
    }
  }

  /** The installation's own places may be known to this machine's hosts file alone. */
  private async addressesOf(target: Target): Promise<string[]> {
    if (this.destinations.lists(target)) return fromSystem(target.host);
    try {
      return await this.names(target.host);
    } catch (error) {
      const unknown = /ENOTFOUND|ENODATA/.test((error as { code?: string }).code ?? '');
      if (unknown && this.destinations.haveNetworks()) return fromSystem(target.host);
      throw error;
    }
  }
}

async function fromSystem(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/**
 * Asks name servers itself. The system's look-up holds one of a few threads until a server answers: a merchant's name
 * whose server stays silent would keep every other look-up of this process waiting, WeChat's among them.
 */
export function namesOf(resolver: Resolver): Names {
  return async (host) => {
    const both = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const addresses = both.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    if (addresses.length === 0) throw (both[0] as PromiseRejectedResult).reason;
    return addresses;
  };
}

function always(addresses: string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, callback) => {
    if (options.all) callback(null, found);
    else callback(null, found[0]?.address as string, found[0]?.family);
  };
}

/** A receiver whose answer is cut off may take its own work for failed, so it is read, but not for ever. */
async function readToTheEnd({ body }: Dispatcher.ResponseData): Promise<void> {
  let length = 0;
  for await (const chunk of body) {
    length += (chunk as Buffer).length;
    if (length > MOST_BYTES) return;
  }
}

function replyOf(httpStatus: number): Reply {
  if (httpStatus >= 200 && httpStatus < 300) return { result: 'delivered', httpStatus };
  return { result: httpStatus === 410 ? 'gone' : 'http_error', httpStatus };
}

function failureOf(error: unknown): DeliveryResult {
  if (error instanceof AddressRefused) return 'address_refused';
  const { code = '' } = error as { code?: string };
  if (/CONNECT_TIMEOUT|ETIMEDOUT/.test(code)) return 'timeout';
  return /CERT|TLS|SSL|EPROTO|SELF_SIGNED|UNABLE_TO_/.test(code) ? 'tls_error' : 'unreachable';
}
