import { PoolClient } from 'pg';
import { OperatorRole } from '../data/entities/operator';
import { toShanghai } from '../domain/shanghai';
import { Place } from '../http/query';
import { AnyKeyView, KeyHolder } from './keys.api';

/** A key of a merchant or of an operator, without anything of the key. */
export interface AnyKeyRow {
  id: string;
  holder: KeyHolder;
  name: string;
  merchant_id: string | null;
  label: string | null;
  scopes: string[] | null;
  role: OperatorRole | null;
  live: boolean;
  created_at: Date;
  /** With all its digits. */
  created_at_text: string;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
}

export interface KeyFilter {
  holder?: KeyHolder;
  merchantId?: string;
  live?: boolean;
  limit: number;
  after?: Place;
}

/** Newest first, the dead ones too: they tell who could do what. One more than the limit says that there is another page. */
export async function listAllKeys(client: PoolClient, filter: KeyFilter): Promise<AnyKeyRow[]> {
  const { holder, merchantId, live, limit, after } = filter;
  const { rows } = await client.query<AnyKeyRow>(
    `SELECT keys.*, created_at::text AS created_at_text FROM (
       SELECT k.id, 'merchant' AS holder, m.name, k.merchant_id, k.label, k.scopes, NULL AS role, k.created_at, k.expires_at,
              k.revoked_at, k.last_used_at, k.revoked_at IS NULL AND coalesce(k.expires_at > now(), true) AS live
         FROM merchant_keys k JOIN merchants m ON m.id = k.merchant_id
       UNION ALL
       SELECT id, 'operator', name, NULL, NULL, NULL, role, created_at, NULL, revoked_at, NULL, revoked_at IS NULL
         FROM operators WHERE key_sha256 IS NOT NULL) keys
      WHERE ($1::text IS NULL OR holder = $1) AND ($2::uuid IS NULL OR merchant_id = $2)
        AND ($3::boolean IS NULL OR live = $3)
        AND ($4::timestamptz IS NULL OR (created_at, id) < ($4, $5::uuid))
      ORDER BY created_at DESC, id DESC LIMIT $6`,
    [holder ?? null, merchantId ?? null, live ?? null, after?.createdAt ?? null, after?.id ?? null, limit + 1],
  );
  return rows;
}

export function anyKeyView(row: AnyKeyRow): AnyKeyView {
  const { id, holder, name, merchant_id: merchant, label, scopes, role, live } = row;
  const { created_at, expires_at, revoked_at, last_used_at } = row;
  return {
    ...{ id, holder, name, merchant, label, scopes, role, live },
    created_at: toShanghai(created_at),
    expires_at: expires_at && toShanghai(expires_at),
    revoked_at: revoked_at && toShanghai(revoked_at),
    last_used_at: last_used_at && toShanghai(last_used_at),
  };
}
