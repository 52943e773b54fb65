import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { RunSource, RunState } from '../data/entities/reconciliation';
import { asEngine } from '../data/statement';

/** A run as stored. Column names are PostgreSQL's. */
export interface RunRow {
  id: string;
  merchant_id: string | null;
  source: RunSource;
  requested_by: string;
  scheduled_for: Date | null;
  from_at: Date | null;
  to_at: Date | null;
  statement_sha256: Buffer | null;
  statement_lines: number | null;
  state: RunState;
  step: number;
  place: unknown;
  counts: Record<string, number>;
  claims: number;
  claimed_by: string | null;
  error: string | null;
  created_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
}

/** A merchant's statement whose lines are stored under the run's id. */
export interface ReceivedStatement {
  sha256: Buffer;
  lines: number;
}

export interface RunRequest {
  /** Given where a lost answer must find its run again. */
  id?: string;
  merchantId: string | null;
  source: RunSource;
  requestedBy: string;
  from: Date | null;
  to: Date | null;
  scheduledFor?: Date;
  statement?: ReceivedStatement;
}

/** How long a run belongs to the process that works on it, from the last page on. A page takes a fraction of it. */
const LEASE_SECONDS = 120;
/** A run that is begun this often without getting on by a page is given up. */
const MAX_CLAIMS = 10;
/** A run that met an error is gone on with after this. */
const PAUSE_SECONDS = 30;

/** Null: there is a run for that time already. */
export async function createRun(client: PoolClient, request: RunRequest): Promise<RunRow | null> {
  const { id = uuidv7(), merchantId, source, requestedBy, from, to, scheduledFor = null, statement } = request;
  const { rows } = await client.query<RunRow>(
    `INSERT INTO reconciliation_runs (id, merchant_id, source, requested_by, from_at, to_at, scheduled_for, statement_sha256, statement_lines)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING *`,
    [id, merchantId, source, requestedBy, from, to, scheduledFor, statement?.sha256 ?? null, statement?.lines ?? null],
  );
  return rows[0] ?? null;
}

/** Newest first; `after` is the id of the last run of the page before. */
export async function listRuns(
  client: PoolClient,
  filter: { merchantId?: string; limit: number; after?: string },
): Promise<RunRow[]> {
  const { rows } = await client.query<RunRow>(
    `SELECT * FROM reconciliation_runs
      WHERE ($1::uuid IS NULL OR merchant_id = $1) AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
    [filter.merchantId ?? null, filter.after ?? null, filter.limit + 1],
  );
  return rows;
}

export async function findRun(client: PoolClient, id: string): Promise<RunRow | null> {
  const { rows } = await client.query<RunRow>('SELECT * FROM reconciliation_runs WHERE id = $1', [id]);
  return rows[0] ?? null;
}

export async function latestScheduled(client: PoolClient): Promise<Date | null> {
  const { rows } = await client.query<{ at: Date | null }>(
    'SELECT max(scheduled_for) AS at FROM reconciliation_runs WHERE scheduled_for IS NOT NULL',
  );
  return rows[0]?.at ?? null;
}

/** Runs in one process's hands. A process that dies loses its lease, and another goes on where it stopped. */
export class ClaimedRuns {
  private readonly owner = uuidv7();

  constructor(private readonly dataSource: DataSource) {}

  /** The oldest run that nobody works on. */
  async claim(): Promise<RunRow | null> {
    return asEngine(this.dataSource, async (client) => {
      const { rows } = await client.query<RunRow>(
        `UPDATE reconciliation_runs
            SET state = CASE WHEN claims >= $3 THEN 'failed' ELSE 'running' END,
                error = CASE WHEN claims >= $3 THEN coalesce(error, 'given up after many crashes') ELSE error END,
                ended_at = CASE WHEN claims >= $3 THEN clock_timestamp() END,
                claims = claims + 1, claimed_by = $1, started_at = coalesce(started_at, clock_timestamp()),
                lease_until = clock_timestamp() + make_interval(secs => $2)
          WHERE id = (SELECT id FROM reconciliation_runs
                       WHERE state = 'queued' OR (state = 'running' AND lease_until < now())
                       ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING *`,
        [this.owner, LEASE_SECONDS, MAX_CLAIMS],
      );
      return rows[0] ?? null;
    });
  }

  /** Remembers how far the run came. False: it is another's meanwhile. */
  async keep(client: PoolClient, run: RunRow): Promise<boolean> {
    const { rowCount } = await client.query(
      `UPDATE reconciliation_runs SET step = $3, place = $4, counts = $5, claims = 1, error = NULL,
              lease_until = clock_timestamp() + make_interval(secs => $6)
        WHERE id = $1 AND claimed_by = $2 AND state = 'running'`,
      [run.id, this.owner, run.step, JSON.stringify(run.place ?? null), JSON.stringify(run.counts), LEASE_SECONDS],
    );
    return rowCount === 1;
  }

  async end(run: RunRow): Promise<void> {
    await asEngine(this.dataSource, (client) =>
      client.query(
        `UPDATE reconciliation_runs SET state = 'done', ended_at = clock_timestamp(), lease_until = NULL, counts = $3
          WHERE id = $1 AND claimed_by = $2 AND state = 'running'`,
        [run.id, this.owner, JSON.stringify(run.counts)],
      ),
    );
  }

  /** Most errors pass, as a connection that was cut: the run goes on with the page it was at. */
  async pause(run: RunRow, error: string): Promise<void> {
    await asEngine(this.dataSource, (client) =>
      client.query(
        `UPDATE reconciliation_runs SET error = $3, lease_until = clock_timestamp() + make_interval(secs => $4)
          WHERE id = $1 AND claimed_by = $2 AND state = 'running'`,
        [run.id, this.owner, error, PAUSE_SECONDS],
      ),
    );
  }

  /** Lets go of a run that could not go on now: it is due again at once. */
  async release(run: RunRow): Promise<void> {
    await asEngine(this.dataSource, (client) =>
      client.query('UPDATE reconciliation_runs SET lease_until = now() WHERE id = $1 AND claimed_by = $2', [
        run.id,
        this.owner,
      ]),
    );
  }
}
