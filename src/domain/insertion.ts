import { Outcome } from './outcome';
import { Schedule, waitAfter, waitForAuthorization } from './retry';

/**
 * accepted: stored, nothing sent · uploaded: the PDF lies at WeChat · sending: an attempt is written down and may be on
 * the wire · awaiting_authorization: the user has not authorised yet · in_doubt: an insert may have been executed ·
 * likely_inserted: the invoice lies in a wallet, one more witness is wanted · needs_human: evidence ran out.
 * Ends: inserted · refused (data must be fixed) · rejected (the order is dead at WeChat) · cancelled (冲红).
 */
export const INSERTION_STATES = [
  'accepted',
  'uploaded',
  'sending',
  'awaiting_authorization',
  'in_doubt',
  'likely_inserted',
  'needs_human',
  'inserted',
  'refused',
  'rejected',
  'cancelled',
] as const;
export type InsertionState = (typeof INSERTION_STATES)[number];

export type CardCodeState = 'none' | 'known' | 'unknown';

/** The present of one insertion. Times are instants of the database's clock. */
export interface Insertion {
  state: InsertionState;
  /** Why it was refused, rejected or handed to a person. */
  reason: string | null;
  /** Counted failures so far. */
  tries: number;
  /** Attempts sent to settle a doubt. */
  probes: number;
  /** Inserts answered "not authorised". */
  authorizationChecks: number;
  reuploads: number;
  mediaId: string | null;
  tripMediaId: string | null;
  /** When the upload that made `mediaId` began; WeChat keeps an unused one for three days. */
  uploadedAt: Date | null;
  /** Since when a card may exist that we cannot see. Cleared only by certainty. */
  doubtSince: Date | null;
  waitingSince: Date | null;
  cardCode: string | null;
  cardCodeState: CardCodeState;
  openid: string | null;
  unionid: string | null;
  /** Seconds until the next step is due; null: not by itself. */
  dueIn: number | null;
}

/** The settings that decide how long to wait; `jitter` is drawn by the caller, in [0, 1). */
export interface Policy {
  inDoubt: 'probe' | 'manual';
  quietSeconds: number;
  retrySchedule: Schedule;
  probeSchedule: Schedule;
  authorizationDeadlineSeconds: number;
  jitter: number;
}

const DOUBT_LIMIT_SECONDS = 24 * 3600;
/** WeChat destroys an unused upload after three days; ours is given up six hours earlier. */
export const MEDIA_LIFE_SECONDS = 66 * 3600;

export function newInsertion(): Insertion {
  return {
    state: 'accepted',
    reason: null,
    tries: 0,
    probes: 0,
    authorizationChecks: 0,
    reuploads: 0,
    mediaId: null,
    tripMediaId: null,
    uploadedAt: null,
    doubtSince: null,
    waitingSince: null,
    cardCode: null,
    cardCodeState: 'none',
    openid: null,
    unionid: null,
    dueIn: 0,
  };
}

/** Whether the uploaded PDF may still be used. */
export function mediaIsFresh({ mediaId, uploadedAt }: Insertion, now: Date): boolean {
  return mediaId !== null && uploadedAt !== null && secondsBetween(uploadedAt, now) < MEDIA_LIFE_SECONDS;
}

/** An insertion that is due may have to stop before anything is sent: the outcome to record instead, or null. */
export function stopBeforeSending(insertion: Insertion, crashes: number, now: Date, policy: Policy): Outcome | null {
  if (insertion.state === 'sending') return { kind: 'orphaned' };
  if (crashes >= 3) return { kind: 'needsHuman', reason: 'crashed_repeatedly' };
  if (insertion.doubtSince) {
    if (policy.inDoubt === 'manual') return { kind: 'needsHuman', reason: 'in_doubt' };
    if (insertion.probes >= policy.probeSchedule.length) return { kind: 'needsHuman', reason: 'probes_exhausted' };
    if (secondsBetween(insertion.doubtSince, now) > DOUBT_LIMIT_SECONDS) {
      return { kind: 'needsHuman', reason: 'doubt_aged' };
    }
  }
  const { waitingSince } = insertion;
  if (waitingSince && secondsBetween(waitingSince, now) > policy.authorizationDeadlineSeconds) {
    return { kind: 'refused', code: 'authorization_missing' };
  }
  return null;
}

/** The write-ahead: from here on an insert may be on the wire. */
export function startSending(insertion: Insertion): Insertion {
  return { ...insertion, state: 'sending', probes: insertion.probes + (insertion.doubtSince ? 1 : 0), dueIn: null };
}

/**
 * The only function that changes `state`. Pure: what was true, what happened, and when give what is true now.
 * An answer speaks only about its own attempt; an earlier doubt ends by {0, order consumed, evidence, a person} alone.
 */
export function advance(insertion: Insertion, outcome: Outcome, now: Date, policy: Policy): Insertion {
  switch (outcome.kind) {
    case 'uploaded':
      return {
        ...insertion,
        state: insertion.doubtSince || insertion.waitingSince ? insertion.state : 'uploaded',
        mediaId: outcome.mediaId,
        tripMediaId: outcome.tripMediaId,
        uploadedAt: outcome.startedAt,
      };
    case 'inserted':
      return inserted(insertion, outcome.cardCode, outcome.openid, outcome.unionid);
    case 'orderConsumed':
      if (insertion.doubtSince) return inserted(insertion, null, null, null);
      return toHuman(insertion, 'order_consumed_elsewhere');
    case 'invoiceInWallet':
      if (!insertion.doubtSince) return toHuman(insertion, 'invoice_in_a_wallet');
      return { ...insertion, state: 'likely_inserted', dueIn: untilProbe(insertion, policy) };
    case 'unclear':
      if (insertion.doubtSince && outcome.unknownCode) return toHuman(insertion, 'unknown_answer');
      return inDoubt(insertion, now, policy);
    case 'orphaned':
      return inDoubt(insertion, now, policy);
    case 'later':
      return later(insertion, outcome, policy);
    case 'tokenRefused':
    case 'held':
      // Due at once: a held order is passed over until its hold is lifted.
      return waiting(insertion, 0);
    case 'mediaGone':
      if (insertion.reuploads > 0) return toHuman(insertion, 'media_gone');
      return { ...withoutMedia(waiting(insertion, 0)), reuploads: insertion.reuploads + 1 };
    case 'awaitingAuthorization':
      return awaitingAuthorization(insertion, now, policy);
    case 'refused':
      if (insertion.doubtSince) return toHuman(insertion, 'contradiction');
      return ended(insertion, 'refused', outcome.code);
    case 'rejected':
      if (insertion.doubtSince) return toHuman(insertion, 'contradiction');
      return ended(insertion, 'rejected', outcome.code);
    case 'needsHuman':
      return toHuman(outcome.doubtful ? doubted(insertion, now) : insertion, outcome.reason);
  }
}

function inserted(insertion: Insertion, cardCode: string | null, openid: string | null, unionid: string | null) {
  return {
    ...ended(insertion, 'inserted', null),
    cardCode,
    cardCodeState: cardCode === null ? ('unknown' as const) : ('known' as const),
    openid,
    unionid,
  };
}

/** No probe before the quiet period that follows this attempt's end has passed. */
function inDoubt(insertion: Insertion, now: Date, policy: Policy): Insertion {
  return { ...doubted(insertion, now), state: 'in_doubt', dueIn: untilProbe(insertion, policy) };
}

function doubted(insertion: Insertion, now: Date): Insertion {
  return { ...insertion, doubtSince: insertion.doubtSince ?? now };
}

function untilProbe({ probes }: Insertion, { quietSeconds, probeSchedule, jitter }: Policy): number {
  return quietSeconds + (waitAfter(probeSchedule, probes + 1, jitter) ?? 0);
}

function later(insertion: Insertion, outcome: Outcome & { kind: 'later' }, policy: Policy): Insertion {
  if (!outcome.counted) return waiting(insertion, outcome.wait);
  const tries = insertion.tries + 1;
  const wait = waitAfter(policy.retrySchedule, tries, policy.jitter);
  if (wait === undefined) return { ...toHuman(insertion, 'retries_exhausted'), tries };
  return { ...waiting(insertion, Math.max(wait, outcome.wait)), tries };
}

/**
 * Back to where it stood before this attempt, due again after `seconds`. An attempt that was not executed tells nothing
 * about a doubt: it does not count as a probe.
 */
function waiting(insertion: Insertion, seconds: number): Insertion {
  const state = insertion.doubtSince
    ? 'in_doubt'
    : insertion.waitingSince
      ? 'awaiting_authorization'
      : insertion.mediaId
        ? 'uploaded'
        : 'accepted';
  const wasted = insertion.state === 'sending' && insertion.doubtSince ? 1 : 0;
  return { ...insertion, state, probes: insertion.probes - wasted, dueIn: seconds };
}

function withoutMedia(insertion: Insertion): Insertion {
  const state = insertion.state === 'uploaded' ? 'accepted' : insertion.state;
  return { ...insertion, state, mediaId: null, tripMediaId: null, uploadedAt: null };
}

function awaitingAuthorization(insertion: Insertion, now: Date, policy: Policy): Insertion {
  // After a doubt "never authorised" is a hint that nothing was inserted, never proof.
  if (insertion.doubtSince) return { ...insertion, state: 'in_doubt', dueIn: untilProbe(insertion, policy) };
  return {
    ...insertion,
    state: 'awaiting_authorization',
    waitingSince: insertion.waitingSince ?? now,
    authorizationChecks: insertion.authorizationChecks + 1,
    dueIn: waitForAuthorization(insertion.authorizationChecks),
  };
}

function toHuman(insertion: Insertion, reason: string): Insertion {
  return { ...insertion, state: 'needs_human', reason, dueIn: null };
}

function ended(insertion: Insertion, state: 'inserted' | 'refused' | 'rejected', reason: string | null): Insertion {
  return { ...insertion, state, reason, doubtSince: null, dueIn: null };
}

function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}
