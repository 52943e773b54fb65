import { PoolClient } from 'pg';

export interface Allowance {
  what: string;
  /** So much of it in each period; a single act may take more while nothing of the period is used. */
  most: number;
  periodSeconds: number;
}

/**
 * Takes `amount` from what a merchant has in the present period, all processes together. `over`: it had not as much;
 * `endsIn`: seconds until the next period. Where the transaction comes to nothing, nothing was taken.
 */
export async function useAllowance(
  client: PoolClient,
  merchantId: string,
  { what, most, periodSeconds }: Allowance,
  amount = 1,
): Promise<{ over: boolean; endsIn: number }> {
  const { rows } = await client.query<{ over: boolean; endsIn: number }>(
    `INSERT INTO allowances AS a (merchant_id, what, since, used)
     VALUES ($1, $2, date_bin(make_interval(secs => $3), clock_timestamp(), 'epoch'), $4)
     ON CONFLICT (merchant_id, what) DO UPDATE
       SET used = CASE WHEN a.since = excluded.since THEN a.used ELSE 0 END + excluded.used, since = excluded.since
     RETURNING used > $5 AND used > $4 AS over,
               greatest(extract(epoch FROM since + make_interval(secs => $3) - clock_timestamp()), 0.001)::float8 AS "endsIn"`,
    [merchantId, what, periodSeconds, amount, most],
  );
  return rows[0] as { over: boolean; endsIn: number };
}
