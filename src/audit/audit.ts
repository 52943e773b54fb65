import { PoolClient } from 'pg';
import { Entry, hashOf, NOTHING_BEFORE } from './chain';

/** An act of a person or a key. Never holds personal data or secrets. */
export interface Act {
  /** The merchant concerned; null: the installation. */
  merchantId: string | null;
  /** Who: the operator's or key's name; `piaoka` where the service acts by itself. */
  actor: string;
  /** What, as `noun.verb`: `hold.lifted`. */
  action: string;
  /** On what, e.g. a hold's or an order's id. */
  object: string;
  reason: string | null;
  data: Record<string, unknown>;
}

export const INSTALLATION = '00000000-0000-0000-0000-000000000000';

/**
 * Writes an act into its chain, in the transaction of the act itself. Each row's hash covers the row and the hash before
 * it; writers of one chain take turns, because two at once would fork it. It goes on from the chain's head and not from
 * the last row that is there: rows that were removed leave a gap for ever.
 */
export async function audit(client: PoolClient, act: Act): Promise<void> {
  const chain = act.merchantId ?? INSTALLATION;
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('audit|' || $1, 0))`, [chain]);
  const { rows } = await client.query<{ seq: string; sha256: Buffer }>(
    'SELECT seq, sha256 FROM audit_heads WHERE chain = $1',
    [chain],
  );
  const previous = rows[0]?.sha256 ?? NOTHING_BEFORE;
  const { actor, action, object, reason } = act;
  // As it will be read back: undefined leaves no trace in JSON.
  const data = JSON.parse(JSON.stringify(act.data)) as Record<string, unknown>;
  const at = new Date();
  const entry: Entry = {
    chain,
    seq: Number(rows[0]?.seq ?? 0) + 1,
    at: at.toISOString(),
    actor,
    action,
    object,
    reason,
    data,
  };
  const sha256 = hashOf(entry, previous);
  await client.query(
    `WITH head AS (
       INSERT INTO audit_heads (chain, seq, sha256) VALUES ($1, $2, $10)
       ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq, sha256 = excluded.sha256)
     INSERT INTO audit (chain, seq, at, actor, action, object, reason, data, previous_sha256, sha256)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [chain, entry.seq, at, actor, action, object, reason, JSON.stringify(data), previous, sha256],
  );
}
