import { DataSource } from 'typeorm';
import { asEngine, inTransaction } from '../data/statement';
import { Log } from '../log';

/** Which database this is: cluster, timeline and the database's own oid. Any of them changes when it was restored. */
const IDENTITY = `
  SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || (SELECT timeline_id FROM pg_control_checkpoint())
      || '/' || (SELECT oid FROM pg_database WHERE datname = current_database()) AS identity`;

/**
 * A database that was restored from a backup, or that lost commits in a failover, does not know what was sent since. So
 * every order that has not come to its end is taken for doubtful: nothing is sent for the quiet period, and "order_id
 * repeated" then means that the card exists.
 */
export async function doubtAfterRestore(dataSource: DataSource, quietSeconds: number, log: Log): Promise<void> {
  const changed = await inTransaction(dataSource, async (client) => {
    const { rows } = await client.query<{ identity: string }>(IDENTITY);
    const identity = rows[0]?.identity as string;
    await client.query(`INSERT INTO installation (identity) VALUES ($1) ON CONFLICT DO NOTHING`, [identity]);
    const known = await client.query<{ identity: string }>('SELECT identity FROM installation FOR UPDATE');
    if (known.rows[0]?.identity === identity) return false;
    await client.query('UPDATE installation SET identity = $1, seen_at = now()', [identity]);
    return true;
  });
  if (!changed) return;
  const orders = await doubtAll(dataSource, quietSeconds);
  log.warn({ orders }, 'this database was restored or failed over: every open order is treated as doubtful');
}

/** Fences jump, so that a worker that still holds a row of the lost time finds it taken. */
export function doubtAll(dataSource: DataSource, quietSeconds: number): Promise<number> {
  return asEngine(dataSource, async (client) => {
    const { rowCount } = await client.query(
      `UPDATE insertions
          SET doubt_since = coalesce(doubt_since, clock_timestamp()), claimed_by = NULL, fence = fence + 1000000,
              due_at = greatest(due_at, clock_timestamp() + make_interval(secs => $1))
        WHERE state NOT IN ('inserted', 'refused', 'rejected', 'cancelled')`,
      [quietSeconds],
    );
    return rowCount ?? 0;
  });
}
