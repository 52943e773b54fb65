import { PoolClient } from 'pg';
import { FindingClass, FindingSource, FindingState } from '../data/entities/reconciliation';

/** A finding as stored. Column names are PostgreSQL's. */
export interface FindingRow {
  id: string;
  merchant_id: string;
  source: FindingSource;
  class: FindingClass;
  order_uuid: string | null;
  order_id: string;
  facts: { ours: Facts | null; theirs: Facts | null };
  since: Date;
  state: FindingState;
  opened_at: Date;
  seen_at: Date;
  decided_at: Date | null;
  decided_by: string | null;
  reason: string | null;
}

export type Facts = Record<string, string | number | null>;

/**
 * The end of a statement that finds differences: `found` is a common table expression with the columns merchant_id,
 * source, class, subject, order_uuid, order_id, order_at, facts, since. One that holds already is seen again, not opened
 * twice; one that a person has accepted stays accepted.
 */
export function put(found: string, run: string): string {
  return `
    INSERT INTO findings (id, merchant_id, source, class, subject, order_uuid, order_id, order_at, facts, since, opened_by, seen_by)
    SELECT piaoka_time_id(), merchant_id, source, class, subject, order_uuid, order_id, order_at, facts, since, ${run}, ${run}
      FROM ${found}
    ON CONFLICT (merchant_id, source, class, subject) WHERE state IN ('open', 'accepted')
    DO UPDATE SET seen_at = clock_timestamp(), seen_by = excluded.seen_by, facts = excluded.facts
    RETURNING (xmax = 0) AS opened, class`;
}

/** What a page of `put` came to, for the run's counts. */
export const TALLY = `
  coalesce((SELECT jsonb_object_agg(class, n) FROM (SELECT class, count(*) AS n FROM put GROUP BY class) c), '{}') AS found,
  (SELECT count(*) FROM put WHERE opened)::integer AS opened`;

export interface Tally {
  found: Partial<Record<FindingClass, number>>;
  opened: number;
}

export function countsOf({ found, opened }: Tally): Record<string, number> {
  return { ...found, opened };
}

export interface FindingFilter {
  merchantId?: string;
  run?: string;
  state?: FindingState;
  class?: FindingClass;
  limit: number;
  /** The id of the last finding of the page before. */
  after?: string;
}

/** Newest first; one more than the limit says that there is another page. */
export async function listFindings(client: PoolClient, filter: FindingFilter): Promise<FindingRow[]> {
  const { merchantId, run, state, limit, after } = filter;
  const { rows } = await client.query<FindingRow>(
    `SELECT * FROM findings
      WHERE ($1::uuid IS NULL OR merchant_id = $1) AND ($2::uuid IS NULL OR seen_by = $2)
        AND ($3::text IS NULL OR state = $3) AND ($4::text IS NULL OR class = $4) AND ($5::uuid IS NULL OR id < $5)
      ORDER BY id DESC LIMIT $6`,
    [merchantId ?? null, run ?? null, state ?? null, filter.class ?? null, after ?? null, limit + 1],
  );
  return rows;
}

/** A person lets a difference be, or says that it is settled. Null: it is not open (any more). */
export async function decide(
  client: PoolClient,
  id: string,
  act: { state: 'accepted' | 'resolved'; by: string; reason: string },
): Promise<FindingRow | null> {
  const { rows } = await client.query<FindingRow>(
    `UPDATE findings SET state = $2, decided_at = clock_timestamp(), decided_by = $3, reason = $4
      WHERE id = $1 AND (state = 'open' OR (state = 'accepted' AND $2 = 'resolved')) RETURNING *`,
    [id, act.state, act.by, act.reason],
  );
  return rows[0] ?? null;
}

export async function findFinding(client: PoolClient, id: string): Promise<FindingRow | null> {
  const { rows } = await client.query<FindingRow>('SELECT * FROM findings WHERE id = $1', [id]);
  return rows[0] ?? null;
}
