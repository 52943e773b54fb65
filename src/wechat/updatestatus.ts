import { edgeRefused } from './answer';
import { ErrcodeName, errcodeFact } from './errcodes';
import { ANYWHERE } from './judgements';
import { AccountAnswer } from './with-token';

/** Why a card cannot be cancelled (now). */
export type Obstacle =
  /** 72061: it has been reimbursed, for good. */
  | 'closed'
  /** 72023: a reimburser holds it. */
  | 'locked'
  /** 72036: its state is being changed at this moment. */
  | 'busy'
  /** 72038: WeChat has no card of this code under this account. */
  | 'no_such_card'
  /** Its user has deleted it, or it has run out. */
  | 'gone'
  | 'other';

/** What telling WeChat of a cancellation came to. A repetition is safe: the state that is wanted is the same. */
export type CancelVerdict =
  /** It is cancelled: by this call, or by one before (72060). */
  | { kind: 'cancelled' }
  | { kind: 'refused'; obstacle: Obstacle; errcode: number; errmsg: string }
  /** Not clear, or not now: to be told again. */
  | { kind: 'again'; reason: string; errcode: number | null; errmsg: string | null };

/** updatestatus with INVOICE_REIMBURSE_CANCEL. A code that stands nowhere is unclear: on a write, assume nothing. */
const JUDGEMENTS: Partial<Record<ErrcodeName, 'cancelled' | Obstacle>> = {
  InvoiceCancelled: 'cancelled',
  InvoiceClosed: 'closed',
  LockedByOthers: 'locked',
  InvoiceBusy: 'busy',
  OrderNeverAuth: 'no_such_card',
  InvalidCardCode: 'no_such_card',
  UserCardUnavailable: 'gone',
  InvalidParams: 'other',
  InvalidArgument: 'other',
  InvalidArgs: 'other',
  InvalidCardId: 'other',
  MissingParameter: 'other',
  DataFormatError: 'other',
  InvoiceStatusError: 'other',
  InvoiceOwnerError: 'other',
  NoMatchCard: 'other',
};

export function cancelVerdict(asked: AccountAnswer): CancelVerdict {
  if (!asked.answer) {
    const { outcome } = asked;
    const reason = 'reason' in outcome ? outcome.reason : outcome.kind;
    return { kind: 'again', reason, errcode: null, errmsg: null };
  }
  const { answer } = asked;
  if (answer.kind !== 'answered') {
    const edge = answer.kind === 'garbled' && edgeRefused(answer);
    return { kind: 'again', reason: edge ? `edge_${answer.reason}` : answer.reason, errcode: null, errmsg: null };
  }
  const { errcode, errmsg } = answer;
  if (errcode === 0) return { kind: 'cancelled' };
  const name = errcodeFact(errcode)?.name;
  const judgement = name && !(name in ANYWHERE) ? JUDGEMENTS[name] : undefined;
  if (judgement === 'cancelled') return { kind: 'cancelled' };
  if (judgement) return { kind: 'refused', obstacle: judgement, errcode, errmsg };
  return { kind: 'again', reason: `errcode_${errcode}`, errcode, errmsg };
}
