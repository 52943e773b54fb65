/** Answers slower than this are a sign that more requests in flight would only wait on each other. */
const SLOW_MS = 5000;
/** One cut for one burst: the requests that were in flight together complain together. */
const CUT_PAUSE_MS = 5000;

interface Account {
  inFlight: number;
  limit: number;
  cutAt: number;
}

/**
 * How many orders of one WeChat account may be in flight. By Little's law the number in flight is rate times latency: it
 * grows by one a round of quick answers, shrinks with slow ones and is halved by 45011, so it settles at the rate the
 * account is granted. Other accounts are not touched.
 */
export class AccountLimits {
  private readonly accounts = new Map<string, Account>();

  constructor(private readonly max: number) {}

  begin(appid: string): void {
    this.of(appid).inFlight += 1;
  }

  /** `ms` from a monotonic clock; `now` likewise. */
  end(appid: string, answer: { ms: number; rateLimited: boolean } | null, now: number): void {
    const account = this.of(appid);
    account.inFlight -= 1;
    if (!answer) return;
    if (answer.rateLimited) {
      if (now - account.cutAt < CUT_PAUSE_MS) return;
      account.limit = Math.max(1, account.limit / 2);
      account.cutAt = now;
    } else if (answer.ms > SLOW_MS) {
      account.limit = Math.max(1, account.limit * 0.9);
    } else {
      account.limit = Math.min(this.max, account.limit + 1 / account.limit);
    }
  }

  /** How many more each account may take; an account that is not named has its whole limit. */
  free(): Record<string, number> {
    const entries = [...this.accounts].map(([appid, { inFlight, limit }]) => [
      appid,
      Math.max(0, Math.floor(limit) - inFlight),
    ]);
    return Object.fromEntries(entries) as Record<string, number>;
  }

  private of(appid: string): Account {
    const known = this.accounts.get(appid);
    if (known) return known;
    const account = { inFlight: 0, limit: this.max, cutAt: -Infinity };
    this.accounts.set(appid, account);
    return account;
  }
}
