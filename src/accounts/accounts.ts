import { DataSource, EntityManager } from 'typeorm';
import { Config } from '../config';
import { Account } from '../data/entities/account';
import { Sealer } from '../data/sealed';
import { Also, nothingElse, together } from '../data/together';
import { TokenAccount } from '../wechat/tokens';

export interface IssuerAccount extends TokenAccount {
  billingFields: 'current' | 'classic';
}

/** An account with everything we may do in its name. Never leaves the service. */
export interface WechatAccount extends IssuerAccount {
  role: Account['role'];
  sPappid: string | null;
  callbackMode: Account['callbackMode'];
  callbackKeys: CallbackKeys | null;
}

/** What WeChat's pushes to an account are signed and encrypted with. */
export interface CallbackKeys {
  token: string;
  aesKey: string | null;
  /** Pushes on their way while the key is changed still come under the one before. */
  previousAesKey: string | null;
}

/** What the settings say of one account. */
interface FromEnvironment extends Pick<Account, 'role' | 'tokenKind' | 'billingFields'> {
  secret: string | null;
  callback: Pick<CallbackKeys, 'token' | 'aesKey'> | null;
}

const CACHE_MS = 30_000;

/** The WeChat accounts we may act for. The environment makes the first ones; secrets are sealed. */
export class Accounts {
  private readonly cache = new Map<string, { account: WechatAccount; readAt: number }>();
  private reimburserAppid: string | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
  ) {}

  /** Applied at each start. What the environment said before, and an administrator changed since, stays as he left it. */
  async bootstrap(config: Config): Promise<void> {
    const { WECHAT_APPID: issuer, WECHAT_REIMBURSER_APPID: reimburser } = config;
    this.reimburserAppid = reimburser;
    const { WECHAT_CALLBACK_TOKEN: token, WECHAT_CALLBACK_AES_KEY: aesKey } = config;
    const kinds = { tokenKind: config.WECHAT_TOKEN_KIND, billingFields: config.BILLING_FIELDS };
    const callback = token ? { token, aesKey } : null;
    await this.apply(issuer, { role: 'issuer', ...kinds, secret: config.WECHAT_SECRET, callback });
    // The issuer's own account keeps its role: whatever acts as its own reimburser needs no second row.
    if (reimburser === issuer) return;
    const secret = config.WECHAT_REIMBURSER_SECRET;
    await this.apply(reimburser, { role: 'reimburser', ...kinds, secret, callback: null });
  }

  /**
   * The account that reads and locks cards (报销方): the one that the settings name now, else the issuer's own. WeChat lets
   * nobody but the account that locked a card unlock it: no account that is merely made takes over.
   */
  reimburser(issuerAppid: string): Promise<TokenAccount> {
    return this.issuer(this.reimburserAppid ?? issuerAppid);
  }

  /** Whether users authorise under this account: only then it needs a contact and an authorisation page. */
  async isAuthorisedUnder(appid: string): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>('SELECT FROM merchants WHERE appid = $1 LIMIT 1', [appid]);
    return rows.length > 0;
  }

  /** The platform that issues for an account: itself, or the one of the merchants whose users authorise under it. */
  async issuerOf(account: WechatAccount): Promise<WechatAccount | null> {
    if (account.role === 'issuer') return account;
    const issuers = await this.dataSource.query<{ issuer_appid: string }[]>(
      'SELECT DISTINCT issuer_appid FROM merchants WHERE appid = $1 LIMIT 2',
      [account.appid],
    );
    const [only, second] = issuers;
    return only && !second ? this.find(only.issuer_appid) : null;
  }

  async issuer(appid: string): Promise<IssuerAccount> {
    const account = await this.find(appid);
    if (!account) throw new Error('an order names an account that is not there');
    return account;
  }

  /** Null: its secret is not known here, so nothing can be asked in its name. At most `maxAgeMs` old. */
  async find(appid: string, maxAgeMs = CACHE_MS): Promise<WechatAccount | null> {
    const cached = this.cache.get(appid);
    if (cached && performance.now() - cached.readAt < maxAgeMs) return cached.account;
    const row = await this.dataSource.getRepository(Account).findOneBy({ appid });
    const account = row && this.opened(row);
    // Names come from outside: what is not there is not remembered.
    if (account) this.cache.set(appid, { account, readAt: performance.now() });
    return account;
  }

  /** The third-party platform's account, to whose address component pushes come. */
  async component(): Promise<WechatAccount | null> {
    const row = await this.dataSource
      .getRepository(Account)
      .findOne({ where: { role: 'component' }, order: { createdAt: 'DESC' } });
    return row && this.opened(row);
  }

  all(): Promise<Account[]> {
    return this.dataSource.getRepository(Account).find({ order: { createdAt: 'ASC', appid: 'ASC' } });
  }

  /** False: it exists already. `also`, here and below, is of the same commit. */
  create(
    account: Pick<Account, 'appid' | 'role' | 'tokenKind' | 'billingFields'>,
    secret: string,
    also = nothingElse,
  ): Promise<boolean> {
    const make = async (manager: EntityManager) => {
      const made = await manager
        .getRepository(Account)
        .createQueryBuilder()
        .insert()
        .values({ ...account, secret: this.sealed(account.appid, secret) })
        .orIgnore()
        .returning('appid')
        .execute();
      return (made.raw as unknown[]).length > 0;
    };
    return together(this.dataSource, make, also);
  }

  /** Changes what is given. */
  async change(
    appid: string,
    given: Partial<Pick<Account, 'role' | 'tokenKind' | 'billingFields' | 'callbackMode' | 'sPappid'>> & {
      secret?: string;
    },
    also = nothingElse,
  ): Promise<void> {
    const { secret, ...rest } = given;
    const change = { ...rest, ...(secret === undefined ? {} : { secret: this.sealed(appid, secret) }) };
    await this.update(appid, change, also);
  }

  /** Another AES key makes the present one the previous one. Without `mode` that stays as it is. */
  async setCallback(
    appid: string,
    { mode, token, aesKey }: { mode?: Account['callbackMode']; token: string; aesKey: string | null },
    also = nothingElse,
  ): Promise<void> {
    const callbackKeys = await this.sealedKeys(appid, token, aesKey);
    await this.update(appid, { callbackKeys, ...(mode ? { callbackMode: mode } : {}) }, also);
  }

  async keepFindings(appid: string, findings: object[]): Promise<void> {
    await this.dataSource.getRepository(Account).update({ appid }, { findings, checkedAt: () => 'now()' });
  }

  private async apply(appid: string | null, { secret, callback, ...given }: FromEnvironment): Promise<void> {
    if (!appid || !secret) return;
    const said = JSON.stringify({ ...given, secret, callback });
    const aad = `accounts|${appid}|environment`;
    const accounts = this.dataSource.getRepository(Account);
    const before = await accounts.findOneBy({ appid });
    const known = before?.fromEnvironment && this.sealer.textOf(before.fromEnvironment, aad);
    if (before && known === said && this.opened(before).secret !== null) return;
    const fromEnvironment = this.sealer.seal(said, aad);
    const keys = callback && { callbackKeys: await this.sealedKeys(appid, callback.token, callback.aesKey) };
    // All at once: what is half applied would look as if it were applied.
    await accounts.upsert({ appid, ...given, secret: this.sealed(appid, secret), ...keys, fromEnvironment }, ['appid']);
    this.cache.delete(appid);
  }

  private async sealedKeys(appid: string, token: string, aesKey: string | null): Promise<Buffer> {
    this.cache.delete(appid);
    const before = (await this.find(appid))?.callbackKeys ?? null;
    const changed = before?.aesKey && before.aesKey !== aesKey;
    const previousAesKey = (changed ? before.aesKey : before?.previousAesKey) ?? null;
    const keys: CallbackKeys = { token, aesKey, previousAesKey };
    return this.sealer.seal(JSON.stringify(keys), `accounts|${appid}|callback`);
  }

  private async update(appid: string, change: Partial<Account>, also: Also): Promise<void> {
    const write = async (manager: EntityManager) => {
      if (Object.keys(change).length > 0) await manager.getRepository(Account).update({ appid }, change);
    };
    await together(this.dataSource, write, also);
    this.cache.delete(appid);
  }

  private sealed(appid: string, secret: string): Buffer {
    return this.sealer.seal(secret, `accounts|${appid}`);
  }

  private opened(row: Account): WechatAccount {
    const { appid, role, tokenKind, billingFields, sPappid, callbackMode, callbackKeys } = row;
    return {
      appid,
      role,
      secret: this.sealer.textOf(row.secret, `accounts|${appid}`),
      tokenKind,
      billingFields,
      sPappid,
      callbackMode,
      callbackKeys: this.sealer.opened<CallbackKeys>(callbackKeys, `accounts|${appid}|callback`).value,
    };
  }
}
