import { Accounts } from '../accounts/accounts';
import { bearerOf, WrongKeys } from '../http/wrong-keys';
import { Caller, Merchants, MerchantScope } from '../merchants/merchants';
import { RequestLimits } from '../merchants/request-limits';
import { withLists } from '../reimbursement/card-list';
import { browserForm, PageSigning } from '../reimbursement/page-signing';
import { Errcode } from '../wechat/errcodes';
import { GatewayTokens, TOKEN_LIFE } from './gateway-tokens';
import { ReimburserDoors } from './reimburser-doors';
import { DoorCall, DoorHandler, refusal, WechatAnswer } from './wechat-door';

export const GATEWAY_PREFIX = '/core/r/api/weChat';

/**
 * The token gateway that front ends of older reimbursement systems call: the same three paths, fields and shapes. What they
 * hold is a token of ours.
 */
export class TokenGateway {
  constructor(
    private readonly merchants: Merchants,
    private readonly wrongKeys: WrongKeys,
    private readonly tokens: GatewayTokens,
    private readonly limits: RequestLimits,
    private readonly accounts: Accounts,
    private readonly signing: PageSigning,
    private readonly reimburser: ReimburserDoors,
    /** The page that is signed unless the caller names another one that is allowed. */
    private readonly defaultUrl: string | null,
  ) {}

  routes(): Record<string, DoorHandler> {
    return {
      '/getToken': (call) => this.getToken(call),
      '/getInvoiceBatch': (call) => this.getInvoiceBatch(call),
      '/updateStatus': (call) => this.updateStatus(call),
    };
  }

  /** `type=manual` is a new token at once, which ends the key's others; WeChat's own tokens renew themselves. */
  private async getToken({ method, address, headers, query, port }: DoorCall): Promise<WechatAnswer> {
    if (method !== 'GET') return refusal(Errcode.RequireGet);
    const shown = { door: 'gateway', address, key: bearerOf({ headers }) } as const;
    const admitted = await this.wrongKeys.admit(shown, (key, asking) => this.merchants.judge(key, asking));
    if ('refused' in admitted) throw admitted.refused;
    const { owner: caller } = admitted;
    if (!may(caller, 'reimbursements:read')) return refusal(Errcode.ApiUnauthorized);
    const { type = 'auto' } = query;
    if (type !== 'auto' && type !== 'manual') return refusal(Errcode.InvalidArgs, 'type is auto or manual');

    const account = await this.accounts.reimburser(caller.issuerAppid);
    const page = await this.signing.page(account, this.pageFor(query.url, port));
    if ('outcome' in page) return refusal(Errcode.SystemBusy, 'no jsapi_ticket');
    const token = type === 'manual' ? await this.tokens.force(caller) : await this.tokens.issue(caller);
    if (!token) return refusal(Errcode.MinuteQuotaReached);
    const { appid, timestamp, nonce, url, signature, ticket } = page.signed;
    return {
      access_token: token,
      expires_in: TOKEN_LIFE,
      appid,
      timestamp,
      noncestr: nonce,
      jsapi_ticket: may(caller, 'jsapi_ticket') ? ticket : '',
      url,
      signature,
    };
  }

  private async getInvoiceBatch(call: DoorCall): Promise<WechatAnswer> {
    const admitted = await this.admit(call, 'reimbursements:read');
    return 'refused' in admitted ? admitted.refused : this.reimburser.getinvoicebatch(admitted.caller, admitted.json);
  }

  private async updateStatus(call: DoorCall): Promise<WechatAnswer> {
    const admitted = await this.admit(call, 'reimbursements:write');
    return 'refused' in admitted ? admitted.refused : this.reimburser.updatestatusbatch(admitted.caller, admitted.json);
  }

  private async admit(
    { method, query, json: read }: DoorCall,
    scope: MerchantScope,
  ): Promise<{ caller: Caller; json: Record<string, unknown> } | { refused: WechatAnswer }> {
    if (method !== 'POST') return { refused: refusal(Errcode.RequirePost) };
    const caller = await this.tokens.callerOf(query.token);
    if (!caller) return { refused: refusal(Errcode.InvalidCredential) };
    if (!may(caller, scope)) return { refused: refusal(Errcode.ApiUnauthorized) };
    if ((await this.limits.admit(caller.merchantId)) !== null) return { refused: refusal(Errcode.MinuteQuotaReached) };
    const json = await read(caller);
    return json ? { caller, json: withLists(json) } : { refused: refusal(Errcode.DataFormatError) };
  }

  private pageFor(wanted: string | undefined, port: number): string {
    // The answer names the address that was signed: it is the one that the page's browser has.
    const page = wanted ? browserForm(wanted) : null;
    if (page !== null && this.signing.allows(page, false)) return page;
    return (this.defaultUrl && browserForm(this.defaultUrl)) ?? `http://127.0.0.1:${port}/`;
  }
}

function may({ scopes }: Caller, scope: MerchantScope): boolean {
  return scopes.includes(scope);
}
