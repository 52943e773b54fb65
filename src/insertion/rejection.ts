import { PoolClient } from 'pg';
import { whyInapplicable } from '../domain/settlement';
import { Settlements, Subject } from './settle';

/** `free`: nobody sends it until the lease ends · `busy`: being sent, or in doubt · `ended`: nothing is to be kept back */
export type Seizure = { kind: 'free' } | { kind: 'busy' } | { kind: 'ended'; state: string };

const HOLDER = 'rejection';

/**
 * Keeps an order from being sent while WeChat is told that it is rejected: a lease like a worker's, with a fence of its own.
 * A process that dies meanwhile strands nothing: the order goes on when the lease ends, and WeChat says how it stands.
 */
export async function seize(
  client: PoolClient,
  settlements: Settlements,
  { merchantId, id }: Subject,
  leaseSeconds: number,
): Promise<Seizure> {
  const locked = await settlements.lock(client, { merchantId, id });
  const why = locked && whyInapplicable(locked.insertion, { kind: 'rejectedByMerchant' });
  if (why === 'inserted' || why === 'ended') return { kind: 'ended', state: locked?.insertion.state as string };
  if (!locked || why) return { kind: 'busy' };
  // What is not due by itself is in nobody's hands and stays so.
  const { rows } = await client.query(
    `UPDATE insertions
        SET fence = fence + 1, claimed_by = CASE WHEN due_at IS NOT NULL THEN $3 END,
            due_at = CASE WHEN due_at IS NOT NULL THEN clock_timestamp() + make_interval(secs => $4) END
      WHERE merchant_id = $1 AND id = $2 AND (claimed_by IS NULL OR due_at <= now()) RETURNING id`,
    [merchantId, id, HOLDER, leaseSeconds],
  );
  return { kind: rows.length > 0 ? 'free' : 'busy' };
}

/** WeChat did not reject it: the order goes on. */
export async function release(client: PoolClient, { merchantId, id }: Subject): Promise<void> {
  await client.query(
    `UPDATE insertions SET claimed_by = NULL, due_at = clock_timestamp()
      WHERE merchant_id = $1 AND id = $2 AND claimed_by = $3`,
    [merchantId, id, HOLDER],
  );
}

/** WeChat rejected it. Where another has taken the order meanwhile, its own insert will be told so. */
export async function endRejected(client: PoolClient, settlements: Settlements, subject: Subject): Promise<void> {
  const locked = await settlements.lock(client, subject);
  if (locked) await settlements.settle(client, locked, { kind: 'rejectedByMerchant' });
}
