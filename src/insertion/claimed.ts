import { InsertionRow } from '../data/entities/insertion';
import { Sealer } from '../data/sealed';
import { Insertion } from '../domain/insertion';
import { Invoice } from '../domain/invoice';
import { LostValue } from '../domain/lost-value';
import { PersonalData, PublicInvoice, unite } from '../domain/personal-data';

type OrderColumns =
  | 'appid'
  | 'order_id'
  | 'card_id'
  | 'card_by_default'
  | 'invoice'
  | 'order_person'
  | 'pdf_sha256'
  | 'trip_pdf_sha256'
  | 'canary'
  | 'now';

/** A row as the claim returns it: the insertion with its order. Column names are PostgreSQL's. */
export interface ClaimedRow {
  merchant_id: string;
  id: string;
  created_at: Date;
  issuer_appid: string;
  state: InsertionRow['state'];
  reason: string | null;
  fence: string;
  claimed_by: string;
  attempts: number;
  crashes: number;
  tries: number;
  probes: number;
  authorization_checks: number;
  reuploads: number;
  media_id: string | null;
  trip_media_id: string | null;
  uploaded_at: Date | null;
  doubt_since: Date | null;
  doubt_restored: boolean;
  doubt_denied: boolean;
  order_consumed: boolean;
  reinserted: boolean;
  waiting_since: Date | null;
  card_code: string | null;
  card_code_state: InsertionRow['cardCodeState'];
  person: Buffer | null;
  appid: string;
  order_id: string;
  card_id: string;
  card_by_default: boolean | null;
  invoice: PublicInvoice;
  order_person: Buffer | null;
  pdf_sha256: Buffer;
  trip_pdf_sha256: Buffer | null;
  canary: boolean;
  now: Date;
}

/** An order in one worker's hands. */
export interface Claimed {
  merchantId: string;
  id: string;
  createdAt: Date;
  issuerAppid: string;
  appid: string;
  orderId: string;
  cardId: string;
  /** The card's template is the merchant's default. */
  cardByDefault: boolean;
  invoice: Invoice;
  pdfSha256: Buffer;
  tripPdfSha256: Buffer | null;
  insertion: Insertion;
  /** Its personal data cannot be opened: nothing may be sent, `invoice` lacks them. */
  lost: LostValue | null;
  attempts: number;
  /** Claims in a row that their process left by dying. */
  crashes: number;
  fence: string;
  claimedBy: string;
  /** Let through although its account or merchant is held, to see whether the cause is gone. */
  canary: boolean;
  /** The database's clock at the claim, and this process's monotonic clock (ms) at the same moment. */
  claimedAt: Date;
  claimedAtMonotonic: number;
}

export function claimedFrom(row: ClaimedRow, sealer: Sealer): Claimed {
  const { value: personal, lost } = sealer.opened<PersonalData>(row.order_person, `orders|${row.id}`);
  return {
    merchantId: row.merchant_id,
    id: row.id,
    createdAt: row.created_at,
    issuerAppid: row.issuer_appid,
    appid: row.appid,
    orderId: row.order_id,
    cardId: row.card_id,
    cardByDefault: row.card_by_default === true,
    invoice: unite(row.invoice, personal),
    pdfSha256: row.pdf_sha256,
    tripPdfSha256: row.trip_pdf_sha256,
    insertion: insertionFrom(row),
    lost,
    attempts: row.attempts,
    crashes: row.crashes,
    fence: row.fence,
    claimedBy: row.claimed_by,
    canary: row.canary,
    claimedAt: row.now,
    claimedAtMonotonic: performance.now(),
  };
}

/** The insertion of a row as PostgreSQL returns it. */
export function insertionFrom(row: Omit<ClaimedRow, OrderColumns>): Insertion {
  return {
    state: row.state,
    reason: row.reason,
    tries: row.tries,
    probes: row.probes,
    authorizationChecks: row.authorization_checks,
    reuploads: row.reuploads,
    mediaId: row.media_id,
    tripMediaId: row.trip_media_id,
    uploadedAt: row.uploaded_at,
    doubtSince: row.doubt_since,
    doubtRestored: row.doubt_restored,
    doubtDenied: row.doubt_denied,
    orderConsumed: row.order_consumed,
    waitingSince: row.waiting_since,
    cardCode: row.card_code,
    cardCodeState: row.card_code_state,
    // Known only from the answer that ends the insertion; an insertion that can be claimed has none.
    openid: null,
    unionid: null,
    dueIn: null,
    reinserted: row.reinserted,
  };
}

/** What a row takes of an insertion; a statement reads of it what it writes. */
export function columnsOf(next: Insertion): Record<string, unknown> {
  return {
    state: next.state,
    reason: next.reason,
    due_in: next.dueIn,
    tries: next.tries,
    probes: next.probes,
    authorization_checks: next.authorizationChecks,
    reuploads: next.reuploads,
    media_id: next.mediaId,
    trip_media_id: next.tripMediaId,
    uploaded_at: next.uploadedAt,
    doubt_since: next.doubtSince,
    doubt_restored: next.doubtRestored,
    doubt_denied: next.doubtDenied,
    order_consumed: next.orderConsumed,
    reinserted: next.reinserted,
    waiting_since: next.waitingSince,
    card_code: next.cardCode,
    card_code_state: next.cardCodeState,
  };
}

/** The present instant by the database's clock, kept by this process's monotonic one. */
export function databaseNow(claimed: Claimed): Date {
  return new Date(claimed.claimedAt.getTime() + performance.now() - claimed.claimedAtMonotonic);
}
