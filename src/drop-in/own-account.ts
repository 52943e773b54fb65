import { Accounts, WechatAccount } from '../accounts/accounts';
import { SetUp } from '../accounts/set-up';
import { Holder } from '../token-gateway/gateway-tokens';
import { refusal, WechatAnswer } from '../token-gateway/wechat-door';
import { Errcode } from '../wechat/errcodes';
import { wordOf } from './wechat-word';

/** In whose name WeChat is asked: an issuer's calls in the name of the merchant's issuer, all others as the token says. */
export class OwnAccount {
  constructor(
    private readonly accounts: Accounts,
    private readonly setUp: SetUp,
  ) {}

  issuer({ caller }: Holder): Promise<WechatAccount> {
    return this.accounts.issuer(caller.issuerAppid) as Promise<WechatAccount>;
  }

  /** The account that users authorise under: the merchant's own, or its issuer's. A reimburser's is neither. */
  async authorising({ caller, appid }: Holder): Promise<{ account: WechatAccount } | { refused: WechatAnswer }> {
    if (appid !== caller.appid && appid !== caller.issuerAppid) return { refused: refusal(Errcode.ApiUnauthorized) };
    const account = await this.accounts.find(appid);
    return account
      ? { account }
      : { refused: refusal(Errcode.ApiUnauthorized, `this service has no secret of ${appid}`) };
  }

  /** The account and its issuer's s_pappid, where the caller means that one: another's is no parameter here. */
  async withPappid(
    holder: Holder,
    given: unknown,
  ): Promise<{ account: WechatAccount; sPappid: string } | { refused: WechatAnswer }> {
    const own = await this.authorising(holder);
    if ('refused' in own) return own;
    const platform = await this.setUp.pappid(await this.issuer(holder));
    if ('verdict' in platform) return { refused: wordOf(platform.verdict) };
    if (given !== platform.sPappid) return { refused: refusal(Errcode.InvalidParams, 's_pappid is invalid') };
    return { ...own, sPappid: platform.sPappid };
  }
}
