import { Authorizations } from '../authorizations/authorizations';
import { AuthorizationRequest } from '../authorizations/authorizations.api';
import { Rejections } from '../authorizations/rejections';
import { SchemaChecks } from '../http/schema-check';
import { mayReturnTo } from '../merchants/redirect-domains';
import { ORDER_ID } from '../orders/orders.api';
import { OrderReader } from '../orders/orders.read';
import { DoorHandler, refusal, WechatAnswer } from '../token-gateway/wechat-door';
import { Errcode } from '../wechat/errcodes';
import { WIRE_PATHS } from '../wechat/wire';
import { Admission, Admitted } from './admission';
import { Fields, missing, textOf, wholeOf } from './fields';
import { OwnAccount } from './own-account';
import { wordOf } from './wechat-word';

/** getauthurl, getauthdata and rejectinsert, kept as the order API keeps them. */
export class Authorising {
  constructor(
    private readonly admission: Admission,
    private readonly accounts: OwnAccount,
    private readonly authorizations: Authorizations,
    private readonly rejections: Rejections,
    private readonly reader: OrderReader,
    private readonly checks: SchemaChecks,
  ) {}

  doors(): Record<string, DoorHandler> {
    return {
      [WIRE_PATHS.getauthurl]: this.admission.json('orders:write', (admitted) => this.getauthurl(admitted)),
      [WIRE_PATHS.getauthdata]: this.admission.json('orders:read', (admitted) => this.getauthdata(admitted)),
      [WIRE_PATHS.rejectinsert]: this.admission.json('orders:write', (admitted) => this.rejectinsert(admitted)),
    };
  }

  /** The ticket that WeChat gets is the account's own, whatever the caller sends. */
  private async getauthurl({ json, ...holder }: Admitted): Promise<WechatAnswer> {
    const absent = missing(json, 's_pappid', 'order_id', 'money', 'timestamp', 'source', 'ticket', 'type');
    if (absent) return absent;
    const request = requestOf(json);
    if (request.source === 'web' && request.redirect_url === undefined)
      return refusal(Errcode.InvalidParams, 'redirect_url is empty');
    const [wrong] = this.checks.faults(AuthorizationRequest.name, request);
    if (wrong) return refusal(Errcode.InvalidParams, `${wireNameOf(wrong.pointer)}: ${wrong.messageEn}`);
    if (request.redirect_url !== undefined && !mayReturnTo(holder.caller.redirectDomains, request.redirect_url))
      return refusal(Errcode.InvalidParams, 'redirect_url is not of a registered domain of the merchant');
    const own = await this.accounts.withPappid(holder, json.s_pappid);
    if ('refused' in own) return own.refused;
    const asked = await this.authorizations.ask(holder.caller, own.account, request);
    if ('refused' in asked)
      return refusal(asked.refused === 'taken' ? Errcode.OrderIdRepeated : Errcode.BizRejectInsert);
    if ('verdict' in asked) return wordOf(asked.verdict);
    const { auth_url, appid } = asked.link;
    return { errcode: 0, errmsg: 'ok', auth_url, ...(request.source === 'wxa' ? { appid } : {}) };
  }

  private async getauthdata({ json, ...holder }: Admitted): Promise<WechatAnswer> {
    const absent = missing(json, 's_pappid', 'order_id');
    if (absent) return absent;
    const own = await this.accounts.withPappid(holder, json.s_pappid);
    if ('refused' in own) return own.refused;
    const orderId = textOf(json.order_id);
    // One that is no order number here, or is another merchant's, is one that nobody has authorised.
    if (!ORDER_ID.test(orderId)) return NEVER;
    const told = await this.authorizations.tell(holder.caller, own.account, orderId);
    return told ? wordOf(told) : NEVER;
  }

  private async rejectinsert({ json, ...holder }: Admitted): Promise<WechatAnswer> {
    const absent = missing(json, 's_pappid', 'order_id', 'reason');
    if (absent) return absent;
    const own = await this.accounts.withPappid(holder, json.s_pappid);
    if ('refused' in own) return own.refused;
    const [orderId, reason] = [textOf(json.order_id), textOf(json.reason)];
    if (reason === '' || reason.length > 100) return refusal(Errcode.InvalidParams, 'reason is invalid');
    if (!ORDER_ID.test(orderId)) return refusal(Errcode.OrderNeverAuth);
    const url = textOf(json.url);
    if (url !== '' && !/^https?:\/\/.{1,990}$/.test(url)) return refusal(Errcode.InvalidParams, 'url is invalid');
    const [order] = await this.reader.find(holder.caller.merchantId, orderId, own.account.appid);
    const draft = { orderId, reason, ...(url === '' ? {} : { url }) };
    const rejected = await this.rejections.reject(holder.caller, own.account, draft, order?.id ?? null);
    return rejected.kind === 'not_done' ? wordOf(rejected.verdict) : REJECTED[rejected.kind];
  }
}

const NEVER: WechatAnswer = { errcode: 0, errmsg: 'ok', invoice_status: 'never auth' };

const REJECTED: Record<'rejected' | 'busy' | 'has_card' | 'taken', WechatAnswer> = {
  rejected: { errcode: 0, errmsg: 'ok' },
  busy: refusal(Errcode.InvoiceBusy),
  has_card: refusal(Errcode.OrderIdRepeated),
  taken: refusal(Errcode.OrderNeverAuth),
};

/** Users come back to a page: apps and mini programs have none, and what is sent for them goes no further. */
function requestOf(json: Fields): AuthorizationRequest {
  const [source, url] = [textOf(json.source), textOf(json.redirect_url)];
  const returns = url !== '' && (source === 'web' || source === 'wap');
  return {
    order_id: textOf(json.order_id),
    fee: wholeOf(json.money) as number,
    source: source as AuthorizationRequest['source'],
    type: wholeOf(json.type) as AuthorizationRequest['type'],
    ...(returns ? { redirect_url: url } : {}),
  };
}

function wireNameOf(pointer: string): string {
  const field = pointer.slice(1);
  return field === 'fee' ? 'money' : field;
}
