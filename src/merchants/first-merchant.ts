import { createHash } from 'node:crypto';
import { PoolClient } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { audit } from '../audit/audit';
import { Config } from '../config';
import { MERCHANT_SCOPES } from './merchants';

const BOOTSTRAP = 'bootstrap';

/**
 * The first merchant, from the environment. Applied at each start. What an administrator has changed of the merchant stays
 * until the environment says something new. `dead`: the key was revoked or has expired, and stays so.
 */
export async function applyFirstMerchant(client: PoolClient, config: Config): Promise<'applied' | 'dead' | 'none'> {
  const { BOOTSTRAP_MERCHANT_KEY: key, WECHAT_APPID: issuerAppid } = config;
  if (!key || !issuerAppid) return 'none';
  // Not the repository's upsert: it would give a merchant that exists a new id.
  const [appid, cardId] = [config.BOOTSTRAP_MERCHANT_APPID ?? issuerAppid, config.BOOTSTRAP_CARD_ID];
  const said = JSON.stringify([appid, cardId, issuerAppid]);
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO merchants AS m (id, name, appid, card_id, issuer_appid, from_environment) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (name) DO UPDATE
        SET appid = CASE WHEN m.from_environment = $6 THEN m.appid ELSE $3 END,
            card_id = CASE WHEN m.from_environment = $6 THEN m.card_id ELSE $4 END,
            issuer_appid = CASE WHEN m.from_environment = $6 THEN m.issuer_appid ELSE $5 END,
            from_environment = $6
     RETURNING id`,
    [uuidv7(), BOOTSTRAP, appid, cardId, issuerAppid, said],
  );
  return applyKey(client, (rows[0] as { id: string }).id, createHash('sha256').update(key).digest());
}

/** A key that was never seen takes the place of the one the environment gave before. The merchant's row is locked. */
async function applyKey(client: PoolClient, merchantId: string, keySha256: Buffer): Promise<'applied' | 'dead'> {
  const { rows: known } = await client.query<{ lives: boolean }>(
    `SELECT revoked_at IS NULL AND coalesce(expires_at > now(), true) AS lives FROM merchant_keys WHERE key_sha256 = $1`,
    [keySha256],
  );
  if (known.some(({ lives }) => !lives)) return 'dead';
  await client.query(
    `INSERT INTO merchant_keys AS k (id, merchant_id, key_sha256, label, scopes) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (key_sha256) DO UPDATE SET scopes = $5 WHERE k.merchant_id = $2`,
    [uuidv7(), merchantId, keySha256, BOOTSTRAP, [...MERCHANT_SCOPES]],
  );
  const { rows: replaced } = await client.query<{ id: string }>(
    `UPDATE merchant_keys SET revoked_at = now()
      WHERE merchant_id = $1 AND label = $2 AND key_sha256 <> $3 AND revoked_at IS NULL RETURNING id`,
    [merchantId, BOOTSTRAP, keySha256],
  );
  for (const { id } of replaced) {
    await audit(client, {
      merchantId,
      actor: 'piaoka',
      action: 'key.revoked',
      object: id,
      reason: 'BOOTSTRAP_MERCHANT_KEY',
      data: { label: BOOTSTRAP, replaced: true },
    });
  }
  return 'applied';
}
