/** One order as both sides tell it: our tables, and the sandbox's own ledger. Times are milliseconds since 1970. */
export interface Story {
  appid: string;
  orderId: string;
  /** Whether a caller was answered 2xx for it. */
  accepted: boolean;
  /** Null: our database does not know it. */
  ours: OurOrder | null;
  cards: SandboxCard[];
  /** Insert requests that reached the sandbox, in the order of their arrival. */
  requests: InsertRequest[];
  /** What the user said; undefined where the sandbox was never told. */
  authorization?: string;
}

export interface OurOrder {
  invoiceNumber: string;
  pdfSha256: string;
  pdfStored: boolean;
  state: string;
  reason: string | null;
  attemptCount: number;
  eventCount: number;
  tries: number;
  cardCode: string | null;
  cardCodeState: string;
  /** Closed ones, by number. */
  attempts: OurAttempt[];
  open: OpenAttempt[];
  events: OurEvent[];
  /** Card codes from answers that came after their lease was lost. */
  lateCodes: string[];
}

export interface OpenAttempt {
  n: number;
  kind: string;
  requestSha256: string;
  startedAt: number;
}

export interface OurAttempt extends OpenAttempt {
  outcome: string;
  sent: string;
  errcode: number | null;
  endedAt: number;
}

export interface OurEvent {
  seq: number;
  at: number;
  type: string;
  data: Record<string, unknown>;
}

export interface SandboxCard {
  code: string;
  order_id: string;
  appid: string;
  billing_no: string;
  billing_code: string;
  pdf_sha256: string;
  /** The request that made it. */
  request_n: number;
}

export interface SandboxRequest {
  n: number;
  at: string;
  path: string;
  appid?: string;
  order_id?: string;
  /** JSON, read. Null where the sandbox keeps it no longer. */
  body: unknown;
  decided: number | null;
  errcode: number | null;
  fault: string | null;
}

/** `GET /ledger` of the sandbox, as far as it matters here. */
export interface SandboxLedger {
  cards: SandboxCard[];
  authorizations: { order_id: string; appid: string | null; state: string }[];
  requests: SandboxRequest[];
}

export interface InsertRequest extends Omit<SandboxRequest, 'at' | 'body'> {
  at: number;
  /** Of the bytes that arrived; undefined where the sandbox keeps them no longer. */
  sha256?: string;
  /** The body without what differs between the attempts of one order: nonce and uploads. */
  content?: string;
}

/** The natural key of an order, for a map. */
export function keyOf(appid: string, orderId: string): string {
  return `${appid}/${orderId}`;
}
