import { Webhook } from 'standardwebhooks';
import { toShanghai } from '../domain/shanghai';

/**
 * What can be subscribed to. `unresolved`: nobody knows whether there is a card; never told as `refused`. An authorisation
 * is told once more when the title that its user chose is known.
 */
export const WEBHOOK_TYPES = [
  'invoice.card.inserted',
  'invoice.card.refused',
  'invoice.card.unresolved',
  'invoice.card.awaiting_authorization',
  'invoice.card.cancelled',
  'invoice.card.reimbursement_changed',
  'invoice.authorization.authorized',
  'invoice.authorization.failed',
  'invoice.authorization.rejected',
] as const;
export type WebhookType = (typeof WEBHOOK_TYPES)[number];
export const TEST_TYPE = 'webhook.test';

export interface Message {
  id: string;
  type: string;
  occurredAt: Date;
  sequence: number | null;
  data: Record<string, unknown>;
}

/** The present of an order or an authorisation, complete: of two messages about one the higher sequence is right. */
export function bodyOf({ type, occurredAt, sequence, data }: Message): string {
  const at = toShanghai(occurredAt);
  if (sequence === null) return JSON.stringify({ type, timestamp: at, data });
  const { order_id, appid, state, card_code_state, card_code, reason, errcode, ...further } = data;
  const present = { order_id, appid, state, card_code_state, card_code, reason, errcode, ...further };
  return JSON.stringify({ type, timestamp: at, data: { ...present, occurred_at: at, sequence } });
}

/** Standard Webhooks: one signature a secret, so that a receiver may hold either while they change. */
export function signedHeaders(id: string, body: string, secrets: string[], now: Date): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'Piaoka-Webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  };
}
