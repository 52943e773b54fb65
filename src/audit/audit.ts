import { createHash } from 'node:crypto';
import { PoolClient } from 'pg';

/** An act of a person or a key. Never holds personal data or secrets. */
export interface Act {
  /** The merchant concerned; null: the installation. */
  merchantId: string | null;
  /** Who: the operator's or key's name. */
  actor: string;
  /** What, as `noun.verb`: `hold.lifted`. */
  action: string;
  /** On what, e.g. a hold's or an order's id. */
  object: string;
  reason: string | null;
  data: Record<string, unknown>;
}

const INSTALLATION = '00000000-0000-0000-0000-000000000000';

/**
 * Writes an act into its chain, in the transaction of the act itself. Each row's hash covers the row and the hash before
 * it; writers of one chain take turns, because two at once would fork it.
 */
export async function audit(client: PoolClient, act: Act): Promise<void> {
  const chain = act.merchantId ?? INSTALLATION;
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('audit|' || $1, 0))`, [chain]);
  const { rows } = await client.query<{ seq: string; sha256: Buffer }>(
    'SELECT seq, sha256 FROM audit WHERE chain = $1 ORDER BY seq DESC LIMIT 1',
    [chain],
  );
  const previous = rows[0]?.sha256 ?? Buffer.alloc(32);
  const seq = Number(rows[0]?.seq ?? 0) + 1;
  const at = new Date();
  const { actor, action, object, reason, data } = act;
  const sha256 = hashOf([chain, seq, at.toISOString(), actor, action, object, reason, data], previous);
  await client.query(
    `INSERT INTO audit (chain, seq, at, actor, action, object, reason, data, previous_sha256, sha256)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [chain, seq, at, actor, action, object, reason, JSON.stringify(data), previous, sha256],
  );
}

function hashOf(row: unknown[], previous: Buffer): Buffer {
  return createHash('sha256').update(previous).update(JSON.stringify(row, sortedKeys)).digest();
}

/** jsonb gives an object's fields back in an order of its own; the hash must not depend on it. */
function sortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
