import { createHash, randomBytes } from 'node:crypto';
import { PoolClient } from 'pg';
import { audit } from '../audit/audit';
import { By } from './merchant-admin';

/** A key as operators see it: never the key, never its hash. */
export interface KeyRow {
  id: string;
  label: string;
  scopes: string[];
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
}

export interface NewKey {
  id: string;
  label: string;
  scopes: string[];
  expiresAt: Date | null;
}

const COLUMNS = 'id, label, scopes, created_at, expires_at, revoked_at, last_used_at';

/** Newest first, the dead ones too: they tell who could do what. */
export async function listKeys(client: PoolClient, merchantId: string): Promise<KeyRow[]> {
  const { rows } = await client.query<KeyRow>(
    `SELECT ${COLUMNS} FROM merchant_keys WHERE merchant_id = $1 ORDER BY id DESC`,
    [merchantId],
  );
  return rows;
}

/**
 * A new key beside those that live: a merchant rotates by taking the new one into use before the old one is revoked.
 * `secret` is told here and never again; whoever makes it again under its `id` has lost the answer, and gets another.
 */
export async function createKey(
  client: PoolClient,
  merchantId: string,
  { id, label, scopes, expiresAt }: NewKey,
  by: By,
): Promise<{ row: KeyRow; secret: string }> {
  const secret = `pk_${randomBytes(24).toString('hex')}`;
  const { rows } = await client.query<KeyRow>(
    `INSERT INTO merchant_keys (id, merchant_id, key_sha256, label, scopes, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (id) DO UPDATE SET key_sha256 = excluded.key_sha256 RETURNING ${COLUMNS}`,
    [id, merchantId, createHash('sha256').update(secret).digest(), label, scopes, expiresAt],
  );
  const row = rows[0] as KeyRow;
  const data = { label, scopes, expires_at: expiresAt && expiresAt.toISOString() };
  await audit(client, { merchantId, ...by, action: 'key.created', object: row.id, data });
  return { row, secret };
}

/** False: the merchant has no such key that lives. */
export async function revokeKey(client: PoolClient, merchantId: string, id: string, by: By): Promise<boolean> {
  const { rows } = await client.query<{ label: string }>(
    `UPDATE merchant_keys SET revoked_at = now() WHERE id = $1 AND merchant_id = $2 AND revoked_at IS NULL
     RETURNING label`,
    [id, merchantId],
  );
  const [revoked] = rows;
  if (!revoked) return false;
  await audit(client, { merchantId, ...by, action: 'key.revoked', object: id, data: { label: revoked.label } });
  return true;
}
