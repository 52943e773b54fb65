import { Outcome } from '../domain/outcome';
import { Answer } from './answer';
import { ErrcodeName, errcodeFact } from './errcodes';
import { CALLS, CallJudgement, CallName } from './call-judgements';
import { plainId } from './plain-id';
import { AccountAnswer } from './with-token';

/** What one call to WeChat outside the path of an insertion came to. */
export type CallVerdict =
  | { kind: 'done'; body: Record<string, unknown> }
  /** WeChat said no, and did nothing. */
  | { kind: 'refused'; why: Refusal; errcode: number; errmsg: string }
  /** Nothing was done now; asking again later is worth it. `wait` in seconds. */
  | { kind: 'later'; reason: string; wait: number; errcode: number | null; errmsg: string | null }
  /** It may have been carried out. */
  | { kind: 'unclear'; reason: string; errcode: number | null; errmsg: string | null };

/** Everything but success. */
export type NotDone = Exclude<CallVerdict, { kind: 'done' }>;

export type Refusal = 'configuration' | 'data' | 'rejected' | 'notAuthorized' | 'orderConsumed';

/** The one meaning of one answer to this call. A call that may be repeated without harm is never unclear, only later. */
export function callVerdict(call: CallName, asked: AccountAnswer): CallVerdict {
  if (!asked.answer) return notAsked(asked.outcome);
  const { answer } = asked;
  const { repeatable } = CALLS[call];
  if (answer.kind === 'no_answer') {
    return answer.sent && !repeatable ? unclear(answer.reason) : later(answer.reason, 15);
  }
  if (answer.kind === 'garbled') return repeatable ? later(answer.reason, 15) : unclear(answer.reason);
  return judged(call, answer);
}

function judged(call: CallName, answer: Answer & { kind: 'answered' }): CallVerdict {
  const { errcode, errmsg, body } = answer;
  const { needs, repeatable } = CALLS[call];
  if (errcode === 0) {
    if (!needs || isThere(needs, body[needs])) return { kind: 'done', body };
    return repeatable ? later(`without_${needs}`, 15) : unclear(`without_${needs}`);
  }
  const judgement = judgementOf(call, errcode);
  switch (judgement) {
    case 'done':
      return { kind: 'done', body };
    case 'tokenRefused':
    case 'busy':
      return later(`errcode_${errcode}`, 5, answer);
    case 'rateLimit':
      return later(`errcode_${errcode}`, 60, answer);
    case 'freshTemplate':
      return later(`errcode_${errcode}`, 600, answer);
    case 'dayLimit':
      return later(`errcode_${errcode}`, 3600, answer);
    case 'dataFix':
      return { kind: 'refused', why: 'data', errcode, errmsg };
    case 'configuration':
    case 'rejected':
    case 'notAuthorized':
    case 'orderConsumed':
      return { kind: 'refused', why: judgement, errcode, errmsg };
    case undefined:
      return repeatable ? later(`errcode_${errcode}`, 15, answer) : unclear(`errcode_${errcode}`, answer);
  }
}

const IDS: readonly string[] = ['card_id', 's_media_id', 'code'];

/** An id is kept for ever; an address or a word is at least text that somebody can read. */
function isThere(field: string, value: unknown): boolean {
  if (IDS.includes(field)) return plainId(value) !== null;
  return typeof value === 'string' && /^[^\p{Cc}\uFFFD]{1,4096}$/u.test(value);
}

function judgementOf(call: CallName, errcode: number): CallJudgement | undefined {
  const name: ErrcodeName | undefined = errcodeFact(errcode)?.name;
  return name && CALLS[call].judgements[name];
}

/** There was no token or ticket to ask with. */
export function notAsked(outcome: Outcome): NotDone {
  if (outcome.kind === 'held' && outcome.errcode !== null) {
    const { errcode, errmsg } = outcome;
    return { kind: 'refused', why: 'configuration', errcode, errmsg: errmsg ?? '' };
  }
  return later('reason' in outcome ? outcome.reason : outcome.kind, outcome.kind === 'later' ? outcome.wait : 15);
}

type Said = { errcode: number; errmsg: string };

function later(reason: string, wait: number, said?: Said): NotDone {
  return { kind: 'later', reason, wait, errcode: said?.errcode ?? null, errmsg: said?.errmsg ?? null };
}

function unclear(reason: string, said?: Said): NotDone {
  return { kind: 'unclear', reason, errcode: said?.errcode ?? null, errmsg: said?.errmsg ?? null };
}
