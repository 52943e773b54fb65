import { DataSource } from 'typeorm';
import { Config } from '../config';
import { Account } from '../data/entities/account';
import { Sealer } from '../data/sealed';
import { TokenAccount } from '../wechat/tokens';

export interface IssuerAccount extends TokenAccount {
  billingFields: 'current' | 'classic';
}

const CACHE_MS = 30_000;

/** The WeChat accounts we may act for. The environment makes the first issuer; its secret is sealed like the others. */
export class Accounts {
  private readonly cache = new Map<string, { account: IssuerAccount; until: number }>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
  ) {}

  /** Applied at each start, idempotently. */
  async bootstrap(config: Config): Promise<void> {
    const { WECHAT_REIMBURSER_APPID: reimburser, WECHAT_REIMBURSER_SECRET: reimburserSecret } = config;
    await this.store('issuer', config.WECHAT_APPID, config.WECHAT_SECRET, config);
    // The issuer's own account keeps its role: whatever acts as its own reimburser needs no second row.
    if (reimburser !== config.WECHAT_APPID) await this.store('reimburser', reimburser, reimburserSecret, config);
  }

  /** The account that reads and locks cards (报销方): the reimburser's, else the issuer's own. */
  async reimburser(issuerAppid: string): Promise<TokenAccount> {
    const row = await this.dataSource
      .getRepository(Account)
      .findOne({ where: { role: 'reimburser' }, order: { createdAt: 'DESC' } });
    return this.issuer(row?.appid ?? issuerAppid);
  }

  private async store(
    role: Account['role'],
    appid: string | null,
    secret: string | null,
    config: Config,
  ): Promise<void> {
    if (!appid || !secret) return;
    await this.dataSource.getRepository(Account).upsert(
      {
        appid,
        role,
        secret: this.sealer.seal(secret, `accounts|${appid}`),
        tokenKind: config.WECHAT_TOKEN_KIND,
        billingFields: config.BILLING_FIELDS,
      },
      ['appid'],
    );
  }

  async issuer(appid: string): Promise<IssuerAccount> {
    const cached = this.cache.get(appid);
    if (cached && cached.until > performance.now()) return cached.account;
    const row = await this.dataSource.getRepository(Account).findOneByOrFail({ appid });
    const account = {
      appid,
      secret: this.sealer.open(row.secret, `accounts|${appid}`),
      tokenKind: row.tokenKind,
      billingFields: row.billingFields,
    };
    this.cache.set(appid, { account, until: performance.now() + CACHE_MS });
    return account;
  }
}
