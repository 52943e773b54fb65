import { createHash, createHmac } from 'node:crypto';

/** One row of the audit trail, without its hashes. */
export interface Entry {
  chain: string;
  seq: number;
  /** ISO 8601 in UTC, to the millisecond. */
  at: string;
  actor: string;
  action: string;
  object: string;
  reason: string | null;
  data: Record<string, unknown>;
}

/** Before the first row. */
export const NOTHING_BEFORE = Buffer.alloc(32);

/** SHA-256 over the hash before and the row. */
export function hashOf({ chain, seq, at, actor, action, object, reason, data }: Entry, previous: Buffer): Buffer {
  const row = [chain, seq, at, actor, action, object, reason, data];
  return createHash('sha256').update(previous).update(JSON.stringify(row, sortedKeys)).digest();
}

/** Which master key signed an anchor, without telling it. */
export function keyIdOf(masterKey: string): string {
  return createHmac('sha256', Buffer.from(masterKey, 'base64'))
    .update('piaoka audit anchor key')
    .digest('hex')
    .slice(0, 16);
}

/** A head, signed: HMAC-SHA256 with a key drawn from the master key, which the database does not hold. */
export function signatureOf(masterKey: string, chain: string, seq: number, sha256: Buffer): Buffer {
  const key = createHmac('sha256', Buffer.from(masterKey, 'base64')).update('piaoka audit anchors').digest();
  return createHmac('sha256', key)
    .update(`${chain}|${seq}|${sha256.toString('hex')}`)
    .digest();
}

/** jsonb gives an object's fields back in an order of its own; the hash must not depend on it. */
function sortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
