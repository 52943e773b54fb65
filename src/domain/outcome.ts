import { Fault } from './fault';

/**
 * What one step of an insertion came to: a closed set. Only {inserted, orderConsumed, invoiceInWallet, unclear,
 * orphaned} may mean that a card exists; every other outcome proves that this call put no card anywhere.
 */
export type Outcome =
  /** setpdf answered: the PDF lies at WeChat for three days from `startedAt`. */
  | { kind: 'uploaded'; mediaId: string; tripMediaId: string | null; startedAt: Date }
  /** insert answered 0. `cardCode` is null when the answer carried none. */
  | { kind: 'inserted'; cardCode: string | null; openid: string | null; unionid: string | null }
  /**
   * 72056, 72018, 72075: this order_id has already been used for a card. `forgotten`: by us, perhaps, in a time that a
   * restored database has lost.
   */
  | { kind: 'orderConsumed'; forgotten?: boolean }
  /** 72042: this invoice already lies in some wallet, not necessarily through us. */
  | { kind: 'invoiceInWallet' }
  /** The call may or may not have been executed. `unknownCode`: WeChat answered a code nobody has documented. */
  | { kind: 'unclear'; reason: string; unknownCode: boolean }
  /** The process that was sending is gone; nobody saw an answer. */
  | { kind: 'orphaned' }
  /** Not executed, worth another try by itself. `counted` failures use up the retry schedule. */
  | { kind: 'later'; reason: string; wait: number; counted: boolean }
  /** 40001 and its like: the call was refused before business logic; with a new token it goes again at once. */
  | { kind: 'tokenRefused' }
  /**
   * The account, not the order, is at fault (configuration, quota): it is paused. `until` where the end is known. `whom`:
   * the order's merchant alone, whose own settings are.
   */
  | {
      kind: 'held';
      reason: string;
      errcode: number | null;
      errmsg: string | null;
      until: Date | null;
      whom?: 'merchant';
    }
  /** The uploaded PDF is gone at WeChat; upload the same bytes once more. */
  | { kind: 'mediaGone' }
  /** The user has not authorised this order (yet). */
  | { kind: 'awaitingAuthorization' }
  /** The data must be fixed. `code` names the refusal; `faults` says what we found before anything was sent. */
  | { kind: 'refused'; code: string; faults?: readonly Fault[] }
  /** The order is dead at WeChat (72035): it was rejected with rejectinsert. */
  | { kind: 'rejected'; code: string }
  /** Only a person can decide. `doubtful`: what happened may have made a card. */
  | { kind: 'needsHuman'; reason: string; doubtful?: boolean };
