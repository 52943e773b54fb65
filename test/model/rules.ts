import { advance, startSending, stopBeforeSending } from '../../src/domain/advance';
import { Insertion, Policy } from '../../src/domain/insertion';
import { Outcome } from '../../src/domain/outcome';
import { Answer } from '../../src/wechat/answer';
import { insertVerdict } from '../../src/wechat/verdict';

export const NOW = new Date('2026-11-25T10:00:00Z');
export const QUIET = 75;

/** The product's decisions. The negative cases put a mistake into one of them. */
export interface Rules {
  advance: typeof advance;
  stopBeforeSending: typeof stopBeforeSending;
  startSending: typeof startSending;
  verdict: (errcode: number, code?: string) => Outcome;
}

export const REAL: Rules = {
  advance,
  stopBeforeSending,
  startSending,
  verdict: (errcode, code) => insertVerdict(answered(errcode, code), NOW),
};

/** A row whose worker vanished is sent again as if nothing had been sent. */
export const TAKEOVER_SENDS_AGAIN: Rules = {
  ...REAL,
  stopBeforeSending: (insertion, crashes, now, policy) =>
    insertion.state === 'sending' ? null : stopBeforeSending(insertion, crashes, now, policy),
};

/** "System busy" is taken for "not done". */
export const BUSY_MEANS_FAILED: Rules = {
  ...REAL,
  verdict: (errcode, code) => (errcode === -1 ? { kind: 'refused', code: 'wechat_-1' } : REAL.verdict(errcode, code)),
};

/** A refusal is taken to speak about earlier attempts as well. */
export const REFUSAL_ENDS_DOUBT: Rules = {
  ...REAL,
  advance: (insertion, outcome, now, policy) =>
    advance(outcome.kind === 'refused' ? certain(insertion) : insertion, outcome, now, policy),
};

/** An order may be given other content although nobody knows what became of it. */
export const REVISED_IN_DOUBT: Rules = {
  ...REAL,
  advance: (insertion, outcome, now, policy) =>
    advance(outcome.kind === 'reinserted' ? certain(insertion) : insertion, outcome, now, policy),
};

/** What was lost is taken for lost on the way there. */
export const SILENCE_MEANS_ABSENCE: Rules = {
  ...REAL,
  advance: (insertion, outcome, now, policy) =>
    outcome.kind === 'unclear' || outcome.kind === 'orphaned'
      ? advance(insertion, { kind: 'later', reason: 'no_answer', wait: 0, counted: true }, now, policy)
      : advance(insertion, outcome, now, policy),
};

export function policyOf(inDoubt: Policy['inDoubt'], quiet: boolean): Policy {
  return {
    inDoubt,
    quietSeconds: quiet ? QUIET : 0,
    retrySchedule: [5, 5],
    probeSchedule: [0, 0],
    authorizationDeadlineSeconds: 86_400,
    jitter: 0,
  };
}

function certain(insertion: Insertion): Insertion {
  return { ...insertion, doubtSince: null };
}

function answered(errcode: number, code?: string): Answer {
  return {
    kind: 'answered',
    httpStatus: 200,
    errcode,
    errmsg: '',
    hint: null,
    body: { errcode, ...(code && { code }) },
  };
}
