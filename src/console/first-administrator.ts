import { PoolClient } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { audit } from '../audit/audit';

const NAME = 'bootstrap administrator';

/**
 * The first administrator, from the environment. Applied at each start; a key that was never seen takes the place of the
 * one before, even where that one was revoked. A key that was revoked, or replaced, is not taken again.
 */
export async function applyAdministratorKey(client: PoolClient, keySha256: Buffer): Promise<'applied' | 'dead'> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('bootstrap administrator', 0))`);
  const { rows: owners } = await client.query<{ lives: boolean }>(
    `SELECT key_sha256 = $1 AND revoked_at IS NULL AS lives FROM operators WHERE key_sha256 = $1 OR $1 = ANY (former_keys)`,
    [keySha256],
  );
  if (owners.length > 0) return owners.some(({ lives }) => lives) ? 'applied' : 'dead';
  const before = await client.query<{ id: string; revoked: boolean }>(
    'SELECT id, revoked_at IS NOT NULL AS revoked FROM operators WHERE name = $1 FOR UPDATE',
    [NAME],
  );
  const [replaced] = before.rows;
  if (!replaced) {
    await client.query(`INSERT INTO operators (id, name, role, key_sha256) VALUES ($1, $2, 'administrator', $3)`, [
      uuidv7(),
      NAME,
      keySha256,
    ]);
    return 'applied';
  }
  await client.query(
    `UPDATE operators SET key_sha256 = $2, key_made_at = now(), revoked_at = NULL,
            former_keys = array_remove(former_keys || key_sha256, NULL) WHERE id = $1`,
    [replaced.id, keySha256],
  );
  await audit(client, {
    merchantId: null,
    actor: 'piaoka',
    action: 'operator.key_replaced',
    object: replaced.id,
    reason: 'BOOTSTRAP_ADMIN_KEY',
    data: { name: NAME, was_revoked: replaced.revoked },
  });
  return 'applied';
}
