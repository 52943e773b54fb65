import { Insertion, InsertionState, waitsAsBefore } from './insertion';

/** What happens to an insertion outside its attempts: acts of people, evidence, what WeChat tells unasked. A closed set. */
export type Settlement =
  /**
   * A person begins a refused order anew, or one that waits for a person without a doubt. Its PDF is uploaded again.
   * `revised`: with other content, which must never follow a doubt.
   */
  | { kind: 'reinserted'; revised?: boolean }
  /** A person saw the card. Its code is null while nobody has read it. */
  | { kind: 'confirmedInserted'; cardCode: string | null }
  /** Two people are sure that there is no card: the same order_id is sent again. */
  | { kind: 'confirmedNotInserted' }
  /** A person gives the order up. After a doubt nobody knows then whether there is a card. */
  | { kind: 'abandoned' }
  /** Evidence says that an order has its card that is in doubt, or was until people denied it. */
  | { kind: 'cardFound'; cardCode: string | null }
  /** The code of a card whose code was unknown. */
  | { kind: 'codeLearnt'; cardCode: string }
  /** The user has authorised at last. */
  | { kind: 'authorized' }
  /** The merchant rejected the user's request with rejectinsert. */
  | { kind: 'rejectedByMerchant' }
  /** 冲红: the card is marked as cancelled at WeChat. */
  | { kind: 'cancelled' };

/** Why a settlement does not apply. `sending`: an attempt is on its way, so nothing outside it may decide. */
export type Inapplicable =
  | 'sending'
  | 'in_doubt'
  | 'no_doubt'
  | 'under_way'
  | 'inserted'
  | 'not_inserted'
  | 'code_known'
  | 'code_unknown'
  | 'not_waiting'
  /** It was in doubt once, or its number is used up: what may lie in a card is only sent again as it was. */
  | 'content_kept'
  | 'ended';

/** Null: it applies. */
export function whyInapplicable(insertion: Insertion, settlement: Settlement): Inapplicable | null {
  if (insertion.state === 'sending') return 'sending';
  const place = placeOf(insertion);
  switch (settlement.kind) {
    case 'reinserted':
      if (place === 'stopped' || insertion.state === 'refused') {
        return settlement.revised && mayHaveCard(insertion) ? 'content_kept' : null;
      }
      return place === 'asked' ? 'in_doubt' : otherwise(place, 'under_way');
    case 'confirmedInserted':
      if (place === 'inserted') return settlement.cardCode && codeIsUnknown(insertion) ? null : 'inserted';
      if (place === 'doubtful' || place === 'asked' || place === 'stopped') return null;
      return place === 'under_way' && insertion.doubtSince ? null : otherwise(place, 'no_doubt');
    case 'confirmedNotInserted':
      if (place === 'asked') return null;
      return place === 'doubtful' ? 'under_way' : otherwise(place, 'no_doubt');
    case 'abandoned':
      return place === 'asked' || place === 'stopped' ? null : otherwise(place, 'under_way');
    case 'cardFound':
      if (place === 'doubtful' || place === 'asked') return null;
      return (insertion.doubtDenied || insertion.doubtSince) && (place === 'under_way' || place === 'stopped')
        ? null
        : otherwise(place, 'no_doubt');
    case 'codeLearnt':
      if (place !== 'inserted') return 'not_inserted';
      return codeIsUnknown(insertion) ? null : 'code_known';
    case 'authorized':
      return insertion.state === 'awaiting_authorization' && place !== 'doubtful' ? null : 'not_waiting';
    case 'rejectedByMerchant':
      return place === 'under_way' || place === 'stopped' ? null : otherwise(place, 'in_doubt');
    case 'cancelled':
      if (place !== 'inserted') return place === 'ended' ? 'ended' : 'not_inserted';
      return codeIsUnknown(insertion) ? 'code_unknown' : null;
  }
}

/**
 * What is true after a settlement. One that does not apply changes nothing. `quietLeft`: seconds in which nothing may be
 * sent yet. Called by `advance` alone.
 */
export function settled(insertion: Insertion, settlement: Settlement, quietLeft: number): Insertion {
  if (whyInapplicable(insertion, settlement)) return insertion;
  switch (settlement.kind) {
    case 'reinserted':
      return { ...begun({ ...insertion, mediaId: null, tripMediaId: null, uploadedAt: null }), reinserted: true };
    case 'confirmedNotInserted':
      return { ...begun(insertion), doubtSince: null, doubtRestored: false, doubtDenied: true };
    case 'authorized':
      return { ...begun(insertion), tries: insertion.tries, reuploads: insertion.reuploads, dueIn: quietLeft };
    case 'confirmedInserted':
    case 'cardFound':
    case 'codeLearnt':
      return withCard(insertion, settlement.cardCode);
    case 'abandoned':
      // The doubt stays: it is the difference between "there is no card" and "nobody knows".
      return { ...insertion, state: 'rejected', reason: 'abandoned', dueIn: null };
    case 'rejectedByMerchant':
      return { ...insertion, state: 'rejected', reason: 'rejected_by_merchant', waitingSince: null, dueIn: null };
    case 'cancelled':
      return { ...insertion, state: 'cancelled', dueIn: null };
  }
}

/** stopped: waits for a person, and no card can exist · asked: waits for a person to settle a doubt. */
type Place = 'under_way' | 'doubtful' | 'asked' | 'stopped' | 'inserted' | 'ended';

function placeOf(insertion: Insertion): Place {
  const { state, doubtSince } = insertion;
  const places: Partial<Record<InsertionState, Place>> = {
    in_doubt: 'doubtful',
    likely_inserted: 'doubtful',
    needs_human: doubtSince ? 'asked' : 'stopped',
    inserted: 'inserted',
    refused: 'ended',
    rejected: 'ended',
    cancelled: 'ended',
  };
  // After a restored backup any order that is under way is doubtful, unless it waits for its user.
  return places[state] ?? (doubtSince && !waitsAsBefore(insertion) ? 'doubtful' : 'under_way');
}

function otherwise(place: Place, reason: Inapplicable): Inapplicable {
  return place === 'inserted' || place === 'ended' ? place : place === 'doubtful' ? 'in_doubt' : reason;
}

/**
 * An invoice may go into another order's card, and an order may get another invoice, only where this one certainly lies in
 * no card of this order.
 */
export function isFree(insertion: Insertion): boolean {
  const { state, doubtSince, orderConsumed } = insertion;
  return state === 'cancelled' || ((state === 'rejected' || state === 'refused') && !doubtSince && !orderConsumed);
}

/** What was ever in doubt, whoever denied it, or is known to be used up. */
function mayHaveCard({ doubtSince, doubtDenied, orderConsumed }: Insertion): boolean {
  return doubtSince !== null || doubtDenied || orderConsumed;
}

function codeIsUnknown({ cardCodeState }: Insertion): boolean {
  return cardCodeState === 'unknown';
}

/** Due now, as if nothing had been tried. */
function begun(insertion: Insertion): Insertion {
  return {
    ...insertion,
    state: insertion.mediaId ? 'uploaded' : 'accepted',
    reason: null,
    tries: 0,
    probes: 0,
    authorizationChecks: 0,
    reuploads: 0,
    waitingSince: null,
    dueIn: 0,
  };
}

function withCard(insertion: Insertion, cardCode: string | null): Insertion {
  return {
    ...insertion,
    state: 'inserted',
    reason: null,
    doubtSince: null,
    doubtRestored: false,
    cardCode,
    cardCodeState: cardCode === null ? 'unknown' : 'known',
    dueIn: null,
  };
}
