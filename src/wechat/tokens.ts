import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Sealer } from '../data/sealed';
import { inTransaction } from '../data/statement';
import { Outcome } from '../domain/outcome';
import { failpoint } from '../failpoints';
import { WechatClient } from './client';
import { beginsThrash, EarlyDeaths, keepEarlyDeath } from './early-deaths';
import { plainSecret } from './plain-id';
import { TokenBreaker } from './token-breaker';
import { tokenVerdict } from './verdict';
import { later, SECRET_LOST } from './without-token';

export interface TokenAccount {
  appid: string;
  /** Null: it is stored and cannot be opened, so no token can be fetched; one that is there still serves. */
  secret: string | null;
  tokenKind: 'stable' | 'plain';
}

export interface Token {
  value: string;
  /** Grows with every fetch; a caller whose token was refused names the generation it saw. */
  generation: number;
}

/** A token, or the reason why there is none. */
export type TokenResult = { token: Token } | { token: null; outcome: Outcome };

interface Cached extends Token {
  /** Database instants, in milliseconds. */
  refreshAfter: number;
  expiresAt: number;
  /** Monotonic, in milliseconds: past 30 s the row is read again, because another process may have fetched. */
  readAt: number;
  /** Database clock minus this process's clock, in milliseconds. */
  skew: number;
}

interface Row {
  generation: string;
  token: Buffer | null;
  expires_at: Date | null;
  refresh_after: Date | null;
  now: Date;
}

/** The token that a caller has; `refused`: it is that one, and WeChat refused it. */
interface Seen {
  generation: number;
  refused?: string | undefined;
}

const CACHE_MS = 30_000;
/** A refresh ahead of time that failed, or that another process is busy with, is looked at again after this. */
const REFRESH_AGAIN_MS = 15_000;
const READ = `SELECT generation, token, expires_at, refresh_after, clock_timestamp() AS now
  FROM wechat_tokens WHERE appid = $1 AND kind = $2`;

/**
 * One access_token per account for all processes. Whoever fetches does so under the row's lock and stores the result
 * before letting go, so of any number of refreshers one calls WeChat and the others take what it stored. An older token
 * stays in use until the new one is in hand.
 */
export class TokenManager {
  private readonly cache = new Map<string, Cached>();
  private readonly flights = new Map<string, Promise<TokenResult>>();
  private readonly breakers = new Map<string, TokenBreaker>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    private readonly client: WechatClient,
    /** Chance, in [0, 1). */
    private readonly chance: () => number,
    /** Another system has begun to fetch tokens of the same account, again and again. */
    private readonly onThrash: (deaths: EarlyDeaths) => void,
  ) {}

  async get(account: TokenAccount): Promise<TokenResult> {
    const pause = this.pauseOf(account);
    if (pause > 0) return { token: null, outcome: later('token_breaker', pause / 1000) };
    const cached = this.cache.get(keyOf(account));
    if (cached && performance.now() - cached.readAt < CACHE_MS) {
      const now = Date.now() + cached.skew;
      if (now < cached.refreshAfter) return { token: cached };
      if (now < cached.expiresAt) {
        // Still good: everyone goes on with it while one process, here or elsewhere, fetches the next.
        void this.refreshAhead(account, cached);
        return { token: cached };
      }
    }
    return this.alone(keyOf(account), () => this.read(account));
  }

  /** WeChat refused the token of `seenGeneration`. A newer one that somebody else stored is taken as it is. */
  async invalidate(account: TokenAccount, seenGeneration: number): Promise<TokenResult> {
    this.breakerOf(account).onRefused(seenGeneration, performance.now());
    const pause = this.pauseOf(account);
    if (pause > 0) return { token: null, outcome: later('token_breaker', pause / 1000) };
    const cached = this.cache.get(keyOf(account));
    if (cached && cached.generation > seenGeneration) return { token: cached };
    const renewed = await this.alone(`${keyOf(account)}|${seenGeneration}`, () =>
      this.fetch(account, { generation: seenGeneration, refused: cached?.value }, 'wait'),
    );
    if (!renewed.token) return renewed;
    this.breakerOf(account).onRenewed(renewed.token.generation);
    // stable_token may give the refused string again: then it is not the token's age, and haste would not help.
    if (cached?.value !== renewed.token.value) return renewed;
    this.breakerOf(account).pause(performance.now());
    return { token: null, outcome: later('token_unchanged', 1) };
  }

  /** WeChat took the token of this generation. */
  accepted(account: TokenAccount): void {
    this.breakers.get(keyOf(account))?.onAccepted();
  }

  private pauseOf(account: TokenAccount): number {
    return this.breakers.get(keyOf(account))?.openFor(performance.now()) ?? 0;
  }

  private breakerOf(account: TokenAccount): TokenBreaker {
    const key = keyOf(account);
    const known = this.breakers.get(key) ?? new TokenBreaker();
    this.breakers.set(key, known);
    return known;
  }

  private async refreshAhead(account: TokenAccount, cached: Cached): Promise<void> {
    const result = await this.alone(`${keyOf(account)}|ahead`, () =>
      this.fetch(account, { generation: cached.generation }, 'skip'),
    );
    if (!result.token) cached.refreshAfter = Date.now() + cached.skew + REFRESH_AGAIN_MS;
  }

  /** Single flight in this process; the row lock is the single flight of all processes. */
  private alone(key: string, work: () => Promise<TokenResult>): Promise<TokenResult> {
    const running = this.flights.get(key);
    if (running) return running;
    const flight = work()
      .catch((error: unknown): TokenResult => {
        const code = (error as { code?: string }).code ?? 'error';
        return { token: null, outcome: later(`token_store_${code}`, 5) };
      })
      .finally(() => this.flights.delete(key));
    this.flights.set(key, flight);
    return flight;
  }

  private async read(account: TokenAccount): Promise<TokenResult> {
    const rows = await this.dataSource.query<Row[]>(READ, [account.appid, account.tokenKind]);
    const row = rows[0];
    const known = row?.expires_at && row.expires_at > row.now ? this.keep(account, row) : null;
    if (known) return { token: known };
    return this.fetch(account, { generation: Number(row?.generation ?? 0) }, 'wait');
  }

  private fetch(account: TokenAccount, seen: Seen, onLocked: 'wait' | 'skip'): Promise<TokenResult> {
    return inTransaction(this.dataSource, async (client) => {
      await client.query(
        'INSERT INTO wechat_tokens (appid, kind, generation) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING',
        [account.appid, account.tokenKind],
      );
      await client.query(`SET LOCAL lock_timeout = '6s'`);
      const locked = await client.query<Row>(`${READ} FOR UPDATE ${onLocked === 'skip' ? 'SKIP LOCKED' : ''}`, [
        account.appid,
        account.tokenKind,
      ]);
      const row = locked.rows[0];
      if (!row) return this.heldByAnother();
      const newer = Number(row.generation) > seen.generation ? this.keep(account, row) : null;
      if (newer) return { token: newer };
      // A failover may have lost the generations that were handed out since: they are not handed out again.
      const generation = Math.max(Number(row.generation), seen.generation) + 1;
      return this.fetchLocked(client, account, generation, seen.refused);
    });
  }

  private heldByAnother(): TokenResult {
    return { token: null, outcome: later('token_refreshing', 1) };
  }

  private async fetchLocked(
    client: PoolClient,
    account: TokenAccount,
    generation: number,
    refused: string | undefined,
  ): Promise<TokenResult> {
    await failpoint('token.locked');
    const { appid, secret, tokenKind } = account;
    if (secret === null) return { token: null, outcome: SECRET_LOST };
    const answer =
      tokenKind === 'stable'
        ? await this.client.fetchStableToken(appid, secret)
        : await this.client.fetchPlainToken(appid, secret);
    await failpoint('token.fetched');
    const value = answer.kind === 'answered' && answer.errcode === 0 ? plainSecret(answer.body.access_token) : null;
    const expiresIn = answer.kind === 'answered' ? Number(answer.body.expires_in) : NaN;
    // A lifetime that is missing or under a minute is an error of the server, not a token to build on.
    if (value === null || !(expiresIn >= 60)) {
      return { token: null, outcome: tokenVerdict(answer, new Date()) };
    }
    // The same string again was not superseded by anybody.
    if (refused !== undefined && refused !== value) {
      const deaths = await keepEarlyDeath(client, account.appid, account.tokenKind);
      if (beginsThrash(deaths)) this.onThrash({ appid: account.appid, kind: account.tokenKind, deaths });
    }
    const life = Math.min(expiresIn, 7200);
    const early = Math.min(600 + 300 * this.chance(), life / 2);
    const stored = await client.query<Row>(
      `UPDATE wechat_tokens
          SET generation = $3, token = $4, fetched_at = clock_timestamp(),
              expires_at = clock_timestamp() + make_interval(secs => $5),
              refresh_after = clock_timestamp() + make_interval(secs => $6)
        WHERE appid = $1 AND kind = $2
        RETURNING generation, token, expires_at, refresh_after, clock_timestamp() AS now`,
      [
        account.appid,
        account.tokenKind,
        generation,
        this.sealer.seal(value, aad(account, generation)),
        life,
        life - early,
      ],
    );
    await failpoint('token.stored');
    return { token: this.keep(account, stored.rows[0] as Row) as Token };
  }

  /** Null: there is none, or it cannot be opened; the next one is fetched in its place. */
  private keep(account: TokenAccount, row: Row): Token | null {
    const generation = Number(row.generation);
    const value = row.token && this.sealer.textOf(row.token, aad(account, generation));
    if (value === null) return null;
    const cached: Cached = {
      value,
      generation,
      refreshAfter: (row.refresh_after as Date).getTime(),
      expiresAt: (row.expires_at as Date).getTime(),
      readAt: performance.now(),
      skew: row.now.getTime() - Date.now(),
    };
    const known = this.cache.get(keyOf(account));
    // A row that was read while another was stored is older; one that is still older later is of a database that lost it.
    const isOld = known && known.generation > generation && performance.now() - known.readAt < CACHE_MS;
    if (!isOld) this.cache.set(keyOf(account), cached);
    return cached;
  }
}

function keyOf({ appid, tokenKind }: TokenAccount): string {
  return `${appid}|${tokenKind}`;
}

function aad(account: TokenAccount, generation: number): string {
  return `wechat_tokens|${account.appid}|${account.tokenKind}|${generation}`;
}
