import { DataSource } from 'typeorm';
import { Log } from '../log';
import { Metrics } from '../metrics';
import { RefusalReason } from '../wechat/callback-refusal';

/** What an account's latest refusals say about it. */
export interface Refused {
  reason: RefusalReason;
  count: number;
  lastAt: Date;
}

/** Anybody may send rubbish: of one reason and account a line is logged, and a row written, this often at most. */
const PAUSE_MS = 10_000;
/** These prove nothing about an account: no row is kept of them. */
const OF_NO_ACCOUNT: readonly RefusalReason[] = ['account', 'unset', 'unsigned'];

/** Pushes that were refused, counted for whoever looks after the account; their senders are told nothing. */
export class RefusedPushes {
  private readonly told = new Map<string, { until: number; untold: number }>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  /** `account`: one that is here; null where the address names none. `address`: what it names. */
  async note(account: string | null, reason: RefusalReason, address: string): Promise<void> {
    this.metrics.pushesRefused.inc({ reason });
    const key = `${account ?? ''}|${reason}`;
    const before = this.told.get(key) ?? { until: 0, untold: 0 };
    const count = before.untold + 1;
    const now = performance.now();
    if (now < before.until) {
      before.untold = count;
      return;
    }
    this.told.set(key, { until: now + PAUSE_MS, untold: 0 });
    this.log.warn({ appid: account, reason, count, address }, 'push refused');
    if (account !== null && !OF_NO_ACCOUNT.includes(reason)) await this.keep(account, reason, count);
  }

  /** Of the last day, of every account, and of nothing that has been mended since: a push that was taken is proof. */
  async current(): Promise<Map<string, Refused[]>> {
    const rows = await this.dataSource.query<{ appid: string; reason: RefusalReason; count: string; last_at: Date }[]>(
      `SELECT appid, reason, count, last_at FROM refused_pushes r
        WHERE last_at > clock_timestamp() - interval '1 day'
          AND NOT EXISTS (SELECT FROM callbacks c WHERE c.appid = r.appid AND c.received_at > r.last_at)
        ORDER BY last_at DESC, reason`,
    );
    const found = new Map<string, Refused[]>();
    for (const { appid, reason, count, last_at: lastAt } of rows) {
      found.set(appid, [...(found.get(appid) ?? []), { reason, count: Number(count), lastAt }]);
    }
    return found;
  }

  /** The account is set up anew, or WeChat's check of its address has just passed: what was refused before is history. */
  async forget(account: string, reasons: readonly RefusalReason[] | null): Promise<void> {
    for (const key of [...this.told.keys()]) if (key.startsWith(`${account}|`)) this.told.delete(key);
    await this.dataSource.query(
      'DELETE FROM refused_pushes WHERE appid = $1 AND ($2::text[] IS NULL OR reason = ANY ($2))',
      [account, reasons],
    );
  }

  /** A refusal stays one where it cannot be written down. */
  private async keep(account: string, reason: RefusalReason, count: number): Promise<void> {
    try {
      await this.dataSource.query(
        `INSERT INTO refused_pushes AS r (appid, reason, count, last_at) VALUES ($1, $2, $3, clock_timestamp())
         ON CONFLICT (appid, reason) DO UPDATE SET last_at = clock_timestamp(),
           count = excluded.count + CASE WHEN r.last_at > clock_timestamp() - interval '1 day' THEN r.count ELSE 0 END`,
        [account, reason, count],
      );
    } catch (error) {
      this.log.warn({ appid: account, err: error }, 'a refused push could not be counted');
    }
  }
}
