import { createHash, createHmac, randomBytes } from 'node:crypto';
import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { inTransaction } from '../data/statement';
import { Caller, Merchants } from '../merchants/merchants';

/** Seconds, as WeChat's own tokens. */
export const TOKEN_LIFE = 7200;
/** A key may force a new token this often, as WeChat's force_refresh. */
const FORCE_GAP = '30 seconds';

/** Whom a token stands for, and in which of his accounts it was asked for. */
export interface Holder {
  caller: Caller;
  appid: string;
}

/**
 * Tokens for callers who speak WeChat's dialect: random, bound to the key that asked, worth as much as it and no longer.
 * WeChat's own tokens never leave the service.
 */
export class GatewayTokens {
  constructor(
    private readonly dataSource: DataSource,
    private readonly merchants: Merchants,
  ) {}

  async issue(caller: Caller, appid = caller.appid): Promise<string> {
    const token = fresh();
    await this.dataSource.query(INSERT, [sha256(token), caller.keyId, false, TOKEN_LIFE, appid]);
    return token;
  }

  /**
   * The token of a key and account that whoever asks is given again, as WeChat's stable_token does, until its last five
   * minutes; `force` ends it, and the key's others, unless the key forced one a moment ago. It is made from the key itself, which its caller has
   * just shown, and from when it began, so that no token has to be kept to be given again.
   */
  async stable({ caller, appid }: Holder, secret: string, force: boolean): Promise<{ token: string; life: number }> {
    return inTransaction(this.dataSource, async (client) => {
      await lockKey(client, caller);
      const isForced = force && !(await forcedLately(client, caller));
      if (isForced) await client.query('DELETE FROM gateway_tokens WHERE key_id = $1', [caller.keyId]);
      const standing = await client.query<{ began: string; life: number }>(STANDING, [caller.keyId, appid]);
      const [row] = standing.rows;
      if (row) return { token: madeOf(secret, row.began), life: row.life };
      const { rows } = await client.query<{ began: string }>(`SELECT ${BEGAN('clock_timestamp()')} AS began`);
      const { began } = rows[0] as { began: string };
      const token = madeOf(secret, began);
      await client.query(INSERT_STABLE, [sha256(token), caller.keyId, isForced, TOKEN_LIFE, appid, began]);
      return { token, life: TOKEN_LIFE };
    });
  }

  /** A new token that ends those before it; null where the key forced one a moment ago. */
  async force(caller: Caller): Promise<string | null> {
    return inTransaction(this.dataSource, async (client) => {
      await lockKey(client, caller);
      if (await forcedLately(client, caller)) return null;
      await client.query('DELETE FROM gateway_tokens WHERE key_id = $1', [caller.keyId]);
      const token = fresh();
      await client.query(INSERT, [sha256(token), caller.keyId, true, TOKEN_LIFE, caller.appid]);
      return token;
    });
  }

  /** Who a token stands for; null when it is unknown or over, or its key is. */
  async holderOf(token: string | undefined): Promise<Holder | null> {
    if (!token) return null;
    const [row] = await this.dataSource.query<{ key_id: string; appid: string | null }[]>(
      'SELECT key_id, appid FROM gateway_tokens WHERE token_sha256 = $1 AND expires_at > clock_timestamp()',
      [sha256(token)],
    );
    const caller = row ? await this.merchants.callerOfKey(row.key_id) : null;
    return caller && { caller, appid: row?.appid ?? caller.appid };
  }

  async callerOf(token: string | undefined): Promise<Caller | null> {
    return (await this.holderOf(token))?.caller ?? null;
  }
}

/** A recurring job: what is over says nothing any more. */
export async function forgetGatewayTokens(dataSource: DataSource): Promise<void> {
  await dataSource.query('DELETE FROM gateway_tokens WHERE expires_at < now()');
}

const INSERT = `INSERT INTO gateway_tokens (token_sha256, key_id, forced, expires_at, appid)
  VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4), $5)`;

/** To the microsecond, and without a time zone. */
const BEGAN = (at: string) => `extract(epoch FROM ${at})::numeric(20, 6)::text`;
/** A stable token that has more than its last five minutes before it. */
const STANDING = `SELECT ${BEGAN('issued_at')} AS began,
         floor(extract(epoch FROM expires_at - clock_timestamp()))::integer AS life
    FROM gateway_tokens
   WHERE key_id = $1 AND appid = $2 AND stable AND expires_at > clock_timestamp() + interval '5 minutes'
   ORDER BY issued_at DESC LIMIT 1`;
const INSERT_STABLE = `INSERT INTO gateway_tokens (token_sha256, key_id, forced, stable, appid, issued_at, expires_at)
  VALUES ($1, $2, $3, true, $5, to_timestamp($6::numeric), to_timestamp($6::numeric) + make_interval(secs => $4))`;

async function lockKey(client: PoolClient, { keyId }: Caller): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('gateway|' || $1, 0))`, [keyId]);
}

async function forcedLately(client: PoolClient, { keyId }: Caller): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT FROM gateway_tokens WHERE key_id = $1 AND forced AND issued_at > clock_timestamp() - interval '${FORCE_GAP}'`,
    [keyId],
  );
  return rows.length > 0;
}

function madeOf(secret: string, began: string): string {
  return `gw_${createHmac('sha384', secret).update(`stable|${began}`).digest('base64url')}`;
}

function fresh(): string {
  return `gw_${randomBytes(48).toString('base64url')}`;
}

function sha256(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
