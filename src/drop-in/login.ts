import { Accounts } from '../accounts/accounts';
import { WrongKeys } from '../http/wrong-keys';
import { Caller, Merchants } from '../merchants/merchants';
import { GatewayTokens, Holder, TOKEN_LIFE } from '../token-gateway/gateway-tokens';
import { DoorHandler, refusal, WechatAnswer } from '../token-gateway/wechat-door';
import { Errcode } from '../wechat/errcodes';
import { WIRE_PATHS } from '../wechat/wire';

/** The merchant's key is its secret, under each appid it may act for: what a token may do depends on the key and the appid. */
export class Login {
  constructor(
    private readonly merchants: Merchants,
    private readonly wrongKeys: WrongKeys,
    private readonly tokens: GatewayTokens,
    private readonly accounts: Accounts,
  ) {}

  doors(): Record<string, DoorHandler> {
    return {
      [WIRE_PATHS.token]: ({ query, address }) => this.login(query, address, (holder) => this.fresh(holder)),
      [WIRE_PATHS.stableToken]: async ({ method, address, json: read }) => {
        if (method !== 'POST') return refusal(Errcode.RequirePost);
        const json = await read(null);
        if (!json) return refusal(Errcode.DataFormatError);
        return this.login(json, address, (holder, secret) => this.stable(holder, secret, json.force_refresh === true));
      },
    };
  }

  private async login(
    { grant_type: grant, appid, secret }: Record<string, unknown>,
    address: string,
    give: (holder: Holder, secret: string) => Promise<WechatAnswer>,
  ): Promise<WechatAnswer> {
    if (grant !== 'client_credential') return refusal(Errcode.InvalidGrantType);
    if (typeof appid !== 'string' || appid === '') return refusal(Errcode.AppidMissing);
    if (typeof secret !== 'string' || secret === '') return refusal(Errcode.AppSecretMissing);
    const shown = { door: 'drop_in', address, key: secret } as const;
    const admitted = await this.wrongKeys.admit(shown, (key, asking) => this.merchants.judge(key, asking));
    if ('refused' in admitted) {
      return refusal(admitted.refused.status === 401 ? Errcode.InvalidAppSecret : Errcode.MinuteQuotaReached);
    }
    const { owner: caller } = admitted;
    if (!(await this.mayActFor(caller, appid))) return refusal(Errcode.InvalidAppid);
    return give({ caller, appid }, secret);
  }

  /** Its own, its issuer's, and the one that reads cards for it; everybody else's is to it as if it were not there. */
  private async mayActFor({ appid: own, issuerAppid }: Caller, appid: string): Promise<boolean> {
    if (appid === own || appid === issuerAppid) return true;
    return (await this.accounts.reimburser(issuerAppid)).appid === appid;
  }

  private async fresh({ caller, appid }: Holder): Promise<WechatAnswer> {
    return { access_token: await this.tokens.issue(caller, appid), expires_in: TOKEN_LIFE };
  }

  /** Forced within 30 seconds of the last time it is the one that there is, as at WeChat. */
  private async stable(holder: Holder, secret: string, force: boolean): Promise<WechatAnswer> {
    const { token, life } = await this.tokens.stable(holder, secret, force);
    return { access_token: token, expires_in: life };
  }
}
