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
    const { WECHAT_APPID: appid, WECHAT_SECRET: secret } = config;
    if (!appid || !secret) return;
    await this.dataSource.getRepository(Account).upsert(
      {
        appid,
        role: 'issuer',
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
