import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Sealer } from '../data/sealed';
import { inTransaction } from '../data/statement';
import { Outcome } from '../domain/outcome';
import { Answer } from './answer';
import { WechatClient } from './client';
import { plainSecret } from './plain-id';
import { TokenAccount, TokenManager } from './tokens';
import { ticketVerdict } from './verdict';
import { withToken } from './with-token';
import { later } from './without-token';

/** `jsapi` signs pages (wx.config), `wx_card` cards and the authorisation page (getauthurl). */
export type TicketType = 'jsapi' | 'wx_card';

export interface Ticket {
  value: string;
  /** Grows with every fetch; whoever had its ticket refused names the generation it saw. */
  generation: number;
}

/** A ticket, or the reason why there is none. */
export type TicketResult = { ticket: Ticket } | { ticket: null; outcome: Outcome };

interface Cached extends Ticket {
  /** Monotonic, in milliseconds. */
  readAt: number;
  /** Seconds until it should be replaced and until it ends, at `readAt`. */
  refreshIn: number;
  expiresIn: number;
}

interface Row {
  generation: string;
  ticket: Buffer;
  refresh_in: number;
  expires_in: number;
}

/** What WeChat did not give, and until when it is not asked again (monotonic, in milliseconds). */
interface Pause {
  outcome: Outcome;
  until: number;
  failures: number;
}

const CACHE_MS = 30_000;
/** A ticket that is stored and cannot be opened: used up, and replaced like one. */
const NOTHING = { value: '', readAt: -Infinity, refreshIn: 0, expiresIn: 0 };
/** Seconds until a ticket that was not given twice is asked for again, doubled by every failure that follows. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [1, 60];
const READ = `SELECT generation, ticket, extract(epoch FROM refresh_after - clock_timestamp())::float8 AS refresh_in,
    extract(epoch FROM expires_at - clock_timestamp())::float8 AS expires_in
  FROM wechat_tickets WHERE appid = $1 AND type = $2`;
/** Nothing is overwritten but the generation that was seen: of two who fetched at once, both use what was stored first. */
const STORE = `INSERT INTO wechat_tickets (appid, type, generation, ticket, refresh_after, expires_at)
  VALUES ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5), clock_timestamp() + make_interval(secs => $6))
  ON CONFLICT (appid, type) DO UPDATE
    SET generation = excluded.generation, ticket = excluded.ticket, refresh_after = excluded.refresh_after,
        expires_at = excluded.expires_at
    WHERE wechat_tickets.generation = excluded.generation - 1`;

/**
 * One ticket per account and type for all processes: WeChat lets them be fetched seldom. Whoever fetches holds an advisory
 * lock meanwhile; everybody else, here and elsewhere, goes on with the ticket there is and waits only where there is none.
 */
export class TicketManager {
  private readonly cache = new Map<string, Cached>();
  private readonly flights = new Map<string, Promise<TicketResult>>();
  private readonly pauses = new Map<string, Pause>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    private readonly client: WechatClient,
    private readonly tokens: TokenManager,
  ) {}

  async get(account: TokenAccount, type: TicketType): Promise<TicketResult> {
    const key = keyOf(account, type);
    const cached = this.cache.get(key);
    const age = cached ? performance.now() - cached.readAt : Infinity;
    const lasts = this.flights.has(key) ? cached?.expiresIn : cached?.refreshIn;
    if (cached && age < CACHE_MS && age / 1000 < (lasts as number)) return { ticket: cached };
    return this.alone(key, () => this.read(account, type));
  }

  /** WeChat refused the ticket of `seenGeneration`. A newer one that somebody else stored is taken as it is. */
  async invalidate(account: TokenAccount, type: TicketType, seenGeneration: number): Promise<TicketResult> {
    this.cache.delete(keyOf(account, type));
    return this.alone(`${keyOf(account, type)}|${seenGeneration}`, () =>
      this.fetch(account, type, seenGeneration, 'wait'),
    );
  }

  private async read(account: TokenAccount, type: TicketType): Promise<TicketResult> {
    const stored = this.keep(account, type, await this.dataSource.query<Row[]>(READ, [account.appid, type]));
    if (stored && stored.refreshIn > 0) return { ticket: stored };
    const good = stored && stored.expiresIn > 0 ? stored : null;
    const fetched = await this.fetch(account, type, stored?.generation ?? 0, good ? 'skip' : 'wait');
    // Its refresh failed, but it is good for a while.
    return !fetched.ticket && good ? { ticket: good } : fetched;
  }

  private keep({ appid }: TokenAccount, type: TicketType, [row]: Row[]): Cached | null {
    if (!row) return null;
    const generation = Number(row.generation);
    const value = this.sealer.textOf(row.ticket, aad(appid, type, generation));
    if (value === null) return { ...NOTHING, generation };
    const { refresh_in: refreshIn, expires_in: expiresIn } = row;
    const cached = { value, generation, readAt: performance.now(), refreshIn, expiresIn };
    this.cache.set(`${appid}|${type}`, cached);
    return cached;
  }

  private async fetch(
    account: TokenAccount,
    type: TicketType,
    seenGeneration: number,
    onLocked: 'wait' | 'skip',
  ): Promise<TicketResult> {
    return inTransaction(this.dataSource, async (client) => {
      if (!(await lock(client, account, type, onLocked)))
        return { ticket: null, outcome: later('ticket_refreshing', 1) };
      const now = this.keep(account, type, (await client.query<Row>(READ, [account.appid, type])).rows);
      if (now && now.generation > seenGeneration && now.value !== '') return { ticket: now };
      const key = keyOf(account, type);
      const pause = this.pauses.get(key);
      if (pause && performance.now() < pause.until) return { ticket: null, outcome: pause.outcome };
      const asked = await withToken(this.tokens, account, (token) => this.client.getticket(token, type));
      const read = asked.answer && ticketOf(asked.answer);
      if (!read) {
        const outcome = asked.answer ? ticketVerdict(asked.answer, new Date()) : asked.outcome;
        this.pauses.set(key, pauseAfter(outcome, pause));
        return { ticket: null, outcome };
      }
      this.pauses.delete(key);
      const generation = Math.max(seenGeneration, now?.generation ?? 0) + 1;
      await client.query(STORE, [
        account.appid,
        type,
        generation,
        this.sealer.seal(read.value, aad(account.appid, type, generation)),
        read.life - Math.min(600, read.life / 2),
        read.life,
      ]);
      return { ticket: { value: read.value, generation } };
    });
  }

  /** Single flight in this process; the lock is the single flight of all processes. */
  private alone(key: string, work: () => Promise<TicketResult>): Promise<TicketResult> {
    const running = this.flights.get(key);
    if (running) return running;
    const flight = work()
      .catch((error: unknown): TicketResult => {
        const code = (error as { code?: string }).code ?? 'error';
        return { ticket: null, outcome: later(`ticket_store_${code}`, 5) };
      })
      .finally(() => this.flights.delete(key));
    this.flights.set(key, flight);
    return flight;
  }
}

/** False: somebody else has it, and is not waited for. */
async function lock(
  client: PoolClient,
  { appid }: TokenAccount,
  type: TicketType,
  onLocked: 'wait' | 'skip',
): Promise<boolean> {
  const name = `ticket|${appid}|${type}`;
  if (onLocked === 'skip') {
    const { rows } = await client.query<{ got: boolean }>(
      'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS got',
      [name],
    );
    return rows[0]?.got === true;
  }
  await client.query(`SET LOCAL lock_timeout = '10s'`);
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
  return true;
}

function pauseAfter(outcome: Outcome, before: Pause | undefined): Pause {
  const failures = (before?.failures ?? 0) + 1;
  const seconds = failures === 1 ? 0 : Math.min(FIRST_PAUSE * 2 ** (failures - 2), LONGEST_PAUSE);
  return { outcome, failures, until: performance.now() + seconds * 1000 };
}

/** The ticket of an answer and its life in seconds; a life that is missing or under a minute is no ticket to build on. */
function ticketOf(answer: Answer): { value: string; life: number } | null {
  if (answer.kind !== 'answered' || answer.errcode !== 0) return null;
  const { expires_in: expiresIn } = answer.body;
  const value = plainSecret(answer.body.ticket);
  const life = Math.min(Number(expiresIn), 7200);
  return value !== null && life >= 60 ? { value, life } : null;
}

function keyOf({ appid }: TokenAccount, type: TicketType): string {
  return `${appid}|${type}`;
}

function aad(appid: string, type: TicketType, generation: number): string {
  return `wechat_tickets|${appid}|${type}|${generation}`;
}
