import { Insertion, Policy, secondsBetween, waitsAsBefore } from './insertion';
import { Outcome } from './outcome';
import { waitAfter, waitForAuthorization } from './retry';
import { Settlement, settled } from './settlement';

const DOUBT_LIMIT_SECONDS = 24 * 3600;

/** An insertion that is due may have to stop before anything is sent: the outcome to record instead, or null. */
export function stopBeforeSending(insertion: Insertion, crashes: number, now: Date, policy: Policy): Outcome | null {
  if (insertion.state === 'sending') return { kind: 'orphaned' };
  if (crashes >= 3) return { kind: 'needsHuman', reason: 'crashed_repeatedly' };
  if (insertion.doubtSince) {
    if (policy.inDoubt === 'manual') return { kind: 'needsHuman', reason: 'in_doubt' };
  }
  if (insertion.doubtSince && !waitsAsBefore(insertion)) {
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
  const probes = insertion.probes + (isProbe(insertion) ? 1 : 0);
  return { ...insertion, state: 'sending', probes, dueIn: null, reinserted: false };
}

/** An attempt under a doubt asks whether there is a card. */
function isProbe(insertion: Insertion): boolean {
  return insertion.doubtSince !== null && !waitsAsBefore(insertion);
}

/** Seconds that a doubt must still be left alone: whatever was sent before it may yet be executed. */
export function quietLeft({ doubtSince }: Insertion, now: Date, quietSeconds: number): number {
  return doubtSince ? Math.max(0, quietSeconds - secondsBetween(doubtSince, now)) : 0;
}

/**
 * The only function that changes `state`. Pure: what was true, what happened, and when give what is true now.
 * An answer speaks only about its own attempt; an earlier doubt ends by {0, order consumed, evidence, a person} alone.
 * What people ended is not forgotten: "order consumed" then still means that the card is this order's.
 */
export function advance(insertion: Insertion, outcome: Outcome | Settlement, now: Date, policy: Policy): Insertion {
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
      if (insertion.doubtSince || insertion.doubtDenied) return inserted(insertion, null, null, null);
      if (outcome.forgotten) return { ...inserted(insertion, null, null, null), reason: 'inserted_before_restore' };
      return toHuman({ ...insertion, orderConsumed: true }, 'order_consumed_elsewhere');
    case 'invoiceInWallet':
      if (!insertion.doubtSince && !insertion.doubtDenied) return toHuman(insertion, 'invoice_in_a_wallet');
      return { ...doubted(insertion, now), state: 'likely_inserted', dueIn: untilProbe(insertion, policy) };
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
      // Its user never came. The doubt stays: its invoice goes into no other order's card by itself.
      if (waitsAsBefore(insertion) && outcome.code === 'authorization_missing') {
        return { ...insertion, state: 'refused', reason: outcome.code, dueIn: null };
      }
      if (insertion.doubtSince) return toHuman(insertion, 'contradiction');
      return ended(insertion, 'refused', outcome.code);
    case 'rejected':
      if (insertion.doubtSince) return toHuman(insertion, 'contradiction');
      return ended(insertion, 'rejected', outcome.code);
    case 'needsHuman':
      return toHuman(outcome.doubtful ? doubted(insertion, now) : insertion, outcome.reason);
    default:
      return settled(insertion, outcome, quietLeft(insertion, now, policy.quietSeconds));
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
  return { ...insertion, doubtSince: insertion.doubtSince ?? now, doubtRestored: false };
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
  const state = isProbe(insertion)
    ? 'in_doubt'
    : insertion.waitingSince
      ? 'awaiting_authorization'
      : insertion.mediaId
        ? 'uploaded'
        : 'accepted';
  const wasted = insertion.state === 'sending' && isProbe(insertion) ? 1 : 0;
  return { ...insertion, state, probes: insertion.probes - wasted, dueIn: seconds };
}

function withoutMedia(insertion: Insertion): Insertion {
  const state = insertion.state === 'uploaded' ? 'accepted' : insertion.state;
  return { ...insertion, state, mediaId: null, tripMediaId: null, uploadedAt: null };
}

function awaitingAuthorization(insertion: Insertion, now: Date, policy: Policy): Insertion {
  // After a doubt "never authorised" is a hint that nothing was inserted, never proof.
  if (insertion.doubtSince && !insertion.doubtRestored) {
    return { ...insertion, state: 'in_doubt', dueIn: untilProbe(insertion, policy) };
  }
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
  return { ...insertion, state, reason, doubtSince: null, doubtRestored: false, dueIn: null };
}
