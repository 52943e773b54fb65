import { advance, startSending } from '../../src/domain/advance';
import { Insertion, newInsertion, Policy } from '../../src/domain/insertion';
import { Outcome } from '../../src/domain/outcome';
import { Expected } from './matrix-table';

export const NOW = new Date('2026-11-25T10:00:00+08:00');
export const POLICY: Policy = {
  inDoubt: 'probe',
  quietSeconds: 75,
  retrySchedule: [5, 60, 600],
  probeSchedule: [0, 300, 1800],
  authorizationDeadlineSeconds: 30 * 86_400,
  jitter: 0,
};
export const PRIORS = ['fresh', 'doubtful'] as const;
export type Prior = (typeof PRIORS)[number];

/** An order of which nothing is on its way yet, with or without a doubt about an earlier insert. */
export function waiting(prior: Prior): Insertion {
  return prior === 'fresh' ? newInsertion() : { ...newInsertion(), state: 'in_doubt', doubtSince: NOW };
}

/** An order whose insert is on its way. */
export function sending(prior: Prior): Insertion {
  const uploaded: Partial<Insertion> = { mediaId: 'm', uploadedAt: NOW };
  return startSending({ ...waiting(prior), ...(prior === 'fresh' && { state: 'uploaded' }), ...uploaded });
}

/** How the row of the table and what becomes of the order differ; empty: they do not. */
export function differences(before: Insertion, outcome: Outcome, expected: Expected): string[] {
  const after = advance(before, outcome, NOW, POLICY);
  const found: string[] = [];
  const compare = (what: string, is: unknown, should: unknown) => {
    if (is !== should) found.push(`${what} is ${String(is)}, not ${String(should)}`);
  };
  compare('state', after.state, expected.state);
  compare('doubt', after.doubtSince !== null, expected.doubt);
  if (expected.counted !== undefined) compare('tries', after.tries - before.tries, expected.counted ? 1 : 0);
  const [least, most] = expected.waits ?? [null, null];
  const inTime = least === null ? after.dueIn === null : after.dueIn !== null && after.dueIn >= least;
  if (!inTime || (most !== null && (after.dueIn as number) > most)) {
    found.push(`due in ${after.dueIn} s, not ${least === null ? 'never' : `${least} to ${most} s`}`);
  }
  return found;
}
