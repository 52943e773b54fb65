import { Accounts } from '../accounts/accounts';
import { bearerOf, WrongKeys } from '../http/wrong-keys';
import { Caller, Merchants, MerchantScope } from '../merchants/merchants';
import { withLists } from '../reimbursement/card-list';
import { browserForm, PageSigning } from '../reimbursement/page-signing';
import { Reimbursements } from '../reimbursement/reimbursements';
import { Errcode } from '../wechat/errcodes';
import { encryptCodeOf } from '../wechat/encrypt-code';
import { ReimburseVerdict } from '../wechat/reimburse-verdict';
import { ShownCard } from '../wechat/reimburser-client';
import { ReimburseStatus } from '../wechat/wire';
import { GatewayTokens, TOKEN_LIFE } from './gateway-tokens';
import { DoorCall, DoorHandler, refusal, WechatAnswer } from './wechat-door';

export const GATEWAY_PREFIX = '/core/r/api/weChat';

const STATUSES: readonly string[] = [
  'INVOICE_REIMBURSE_INIT',
  'INVOICE_REIMBURSE_LOCK',
  'INVOICE_REIMBURSE_CLOSURE',
  'INVOICE_REIMBURSE_CANCEL',
] satisfies ReimburseStatus[];
const MOST_CARDS = 100;

/**
 * The token gateway that front ends of older reimbursement systems call: the same three paths, fields and shapes. What they
 * hold is a token of ours.
 */
export class TokenGateway {
  constructor(
    private readonly merchants: Merchants,
    private readonly wrongKeys: WrongKeys,
    private readonly tokens: GatewayTokens,
    private readonly accounts: Accounts,
    private readonly signing: PageSigning,
    private readonly reimbursements: Reimbursements,
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
    if ('refused' in admitted) return admitted.refused;
    const { caller, json } = admitted;
    const cards = cardsOf(json.item_list);
    return Array.isArray(cards) ? answerOf(await this.reimbursements.queryBatch(caller, cards)) : cards;
  }

  private async updateStatus(call: DoorCall): Promise<WechatAnswer> {
    const admitted = await this.admit(call, 'reimbursements:write');
    if ('refused' in admitted) return admitted.refused;
    const { caller, json } = admitted;
    const { openid, reimburse_status: status } = json;
    if (!isText(openid, 64)) return refusal(Errcode.MissingParameter, 'openid');
    if (typeof status !== 'string' || !STATUSES.includes(status))
      return refusal(Errcode.InvalidParams, 'reimburse_status');
    const cards = cardsOf(json.invoice_list);
    if (!Array.isArray(cards)) return cards;
    const verdict = await this.reimbursements.changeBatch(caller, openid, cards, status as ReimburseStatus);
    return verdict.kind === 'done' ? OK : answerOf(verdict);
  }

  private async admit(
    { method, query, json: read }: DoorCall,
    scope: MerchantScope,
  ): Promise<{ caller: Caller; json: Record<string, unknown> } | { refused: WechatAnswer }> {
    if (method !== 'POST') return { refused: refusal(Errcode.RequirePost) };
    const caller = await this.tokens.callerOf(query.token);
    if (!caller) return { refused: refusal(Errcode.InvalidCredential) };
    if (!may(caller, scope)) return { refused: refusal(Errcode.ApiUnauthorized) };
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

const OK = { errcode: 0, errmsg: 'ok' };

/** WeChat's word as it is; what it did not say is -1, never a code about tokens, which here would speak of the caller's own. */
function answerOf(verdict: ReimburseVerdict): WechatAnswer {
  switch (verdict.kind) {
    case 'done':
      return { ...verdict.body, ...OK };
    case 'refused':
      return { errcode: verdict.errcode, errmsg: verdict.errmsg };
    case 'notNow':
      return refusal(Errcode.SystemBusy, 'nothing was changed, try again later');
    case 'unclear':
      return refusal(Errcode.SystemBusy, 'the change may have been made, query the invoices before you repeat it');
  }
}

function cardsOf(list: unknown): ShownCard[] | WechatAnswer {
  if (!Array.isArray(list) || list.length === 0) return refusal(Errcode.MissingParameter);
  if (list.length > MOST_CARDS) return refusal(Errcode.GetTooManyInvoice);
  const cards = list.filter(isCard);
  if (cards.length < list.length) return refusal(Errcode.MissingParameter, 'card_id and encrypt_code');
  const isMendable = cards.every(({ encrypt_code: code }) => encryptCodeOf(code) !== null);
  return isMendable ? cards : refusal(Errcode.InvalidEncryptCode, 'send it as chooseInvoice gave it');
}

function isCard(item: unknown): item is ShownCard {
  const { card_id: cardId, encrypt_code: encryptCode } = (item ?? {}) as Partial<ShownCard>;
  return isText(cardId, 64) && isText(encryptCode, 1024);
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= most;
}

function may({ scopes }: Caller, scope: MerchantScope): boolean {
  return scopes.includes(scope);
}
