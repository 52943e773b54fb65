import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { asEngine } from '../data/statement';
import { INSTALLATION } from './audit';
import { LoggedAnchor } from './logged-anchors';
import { Verification, verifyAudit } from './verify';

/** Name of the job that checks the trail; adding one wakes it before its minute is over. */
export const VERIFY_JOB = 'verify_audit';
/** More findings than this are counted only. */
const MOST_FINDINGS = 10_000;

/** What a check found, as it is kept and shown. */
export interface VerificationResult {
  intact: boolean;
  chains: number;
  rows: number;
  findings: { merchant_id: string | null; seq: number; kind: string; was?: number }[];
  findings_left_out: number;
  unverifiable_anchors: number;
}

/** A check that was asked for. Column names are PostgreSQL's. */
export interface VerificationRow {
  id: string;
  requested_by: string;
  requested_at: Date;
  state: 'queued' | 'done' | 'failed';
  ended_at: Date | null;
  result: VerificationResult | null;
  error: string | null;
}

const COLUMNS = 'id, requested_by, requested_at, state, ended_at, result, error';

/** A request that is repeated after its process died finds the check it had asked for. */
export async function requestVerification(
  dataSource: DataSource,
  { id, by, anchors }: { id: string; by: string; anchors: LoggedAnchor[] },
): Promise<VerificationRow> {
  const { rows } = await asEngine(dataSource, (client) =>
    client.query<VerificationRow>(
      `INSERT INTO audit_verifications AS v (id, requested_by, anchors) VALUES ($1, $2, $3)
       ON CONFLICT (id) DO UPDATE SET requested_by = v.requested_by RETURNING ${COLUMNS}`,
      [id, by, JSON.stringify(anchors)],
    ),
  );
  // After the commit. A call that is lost does no harm: the job looks every minute.
  await dataSource.query('SELECT graphile_worker.add_job($1)', [VERIFY_JOB]).catch(() => undefined);
  return rows[0] as VerificationRow;
}

export async function findVerification(client: PoolClient, id: string): Promise<VerificationRow | null> {
  const { rows } = await client.query<VerificationRow>(`SELECT ${COLUMNS} FROM audit_verifications WHERE id = $1`, [
    id,
  ]);
  return rows[0] ?? null;
}

/** The one that ended last with a result. */
export async function latestVerification(client: PoolClient): Promise<VerificationRow | null> {
  const { rows } = await client.query<VerificationRow>(
    `SELECT ${COLUMNS} FROM audit_verifications WHERE state = 'done' ORDER BY ended_at DESC LIMIT 1`,
  );
  return rows[0] ?? null;
}

/** The job. False: nothing waits. */
export async function verifyQueued(dataSource: DataSource, masterKeys: string[]): Promise<boolean> {
  let verified = false;
  while (await verifyNext(dataSource, masterKeys)) verified = true;
  return verified;
}

/** The row's lock lasts as long as the check: whoever dies over it lets go of it. */
function verifyNext(dataSource: DataSource, masterKeys: string[]): Promise<boolean> {
  return asEngine(dataSource, async (client) => {
    const { rows } = await client.query<{ id: string; anchors: LoggedAnchor[] }>(
      `SELECT id, anchors FROM audit_verifications WHERE state = 'queued' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`,
    );
    const [taken] = rows;
    if (!taken) return false;
    const end = (state: 'done' | 'failed', result: string | null, error: string | null) =>
      client.query(
        `UPDATE audit_verifications SET state = $2, result = $3, error = $4, ended_at = clock_timestamp() WHERE id = $1`,
        [taken.id, state, result, error],
      );
    await asEngine(dataSource, (reading) => verifyAudit(reading, masterKeys, taken.anchors)).then(
      (verification) => end('done', JSON.stringify(resultOf(verification)), null),
      (error: unknown) => end('failed', null, (error as Error).message.slice(0, 200)),
    );
    return true;
  });
}

function resultOf({ chains, rows, findings, unverifiable }: Verification): VerificationResult {
  return {
    intact: findings.length === 0,
    chains,
    rows,
    findings: findings
      .slice(0, MOST_FINDINGS)
      .map(({ chain, ...finding }) => ({ merchant_id: chain === INSTALLATION ? null : chain, ...finding })),
    findings_left_out: Math.max(0, findings.length - MOST_FINDINGS),
    unverifiable_anchors: unverifiable,
  };
}
