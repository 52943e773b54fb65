import { Outcome } from '../domain/outcome';
import { Answer, edgeRefused } from './answer';
import { ErrcodeName, errcodeFact } from './errcodes';
import { ANYWHERE, Judgement } from './judgements';
import { AccountAnswer } from './with-token';

/** What one call of a reimburser came to. */
export type ReimburseVerdict =
  | { kind: 'done'; body: Record<string, unknown> }
  /** WeChat refused and changed nothing. `conflict`: the card's state stands against it, not the request. */
  | { kind: 'refused'; errcode: number; errmsg: string; conflict: boolean }
  /** Not executed, worth another try: WeChat was busy or out of reach, or the account has no token. */
  | { kind: 'notNow'; reason: string; errcode?: number; errmsg?: string }
  /** A change that may have been made. */
  | { kind: 'unclear'; reason: string; errcode?: number; errmsg?: string };

/** The state of the card is in the way. */
const CONFLICTS: ReadonlySet<ErrcodeName> = new Set<ErrcodeName>([
  'LockedByOthers',
  'InvoiceStatusError',
  'InvoiceBusy',
  'MustBeLockFirst',
  'InvoiceCancelled',
  'InvoiceClosed',
]);

/** Judgements of calls that WeChat turned away before it looked at them. */
const NOT_LOOKED_AT: readonly (Judgement | undefined)[] = ['tokenRefused', 'rateLimit', 'dayLimit'];

/** WeChat's inner failures: they do not say how far it came. */
const INTERNAL: ReadonlySet<ErrcodeName> = new Set<ErrcodeName>([
  'SystemBusy',
  'SignatureMismatch',
  'CallbackBizError',
  'TbcError',
  'TbcLogicError',
  'BatchTaskRunError',
  'MountError',
]);

/** Reading changes nothing: what was not answered may be asked again. */
export function readVerdict(asked: AccountAnswer): ReimburseVerdict {
  if (!asked.answer) return noToken(asked.outcome);
  const { answer } = asked;
  if (answer.kind !== 'answered') return { kind: 'notNow', reason: answer.reason };
  return answered(answer, INTERNAL.has(nameOf(answer) as ErrcodeName) ? 'notNow' : null);
}

/** A change whose answer was lost, or is no answer to build on, is unclear; a code that stands nowhere likewise. */
export function changeVerdict(asked: AccountAnswer): ReimburseVerdict {
  if (!asked.answer) return noToken(asked.outcome);
  const { answer } = asked;
  if (answer.kind === 'no_answer') return { kind: answer.sent ? 'unclear' : 'notNow', reason: answer.reason };
  if (answer.kind === 'garbled') {
    return { kind: edgeRefused(answer) ? 'notNow' : 'unclear', reason: answer.reason };
  }
  const name = nameOf(answer);
  return answered(answer, !name || INTERNAL.has(name) ? 'unclear' : null);
}

function answered(answer: Answer & { kind: 'answered' }, unsettled: 'notNow' | 'unclear' | null): ReimburseVerdict {
  const { errcode, errmsg, body } = answer;
  if (errcode === 0) return { kind: 'done', body };
  const reason = `errcode_${errcode}`;
  const name = nameOf(answer);
  // A token that had just been renewed, or a quota that is used up: looked at before anything else, so nothing was executed.
  if (name && NOT_LOOKED_AT.includes(ANYWHERE[name])) return { kind: 'notNow', reason, errcode, errmsg };
  if (unsettled) return { kind: unsettled, reason, errcode, errmsg };
  return { kind: 'refused', errcode, errmsg, conflict: name !== undefined && CONFLICTS.has(name) };
}

function noToken(outcome: Outcome): ReimburseVerdict {
  const reason = 'reason' in outcome ? outcome.reason : outcome.kind;
  if (outcome.kind !== 'held' || outcome.errcode === null) return { kind: 'notNow', reason };
  return { kind: 'notNow', reason, errcode: outcome.errcode, errmsg: outcome.errmsg ?? '' };
}

function nameOf({ errcode }: Answer & { kind: 'answered' }): ErrcodeName | undefined {
  return errcodeFact(errcode)?.name;
}
