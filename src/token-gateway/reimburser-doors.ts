import { withLists } from '../reimbursement/card-list';
import { Reimbursements } from '../reimbursement/reimbursements';
import { Caller } from '../merchants/merchants';
import { encryptCodeOf } from '../wechat/encrypt-code';
import { Errcode } from '../wechat/errcodes';
import { ReimburseVerdict } from '../wechat/reimburse-verdict';
import { ShownCard } from '../wechat/reimburser-client';
import { ReimburseStatus } from '../wechat/wire';
import { refusal, WechatAnswer } from './wechat-door';

const STATUSES: readonly string[] = [
  'INVOICE_REIMBURSE_INIT',
  'INVOICE_REIMBURSE_LOCK',
  'INVOICE_REIMBURSE_CLOSURE',
  'INVOICE_REIMBURSE_CANCEL',
] satisfies ReimburseStatus[];
const MOST_CARDS = 100;
/** Used up for a minute or a day: whoever asks is to slow down. */
const QUOTA = [Errcode.MinuteQuotaReached, Errcode.DailyQuotaReached];

type Fields = Record<string, unknown>;

/** The reimburser's four calls in WeChat's own shapes, for whoever may make them; what they change is written down as everywhere. */
export class ReimburserDoors {
  constructor(private readonly reimbursements: Reimbursements) {}

  async getinvoiceinfo(caller: Caller, json: Fields): Promise<WechatAnswer> {
    const cards = cardsOf([json]);
    if (!Array.isArray(cards)) return cards;
    return answerOfReimburse(await this.reimbursements.query(caller, cards[0] as ShownCard));
  }

  async getinvoicebatch(caller: Caller, json: Fields): Promise<WechatAnswer> {
    const cards = cardsOf(withLists(json).item_list);
    return Array.isArray(cards) ? answerOfReimburse(await this.reimbursements.queryBatch(caller, cards)) : cards;
  }

  async updateinvoicestatus(caller: Caller, json: Fields): Promise<WechatAnswer> {
    const status = statusOf(json.reimburse_status);
    if (!status) return refusal(Errcode.InvalidParams, 'reimburse_status');
    const cards = cardsOf([json]);
    return Array.isArray(cards) ? told(await this.reimbursements.change(caller, cards[0] as ShownCard, status)) : cards;
  }

  async updatestatusbatch(caller: Caller, json: Fields): Promise<WechatAnswer> {
    const { openid } = json;
    if (!isText(openid, 64)) return refusal(Errcode.MissingParameter, 'openid');
    const status = statusOf(json.reimburse_status);
    if (!status) return refusal(Errcode.InvalidParams, 'reimburse_status');
    const cards = cardsOf(withLists(json).invoice_list);
    return Array.isArray(cards) ? told(await this.reimbursements.changeBatch(caller, openid, cards, status)) : cards;
  }
}

export function statusOf(value: unknown): ReimburseStatus | null {
  return typeof value === 'string' && STATUSES.includes(value) ? (value as ReimburseStatus) : null;
}

/** A change is answered by its word alone. */
function told(verdict: ReimburseVerdict): WechatAnswer {
  return verdict.kind === 'done' ? OK : answerOfReimburse(verdict);
}

const OK = { errcode: 0, errmsg: 'ok' };

/** WeChat's word as it is; what it did not say is -1, never a code about tokens, which here would speak of the caller's own. */
export function answerOfReimburse(verdict: ReimburseVerdict): WechatAnswer {
  switch (verdict.kind) {
    case 'done':
      return { ...verdict.body, ...OK };
    case 'refused':
      return { errcode: verdict.errcode, errmsg: verdict.errmsg };
    case 'notNow':
      if (verdict.errcode !== undefined && QUOTA.includes(verdict.errcode))
        return { errcode: verdict.errcode, errmsg: verdict.errmsg };
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
