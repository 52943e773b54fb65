import { createHash, randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { inTransaction } from '../data/statement';
import { Caller, Merchants } from '../merchants/merchants';

/** Seconds, as WeChat's own tokens. */
export const TOKEN_LIFE = 7200;
/** A key may force a new token this often, as WeChat's force_refresh. */
const FORCE_GAP = '30 seconds';

/**
 * Tokens for callers who speak WeChat's dialect: random, bound to the key that asked, worth as much as it and no longer.
 * WeChat's own tokens never leave the service.
 */
export class GatewayTokens {
  constructor(
    private readonly dataSource: DataSource,
    private readonly merchants: Merchants,
  ) {}

  async issue(caller: Caller): Promise<string> {
    const token = fresh();
    await this.dataSource.query(INSERT, [sha256(token), caller.keyId, false, TOKEN_LIFE]);
    return token;
  }

  /** A new token that ends those before it; null where the key forced one a moment ago. */
  async force(caller: Caller): Promise<string | null> {
    return inTransaction(this.dataSource, async (client) => {
      await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('gateway|' || $1, 0))`, [caller.keyId]);
      const recent = await client.query(
        `SELECT FROM gateway_tokens WHERE key_id = $1 AND forced AND issued_at > clock_timestamp() - interval '${FORCE_GAP}'`,
        [caller.keyId],
      );
      if (recent.rowCount) return null;
      await client.query('DELETE FROM gateway_tokens WHERE key_id = $1', [caller.keyId]);
      const token = fresh();
      await client.query(INSERT, [sha256(token), caller.keyId, true, TOKEN_LIFE]);
      return token;
    });
  }

  /** Who a token stands for; null when it is unknown or over, or its key is. */
  async callerOf(token: string | undefined): Promise<Caller | null> {
    if (!token) return null;
    const [row] = await this.dataSource.query<{ key_id: string }[]>(
      'SELECT key_id FROM gateway_tokens WHERE token_sha256 = $1 AND expires_at > clock_timestamp()',
      [sha256(token)],
    );
    return row ? this.merchants.callerOfKey(row.key_id) : null;
  }
}

/** A recurring job: what is over says nothing any more. */
export async function forgetGatewayTokens(dataSource: DataSource): Promise<void> {
  await dataSource.query('DELETE FROM gateway_tokens WHERE expires_at < now()');
}

const INSERT = `INSERT INTO gateway_tokens (token_sha256, key_id, forced, expires_at)
  VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))`;

function fresh(): string {
  return `gw_${randomBytes(48).toString('base64url')}`;
}

function sha256(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
