import { Pool, PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { audit } from '../audit/audit';
import { inTransaction } from '../data/statement';
import { Log } from '../log';

/** Which database this is: cluster, timeline and the database's own oid. Any of them changes when it was restored. */
const IDENTITY = `
  SELECT (SELECT system_identifier FROM pg_control_system())
      || '/' || ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer
      || '/' || (SELECT oid FROM pg_database WHERE datname = current_database()) AS identity`;

/**
 * A database that was restored from a backup, or that lost commits in a failover, does not know what was sent since. So
 * every order that has not come to its end is taken for doubtful: nothing is sent for the quiet period, and "order_id
 * repeated" then means that the card exists. Seen and doubted in one commit: whoever crashes between leaves neither.
 */
export async function doubtAfterRestore(dataSource: DataSource, quietSeconds: number, log: Log): Promise<void> {
  const { rows } = await inTransaction(dataSource, (client) => client.query<{ same: boolean }>(SAME));
  if (rows[0]?.same) return;
  const orders = await inTransaction(dataSource, async (client) => {
    const identity = (await client.query<{ identity: string }>(IDENTITY)).rows[0]?.identity;
    await client.query(`INSERT INTO installation (identity) VALUES ($1) ON CONFLICT DO NOTHING`, [identity]);
    const known = await client.query<{ identity: string }>('SELECT identity FROM installation FOR UPDATE');
    if (known.rows[0]?.identity === identity) return null;
    await client.query('UPDATE installation SET identity = $1, seen_at = now(), restored_at = now()', [identity]);
    await client.query('SET LOCAL ROLE piaoka_engine');
    return doubtEach(client, quietSeconds);
  });
  if (orders === null) return;
  log.warn({ orders }, 'this database was restored or failed over: every open order is treated as doubtful');
}

/**
 * What an operator says after a restore that leaves no trace in the database's identity: a snapshot of its volume, or
 * `pg_restore --clean` into the database that was there. The act goes on the audit trail. Returns how many orders are open.
 */
export function doubtAtWord(dataSource: DataSource, quietSeconds: number, reason: string): Promise<number> {
  return inTransaction(dataSource, async (client) => {
    await client.query('UPDATE installation SET restored_at = now()');
    await client.query('SET LOCAL ROLE piaoka_engine');
    const orders = await doubtEach(client, quietSeconds);
    const actor = 'command line';
    await audit(client, {
      merchantId: null,
      actor,
      action: 'database.restored',
      object: 'orders',
      reason,
      data: { orders },
    });
    return orders;
  });
}

/** Merchants post again what they miss within days. */
const FORGOTTEN = `
  SELECT FROM installation WHERE restored_at <= $1 AND restored_at > now() - interval '7 days'`;

const SAME = `SELECT EXISTS (SELECT FROM installation WHERE identity = (${IDENTITY})) AS same`;

/**
 * A doubt that was there before stays what it was. Fences jump, so that a worker that still holds a row of the lost time finds it taken. Rows that wait for a person go on
 * waiting for one.
 */
async function doubtEach(client: PoolClient, quietSeconds: number): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE insertions
        SET doubt_since = coalesce(doubt_since, clock_timestamp()),
            doubt_restored = doubt_restored OR doubt_since IS NULL, claimed_by = NULL, fence = fence + 1000000,
            due_at = CASE WHEN state <> 'needs_human'
                          THEN greatest(due_at, clock_timestamp() + make_interval(secs => $1)) END
      WHERE state NOT IN ('inserted', 'refused', 'rejected', 'cancelled')`,
    [quietSeconds],
  );
  return rowCount ?? 0;
}

/**
 * A failover may happen under a running process. It breaks every connection, so whenever one had to be opened anew the
 * database's identity is looked at again before anything that was claimed is carried on.
 */
export class RestoreWatch {
  private unsure = true;

  constructor(
    private readonly dataSource: DataSource,
    private readonly quietSeconds: number,
    private readonly log: Log,
  ) {
    const pool = (dataSource.driver as PostgresDriver).master as Pool;
    pool.on('connect', () => this.doubt());
  }

  /** Something broke: behind a pooler this is the only sign of a failover. */
  doubt(): void {
    this.unsure = true;
  }

  /**
   * An order accepted soon after a restore may be one that the lost time knew already and that its merchant posted again.
   */
  async mayHaveForgotten({ createdAt }: { createdAt: Date }): Promise<boolean> {
    const { rows } = await inTransaction(this.dataSource, (client) => client.query(FORGOTTEN, [createdAt]));
    return rows.length > 0;
  }

  async look(): Promise<void> {
    if (!this.unsure) return;
    this.unsure = false;
    try {
      await doubtAfterRestore(this.dataSource, this.quietSeconds, this.log);
    } catch (error) {
      this.unsure = true;
      throw error;
    }
  }
}
