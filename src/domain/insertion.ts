import { Schedule } from './retry';

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
  /** The doubt is that of a restored database alone: no answer about this order was unclear. */
  doubtRestored: boolean;
  /** Two people said after a doubt that there is no card. Kept for ever, because they may err. */
  doubtDenied: boolean;
  /** WeChat has told us without a doubt of ours that this order's number is used up: somewhere there is a card of it. */
  orderConsumed: boolean;
  waitingSince: Date | null;
  cardCode: string | null;
  cardCodeState: CardCodeState;
  openid: string | null;
  unionid: string | null;
  /** Seconds until the next step is due; null: not by itself. */
  dueIn: number | null;
  /** A person began it anew, and no attempt was made since. */
  reinserted: boolean;
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
    doubtRestored: false,
    doubtDenied: false,
    orderConsumed: false,
    waitingSince: null,
    cardCode: null,
    cardCodeState: 'none',
    openid: null,
    unionid: null,
    dueIn: 0,
    reinserted: false,
  };
}

/**
 * It waits for its user, and only the restore of the database makes it doubtful: it is asked about as before. The doubt
 * stays, so that "order consumed" means its card.
 */
export function waitsAsBefore({ doubtSince, doubtRestored, waitingSince }: Insertion): boolean {
  return doubtSince !== null && doubtRestored && waitingSince !== null;
}

/** Whether the uploaded PDF may still be used. */
export function mediaIsFresh({ mediaId, uploadedAt }: Insertion, now: Date): boolean {
  return mediaId !== null && uploadedAt !== null && secondsBetween(uploadedAt, now) < MEDIA_LIFE_SECONDS;
}

export function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}
