import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Accounts } from '../accounts/accounts';
import { asEngine } from '../data/statement';
import { WechatClient } from '../wechat/client';
import { TokenManager } from '../wechat/tokens';
import { withToken } from '../wechat/with-token';

/** Reconciliation leaves the day's work four fifths of every quota. */
const SHARE = 0.2;
/** Taken for the quota where WeChat does not tell it. */
const ASSUMED_DAILY_QUOTA = 10_000;
const TODAY = `(now() AT TIME ZONE 'Asia/Shanghai')::date`;

/** What reconciliation may still spend today (Asia/Shanghai) of an account's quota for one of WeChat's calls. */
export class Budget {
  constructor(
    private readonly dataSource: DataSource,
    private readonly accounts: Accounts,
    private readonly tokens: TokenManager,
    private readonly wechat: WechatClient,
  ) {}

  /**
   * Spends what `use` says it used of the calls that may still be made, at most `most`, in one transaction with it. Each
   * use takes one of every call in `apis`: the scarcest decides.
   */
  async spend(
    appid: string,
    apis: readonly string[],
    most: number,
    use: (client: PoolClient, granted: number) => Promise<number>,
  ): Promise<number> {
    for (const api of apis) await this.learn(appid, api);
    return asEngine(this.dataSource, async (client) => {
      const { rows } = await client.query<{ left: number }>(
        `SELECT allowed - spent AS left FROM reconciliation_spending
          WHERE appid = $1 AND api = ANY ($2) AND day = ${TODAY} ORDER BY api FOR UPDATE`,
        [appid, apis],
      );
      // Fewer rows than calls: midnight has passed, and the new day is not learnt yet.
      const granted = rows.length === apis.length ? Math.min(most, ...rows.map(({ left }) => left)) : 0;
      const used = granted > 0 ? await use(client, granted) : 0;
      await client.query(
        `UPDATE reconciliation_spending SET spent = spent + $3 WHERE appid = $1 AND api = ANY ($2) AND day = ${TODAY}`,
        [appid, apis, used],
      );
      return used;
    });
  }

  /** WeChat said that the day's quota is used up (45009): nothing more today. */
  async exhaust(appid: string, api: string): Promise<void> {
    await asEngine(this.dataSource, (client) =>
      client.query(
        `UPDATE reconciliation_spending SET allowed = spent WHERE appid = $1 AND api = $2 AND day = ${TODAY}`,
        [appid, api],
      ),
    );
  }

  private async learn(appid: string, api: string): Promise<void> {
    const known = await asEngine(this.dataSource, (client) =>
      client.query(`SELECT FROM reconciliation_spending WHERE appid = $1 AND api = $2 AND day = ${TODAY}`, [
        appid,
        api,
      ]),
    );
    if (known.rows.length > 0) return;
    const allowed = Math.min(Math.floor(await this.shareOf(appid, api)), 2 ** 31 - 1);
    await asEngine(this.dataSource, (client) =>
      client.query(
        `INSERT INTO reconciliation_spending (appid, api, day, allowed) VALUES ($1, $2, ${TODAY}, $3) ON CONFLICT DO NOTHING`,
        [appid, api, allowed],
      ),
    );
  }

  /** Calls that reconciliation may make today: its share of the day's, or what is left of the day where that is less. */
  private async shareOf(appid: string, api: string): Promise<number> {
    const account = await this.accounts.issuer(appid);
    const { answer } = await withToken(this.tokens, account, (token) => this.wechat.quota(token, api));
    if (answer?.kind !== 'answered' || answer.errcode !== 0) return ASSUMED_DAILY_QUOTA * SHARE;
    const { daily_limit: daily, remain } = (answer.body.quota ?? {}) as { daily_limit?: unknown; remain?: unknown };
    if (typeof daily !== 'number' || daily < 0) return ASSUMED_DAILY_QUOTA * SHARE;
    return typeof remain === 'number' ? Math.min(daily * SHARE, Math.max(0, remain)) : daily * SHARE;
  }
}
