import { ProblemBody } from '../http/problems';
import { OrderView } from '../orders/orders.api';
import { refusal, WechatAnswer } from '../token-gateway/wechat-door';
import { Errcode } from '../wechat/errcodes';
import { wireFieldOf } from './insert-body';

/**
 * WeChat's answer to an insert whose order has come to an end, or stands where only somebody else can move it; null while it
 * is on its way. An order whose card is known answers its code again and again: the caller may have lost it.
 */
export function answerOfOrder({ state, insertion }: OrderView): WechatAnswer | null {
  const { reason = '', card_code: code, openid, unionid } = insertion;
  switch (state) {
    case 'inserted':
      if (code === undefined) return refusal(Errcode.OrderIdRepeated);
      return { errcode: 0, errmsg: 'ok', code, ...(openid ? { openid } : {}), ...(unionid ? { unionid } : {}) };
    case 'awaiting_authorization':
      return refusal(Errcode.OrderNeverAuth);
    case 'refused':
      return reason === 'authorization_missing'
        ? refusal(Errcode.OrderNeverAuth)
        : saidByWechat(insertion, Errcode.InvalidParams);
    case 'rejected':
      return saidByWechat(insertion, Errcode.BizRejectInsert);
    case 'cancelled':
      return refusal(Errcode.OrderIdRepeated);
    case 'needs_human':
      return needsHuman(reason);
    default:
      return null;
  }
}

/** What a problem of the order API is in WeChat's words; null where WeChat has no word for it. */
export function answerOfProblem(problem: ProblemBody): WechatAnswer | null {
  const faults = problem.errors ?? [];
  switch (problem.code) {
    case 'invalid_order': {
      const errors = faults.filter(({ severity }) => severity === 'error');
      const ofPdf = errors.length > 0 && errors.every(({ pointer }) => /^\/(trip_)?pdf/.test(pointer));
      const named = errors.slice(0, 5).map(({ pointer, message_en: message }) => `${wireFieldOf(pointer)}: ${message}`);
      return refusal(ofPdf ? Errcode.InvoicePdfError : Errcode.InvalidParams, named.join('; '));
    }
    case 'order_taken':
    case 'order_conflict':
      return refusal(Errcode.OrderIdRepeated);
    case 'invoice_taken':
      return refusal(Errcode.BillingNumbersRepeated);
    case 'too_many_requests':
    case 'rate_limited':
      return refusal(Errcode.MinuteQuotaReached);
    default:
      return null;
  }
}

function saidByWechat({ reason = '', attempts }: OrderView['insertion'], otherwise: number): WechatAnswer {
  const errcode = Number(/^(?:wechat|upload)_(\d+)$/.exec(reason)?.[1] ?? otherwise);
  const told = attempts.findLast((attempt) => attempt.errcode === errcode)?.errmsg;
  return told ? { errcode, errmsg: told } : refusal(errcode, reason);
}

function needsHuman(reason: string): WechatAnswer {
  if (reason === 'order_consumed_elsewhere') return refusal(Errcode.OrderIdRepeated);
  if (reason === 'invoice_in_a_wallet') return refusal(Errcode.BillingNumbersRepeated);
  return refusal(Errcode.InvoiceIsInserting, 'a person must settle it: do not send it under another order_id');
}
