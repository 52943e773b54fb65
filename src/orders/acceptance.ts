import { OrderDraft } from './order-draft';

/** What became of an order that was posted. */
export type Acceptance =
  | ({ kind: 'accepted' } & Kept)
  /** The same content was posted before. */
  | { kind: 'replayed'; id: string }
  /** The order exists with other content; `pointers` says where it differs. */
  | { kind: 'conflict'; pointers: string[] }
  /** Another merchant uses this (appid, order_id). */
  | { kind: 'order_taken' }
  /** The invoice is on its way or inserted; `orderId` names the order where it is the caller's own. */
  | { kind: 'invoice_taken'; orderId: string | null }
  /** `orderId` is on its way or inserted for the sale whose order this one was to replace. */
  | { kind: 'sale_taken'; orderId: string };

export interface Kept {
  id: string;
  createdAt: Date;
  /** order_id of the merchant's order that has this very PDF; null: none. */
  twin: string | null;
}

/** What one post of an order came to, and what others of the same order need to know. */
export interface Found {
  acceptance: Acceptance;
  stored: StoredFirst | null;
}

/** The merchant's order as it was posted first. */
export interface StoredFirst {
  id: string;
  /** Where another post of it differs, by JSON pointer. */
  differs: (other: OrderDraft) => string[];
}
