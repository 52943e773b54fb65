import { MerchantScope } from '../merchants/merchants';
import { RequestLimits } from '../merchants/request-limits';
import { GatewayTokens, Holder } from '../token-gateway/gateway-tokens';
import { DoorCall, DoorHandler, refusal, WechatAnswer } from '../token-gateway/wechat-door';
import { Errcode } from '../wechat/errcodes';
import { Fields } from './fields';

/** Who has been let in, and what he sent. */
export interface Admitted extends Holder {
  json: Fields;
  query: Record<string, string>;
}

/** Doors behind which nobody stands without a token, as WeChat looks at it: the method, the token, the permission, the quota, the body. */
export class Admission {
  constructor(
    private readonly tokens: GatewayTokens,
    private readonly limits: RequestLimits,
  ) {}

  /** For a call that reads its body itself. */
  open(scope: MerchantScope, handle: (holder: Holder, call: DoorCall) => Promise<WechatAnswer>): DoorHandler {
    return async (call) => (call.method === 'POST' ? this.admit(scope, call, handle) : refusal(Errcode.RequirePost));
  }

  /** For a call whose parameters stand in its address. */
  asked(scope: MerchantScope, handle: (holder: Holder, call: DoorCall) => Promise<WechatAnswer>): DoorHandler {
    return (call) => this.admit(scope, call, handle);
  }

  json(scope: MerchantScope, handle: (admitted: Admitted) => Promise<WechatAnswer>): DoorHandler {
    return this.open(scope, async (holder, { json: read, query }) => {
      const json = await read(holder.caller);
      return json ? handle({ ...holder, json, query }) : refusal(Errcode.DataFormatError);
    });
  }

  private async admit(
    scope: MerchantScope,
    call: DoorCall,
    handle: (holder: Holder, call: DoorCall) => Promise<WechatAnswer>,
  ): Promise<WechatAnswer> {
    const { access_token: token } = call.query;
    if (!token) return refusal(Errcode.AccessTokenMissing);
    const holder = await this.tokens.holderOf(token);
    if (!holder) return refusal(Errcode.InvalidCredential);
    if (!holder.caller.scopes.includes(scope)) return refusal(Errcode.ApiUnauthorized);
    if ((await this.limits.admit(holder.caller.merchantId)) !== null) return refusal(Errcode.MinuteQuotaReached);
    return handle(holder, call);
  }
}
