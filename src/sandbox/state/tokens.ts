import { Errcode } from '../../wechat/errcodes';
import { type Answer, refused } from '../wechat/answers';
import type { Chance } from './chance';
import type { SandboxClock } from './clock';

export type TokenFamily = 'plain' | 'stable';

export interface Token {
  text: string;
  appid: string;
  family: TokenFamily;
  /** First, second, … token of this account and family. */
  gen: number;
  expiresAt: number;
  /** From here on WeChat says 40001, "not latest". */
  supersededAt: number;
}

const LIFE_MS = 7200_000;
const OVERLAP_MS = 300_000;
const FORCE_GAP_MS = 30_000;
const FORCE_PER_DAY = 20;
const PLAIN_PER_DAY = 2000;
const WELL_FORMED = /^\d{1,4}_[A-Za-z0-9_-]{20,}$/;

/**
 * The two token families of an account, which do not invalidate each other.
 * Pages: 获取接口调用凭据 (cgi-bin/token) and 获取稳定版接口调用凭据 (cgi-bin/stable_token).
 */
export class Tokens {
  private readonly byText = new Map<string, Token>();
  private readonly current = new Map<string, Token>();
  private readonly fetches = new Map<string, number>();
  private readonly forcedAt = new Map<string, number>();
  private counter = 0;

  constructor(
    private readonly clock: SandboxClock,
    private readonly chance: Chance,
  ) {}

  /** Each fetch supersedes the token before it, which works for five more minutes. */
  fetchPlain(appid: string): Answer {
    if (!this.within(`plain ${appid}`, PLAIN_PER_DAY)) return refused(Errcode.DailyQuotaReached);
    return this.answer(this.rotate(appid, 'plain', OVERLAP_MS));
  }

  /** The same token until its last five minutes; `force_refresh` kills it at once, 20 times a day, 30 s apart. */
  fetchStable(appid: string, forceRefresh: boolean): Answer {
    const now = this.clock.now();
    const current = this.current.get(`stable ${appid}`);
    if (current && forceRefresh) {
      if (now - (this.forcedAt.get(appid) ?? -Infinity) < FORCE_GAP_MS) return this.answer(current);
      if (!this.within(`force ${appid}`, FORCE_PER_DAY)) return refused(Errcode.DailyQuotaReached);
      this.forcedAt.set(appid, now);
      return this.answer(this.rotate(appid, 'stable', 0));
    }
    if (current && current.supersededAt > now && current.expiresAt - now > OVERLAP_MS) return this.answer(current);
    return this.answer(this.rotate(appid, 'stable', OVERLAP_MS));
  }

  /** Somebody fetched a new token: the one before lives `graceMs` longer, never beyond its own expiry. */
  rotate(appid: string, family: TokenFamily, graceMs: number): Token {
    const key = `${family} ${appid}`;
    const before = this.current.get(key);
    if (before) this.supersede(before, graceMs);
    this.counter += 1;
    const token: Token = {
      text: `${this.chance.between(10, 99)}_${this.chance.text(134)}${this.counter.toString(36)}`,
      appid,
      family,
      gen: (before?.gen ?? 0) + 1,
      expiresAt: this.clock.now() + LIFE_MS,
      supersededAt: Infinity,
    };
    this.byText.set(token.text, token);
    this.current.set(key, token);
    return token;
  }

  supersede(token: Token, graceMs = 0): void {
    token.supersededAt = Math.min(token.supersededAt, this.clock.now() + graceMs);
  }

  find(text: string): Token | undefined {
    return this.byText.get(text);
  }

  /** What WeChat answers before it looks at anything else; undefined when the token is good. */
  refusal(text: string | undefined): Answer | undefined {
    if (!text) return refused(Errcode.AccessTokenMissing);
    const token = this.byText.get(text);
    if (!token) return refused(WELL_FORMED.test(text) ? Errcode.InvalidCredential : Errcode.InvalidAccessToken);
    const now = this.clock.now();
    if (now >= token.expiresAt) return refused(Errcode.AccessTokenExpired);
    if (now >= token.supersededAt) return refused(Errcode.InvalidCredential);
    return undefined;
  }

  reset(): void {
    for (const map of [this.byText, this.current, this.fetches, this.forcedAt]) map.clear();
  }

  private answer(token: Token): Answer {
    // A token that is a moment old says 7200.
    return { access_token: token.text, expires_in: Math.ceil((token.expiresAt - this.clock.now()) / 1000) };
  }

  private within(what: string, perDay: number): boolean {
    const key = `${this.clock.day()} ${what}`;
    const count = (this.fetches.get(key) ?? 0) + 1;
    this.fetches.set(key, count);
    return count <= perDay;
  }
}
