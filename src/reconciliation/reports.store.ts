import { PoolClient } from 'pg';
import { ReportDating, ReportFile, ReportState, ReportSummary } from '../data/entities/report';

/** A report as stored. Column names are PostgreSQL's; `day` is a date of Asia/Shanghai. */
export interface ReportRow {
  id: string;
  merchant_id: string;
  merchant_name: string;
  day: string;
  last_day: string | null;
  dated_by: ReportDating;
  requested_by: string;
  requested_at: Date;
  state: ReportState;
  error: string | null;
  as_of: Date | null;
  summary: ReportSummary | null;
  files: ReportFile[] | null;
}

/** What a report came to. `asOf` in whole milliseconds, the moment of its snapshot. */
export interface Made {
  asOf: Date;
  summary: ReportSummary;
  files: ReportFile[];
}

const COLUMNS = `id, merchant_id, (SELECT m.name FROM merchants m WHERE m.id = reports.merchant_id) AS merchant_name, day::text,
  last_day::text, dated_by, requested_by, requested_at, state, error, as_of, summary, files`;
/** A report that fails so often is not tried again; one whose process is killed does not count. */
const MAX_TRIES = 3;

/** What is to be reported, and who asks for it. */
export interface ReportWish {
  id: string;
  merchantId: string;
  days: { first: string; last: string };
  datedBy: ReportDating;
  requestedBy: string;
}

export async function queueReport(
  client: PoolClient,
  { id, merchantId, days, datedBy, requestedBy }: ReportWish,
): Promise<ReportRow> {
  // A request that is repeated after its process died finds the report it had asked for.
  const { rows } = await client.query<ReportRow>(
    `INSERT INTO reports (id, merchant_id, day, last_day, dated_by, requested_by) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (id) DO UPDATE SET requested_by = reports.requested_by RETURNING ${COLUMNS}`,
    [id, merchantId, days.first, days.last === days.first ? null : days.last, datedBy, requestedBy],
  );
  return rows[0] as ReportRow;
}

/** Days that are made up for where nothing ran meanwhile. */
const MOST_DAYS = 35;

/**
 * The reports of each merchant that had orders, day by day from the latest that a schedule has reported to `until`; once a
 * day, however often runs are scheduled or repeated. The very first run reports one day.
 */
export async function queueReportsUntil(client: PoolClient, runId: string, until: string): Promise<number> {
  const { rowCount } = await client.query(
    `WITH days AS (
       SELECT day::date FROM (SELECT coalesce(max(day) + 1, $2) AS first FROM reports WHERE run_id IS NOT NULL) reported,
              generate_series(greatest(first, $2::date - ${MOST_DAYS - 1})::timestamp, $2::date::timestamp, '1 day') AS day
     )
     INSERT INTO reports (id, merchant_id, day, requested_by, run_id)
     SELECT piaoka_time_id(), m.id, day, 'schedule', $1 FROM merchants m CROSS JOIN days
      WHERE EXISTS (SELECT FROM orders o WHERE o.merchant_id = m.id AND ${ofTheDay('o.created_at', 'day')})
     ON CONFLICT DO NOTHING`,
    [runId, until],
  );
  return rowCount ?? 0;
}

/** The oldest report that is still to be made. Its lock lasts as long as the transaction: who dies lets go of it. */
export async function lockQueued(client: PoolClient): Promise<ReportRow | null> {
  const { rows } = await client.query<ReportRow>(
    `SELECT ${COLUMNS} FROM reports WHERE state = 'queued' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`,
  );
  return rows[0] ?? null;
}

/** Sweeps away the parts of a try whose process died before the report was done. */
export async function beginReport(client: PoolClient, id: string, asOf: Date): Promise<void> {
  await client.query('DELETE FROM report_parts WHERE report_id = $1', [id]);
  await client.query('UPDATE reports SET as_of = $2 WHERE id = $1', [id, asOf]);
}

/** False: another process has begun it again meanwhile, and its parts are those that are stored. */
export async function finishReport(client: PoolClient, id: string, made: Made): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE reports SET state = 'done', summary = $3, files = $4, error = NULL
      WHERE id = $1 AND state = 'queued' AND as_of = $2`,
    [id, made.asOf, JSON.stringify(made.summary), JSON.stringify(made.files)],
  );
  return rowCount === 1;
}

export async function noteFailure(client: PoolClient, id: string, error: string): Promise<void> {
  await client.query(
    `UPDATE reports SET tries = tries + 1, error = $2,
            state = CASE WHEN tries + 1 >= ${MAX_TRIES} THEN 'failed' ELSE 'queued' END WHERE id = $1 AND state = 'queued'`,
    [id, error],
  );
}

/** Newest first; `after` is the id of the last report of the page before. */
export async function listReports(
  client: PoolClient,
  filter: { merchantId?: string; day?: string; limit: number; after?: string },
): Promise<ReportRow[]> {
  const { rows } = await client.query<ReportRow>(
    `SELECT ${COLUMNS} FROM reports
      WHERE ($1::uuid IS NULL OR merchant_id = $1) AND ($2::date IS NULL OR day = $2) AND ($3::uuid IS NULL OR id < $3)
      ORDER BY id DESC LIMIT $4`,
    [filter.merchantId ?? null, filter.day ?? null, filter.after ?? null, filter.limit + 1],
  );
  return rows;
}

export async function findReport(client: PoolClient, id: string): Promise<ReportRow | null> {
  const { rows } = await client.query<ReportRow>(`SELECT ${COLUMNS} FROM reports WHERE id = $1`, [id]);
  return rows[0] ?? null;
}

export async function putPart(
  client: PoolClient,
  part: { reportId: string; file: string; n: number; body: Buffer },
): Promise<void> {
  const { reportId, file, n, body } = part;
  await client.query('INSERT INTO report_parts (report_id, file, n, body) VALUES ($1, $2, $3, $4)', [
    reportId,
    file,
    n,
    body,
  ]);
}

export async function readPart(client: PoolClient, reportId: string, file: string, n: number): Promise<Buffer | null> {
  const { rows } = await client.query<{ body: Buffer }>(
    'SELECT body FROM report_parts WHERE report_id = $1 AND file = $2 AND n = $3',
    [reportId, file, n],
  );
  return rows[0]?.body ?? null;
}

/** The instants of a day of Asia/Shanghai, whatever time zone the session has. */
export function ofTheDay(column: string, day: string): string {
  return `${column} >= ${day}::date::timestamp AT TIME ZONE 'Asia/Shanghai' AND ${beforeTheEndOf(column, day)}`;
}

export function beforeTheEndOf(column: string, day: string): string {
  return `${column} < (${day}::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'`;
}
