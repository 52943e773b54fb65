import { PoolClient } from 'pg';

/** `at_text` has all digits, for the cursor. */
export interface AuditEntryRow {
  chain: string;
  seq: string;
  at: Date;
  at_text: string;
  actor: string;
  action: string;
  object: string;
  reason: string | null;
  data: Record<string, unknown>;
  sha256: Buffer;
}

export interface AuditFilter {
  chain?: string;
  actor?: string;
  action?: string;
  object?: string;
  from?: Date;
  to?: Date;
  limit: number;
  /** Exclusive: the last row of the page before. */
  after?: { at: string; chain: string; seq: string };
}

/** Newest first; one row more than the limit says that there is another page. */
export async function listAudit(client: PoolClient, filter: AuditFilter): Promise<AuditEntryRow[]> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const conditions = ['true'];
  for (const column of ['chain', 'actor', 'action', 'object'] as const) {
    if (filter[column]) conditions.push(`${column} = ${value(filter[column])}`);
  }
  if (filter.from) conditions.push(`at >= ${value(filter.from)}`);
  if (filter.to) conditions.push(`at < ${value(filter.to)}`);
  if (filter.after) {
    const { at, chain, seq } = filter.after;
    conditions.push(`(at, chain, seq) < (${value(at)}::timestamptz, ${value(chain)}::uuid, ${value(seq)}::bigint)`);
  }
  const { rows } = await client.query<AuditEntryRow>(
    `SELECT chain, seq, at, at::text AS at_text, actor, action, object, reason, data, sha256 FROM audit
      WHERE ${conditions.join(' AND ')} ORDER BY at DESC, chain DESC, seq DESC LIMIT ${value(filter.limit + 1)}`,
    values,
  );
  return rows;
}
