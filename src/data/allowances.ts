import { PoolClient } from 'pg';

export interface Allowance {
  what: string;
  /** So much of it in each period; a single act may take more while nothing of the period is used. */
  most: number;
  periodSeconds: number;
}

/**
 * Takes `amount` from what a merchant has in the present period, all processes together. Null: it had as much; else the
 * seconds until the next period. Where the transaction comes to nothing, nothing was taken.
 */
export async function useAllowance(
  client: PoolClient,
  merchantId: string,
  { what, most, periodSeconds }: Allowance,
  amount = 1,
): Promise<number | null> {
  const { rows } = await client.query<{ over: boolean; left: number }>(
    `INSERT INTO allowances AS a (merchant_id, what, since, used)
     VALUES ($1, $2, date_bin(make_interval(secs => $3), clock_timestamp(), 'epoch'), $4)
     ON CONFLICT (merchant_id, what) DO UPDATE
       SET used = CASE WHEN a.since = excluded.since THEN a.used ELSE 0 END + excluded.used, since = excluded.since
     RETURNING used > $5 AND used > $4 AS over,
               ceil(extract(epoch FROM since + make_interval(secs => $3) - clock_timestamp()))::integer AS left`,
    [merchantId, what, periodSeconds, amount, most],
  );
  const [row] = rows;
  return row?.over ? Math.max(1, row.left) : null;
}
