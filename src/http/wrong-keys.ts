import { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { createHash } from 'node:crypto';
import { Log } from '../log';
import { Metrics } from '../metrics';
import { Problem } from './problems';

/** Where a key was shown. */
export type Door = 'merchant' | 'operator' | 'gateway' | 'drop_in' | 'metrics' | 'docs';
/** Whose key it is; or what is wrong with it, which its bearer is not told. */
export type Judged<T> = { owner: T } | { wrong: 'unknown' | 'revoked' | 'expired' };
/** What asks the database goes through it: beside a flood of wrong keys it may have to wait for its turn. */
export type Asking = <R>(ask: () => Promise<R>) => Promise<R>;

export interface Shown {
  door: Door;
  /** The peer's, as this process sees it: behind a proxy, the proxy's. */
  address: string;
  key: string | null;
}

interface Sender {
  /** Wrong keys it may still show, at `at` (ms). */
  left: number;
  at: number;
  /** From then on a line may be logged, about so many. */
  tellAt: number;
  untold: number;
}

/** Of one address a line is logged this often at most; and so many lines of all of them meanwhile. */
const PAUSE_MS = 10_000;
const LINES = 10;
const MOST_SENDERS = 10_000;
/** Looks into the database at the same time, of all addresses that show too many wrong keys. */
const TURNS = 2;

/**
 * Wrong keys are counted, logged and, above some a minute from one address of this process, answered 429; their
 * look-ups then take turns. A right key is always served, whatever others show from the same address.
 */
export class WrongKeys {
  private readonly senders = new Map<string, Sender>();
  private readonly turns = new Turns(TURNS);
  private lines = { left: LINES, until: 0 };

  constructor(
    private readonly perMinute: number,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  async admit<T>(
    { door, address, key }: Shown,
    judge: (key: string, asking: Asking) => Promise<Judged<T>>,
  ): Promise<{ owner: T } | { refused: Problem }> {
    if (key === null) {
      this.metrics.wrongKeys.inc({ door, reason: 'none' });
      return { refused: new Problem('unauthorized') };
    }
    const network = networkOf(address);
    const tooMany = (this.senders.get(network)?.left ?? this.perMinute) < 1 && this.refill(network).left < 1;
    const judged = await judge(key, tooMany ? (ask) => this.turns.take(ask) : (ask) => ask());
    if ('owner' in judged) return judged;
    this.metrics.wrongKeys.inc({ door, reason: judged.wrong });
    return { refused: this.refuse({ door, address, key }, network, judged.wrong) };
  }

  private refuse({ door, address, key }: Shown, network: string, reason: string): Problem {
    const sender = this.refill(network);
    this.tell(sender, { door, address, reason, key_sha256: fingerprintOf(key ?? '') });
    if (sender.left >= 1) {
      sender.left -= 1;
      return new Problem('unauthorized');
    }
    return new Problem('too_many_wrong_keys', { retryAfter: Math.ceil(((1 - sender.left) * 60) / this.perMinute) });
  }

  private refill(network: string): Sender {
    const now = performance.now();
    const known = this.senders.get(network) ?? { left: this.perMinute, at: now, tellAt: 0, untold: 0 };
    known.left = Math.min(this.perMinute, known.left + ((now - known.at) * this.perMinute) / 60_000);
    known.at = now;
    // The one that was not seen for longest goes first.
    this.senders.delete(network);
    this.senders.set(network, known);
    const [oldest] = this.senders.keys();
    if (this.senders.size > MOST_SENDERS && oldest !== undefined) this.senders.delete(oldest);
    return known;
  }

  private tell(sender: Sender, line: Record<string, string>): void {
    const now = performance.now();
    sender.untold += 1;
    if (now < sender.tellAt) return;
    if (now >= this.lines.until) this.lines = { left: LINES, until: now + PAUSE_MS };
    if (this.lines.left === 0) return;
    this.lines.left -= 1;
    this.log.warn({ ...line, count: sender.untold }, 'wrong key');
    Object.assign(sender, { untold: 0, tellAt: now + PAUSE_MS });
  }
}

/** `Authorization: Bearer <key>`. */
export function bearerOf({ headers }: Pick<FastifyRequest, 'headers'>): string | null {
  return /^Bearer ([\x21-\x7e]{1,512})$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}

/** Enough to tell two keys apart, and nothing to find one by. */
function fingerprintOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}

/** Of IPv6 a network has one caller, who may take any of its 2^64 addresses. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString();
}

/** So many at a time; the others wait in the order in which they came. */
class Turns {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async take<R>(work: () => Promise<R>): Promise<R> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((begin) => this.waiting.push(begin));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}
