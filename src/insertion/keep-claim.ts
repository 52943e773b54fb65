import { Statement } from '../data/statement';

/** A worker tells that it lives: a claim of one that told nothing for a lease was left by a crash. `$1` its name. */
export const BEAT: Statement = {
  name: 'beat',
  text: `
    WITH gone AS (DELETE FROM workers WHERE seen_at < clock_timestamp() - interval '1 day' AND name <> $1)
    INSERT INTO workers (name, seen_at) VALUES ($1, clock_timestamp())
    ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at`,
};

/**
 * The same claim under a new fence and a new lease. It waits for a write-ahead whose COMMIT was not answered, and one that
 * PostgreSQL has not even begun finds the fence moved: so after this it is certain whether the attempt was opened, and a
 * statement that begins now sees it. `$1` merchant, `$2` id, `$3` fence, `$4` who, `$5` lease in seconds.
 */
export const RECLAIM: Statement = {
  name: 'reclaim',
  text: `
    UPDATE insertions SET fence = fence + 1, due_at = clock_timestamp() + make_interval(secs => $5)
     WHERE merchant_id = $1 AND id = $2 AND fence = $3 AND claimed_by = $4
    RETURNING fence`,
};
