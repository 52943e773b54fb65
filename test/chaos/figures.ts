import { Violation } from './checker';
import { isDoubtful } from './invariant';
import { Story } from './story';

/** What a check counts, beside what it finds. */
export function figuresOf(stories: readonly Story[], violations: readonly Violation[]): Record<string, number> {
  const ours = stories.flatMap((story) => story.ours ?? []);
  const attempts = ours.flatMap((order) => order.attempts);
  const broken = (...ids: string[]) => violations.filter(({ invariant }) => ids.includes(invariant)).length;
  return {
    orders: ours.length,
    accepted: stories.filter(({ accepted }) => accepted).length,
    cards: sum(stories, ({ cards }) => cards.length),
    'inserted, code known': ours.filter((o) => o.state === 'inserted' && o.cardCodeState === 'known').length,
    'inserted, code unknown': ours.filter((o) => o.state === 'inserted' && o.cardCodeState === 'unknown').length,
    ...tally(ours.filter(({ state }) => state !== 'inserted').map(({ state, reason }) => nameOf(state, reason))),
    attempts: sum(ours, ({ attemptCount }) => attemptCount),
    'insert requests': sum(stories, ({ requests }) => requests.length),
    probes: attempts.filter(({ kind }) => kind === 'probe').length,
    'doubtful attempts': attempts.filter(isDoubtful).length,
    'arrived after their attempt had ended': sum(stories, arrivedLate),
    'codes from late answers': sum(ours, ({ lateCodes }) => lateCodes.length),
    'early probes': violations.filter(({ says }) => says.startsWith('early probe')).length,
    duplicates: broken('V1'),
    lost: broken('V7'),
    untruthful: broken('V6', 'V8'),
    violations: violations.length,
  };
}

function nameOf(state: string, reason: string | null): string {
  return reason === null ? state : `${state}: ${reason}`;
}

/** A paused worker that woke up between its last look at the clock and the send: nothing but WeChat can stop it. */
function arrivedLate({ ours, requests }: Story): number {
  const ended = new Map(ours?.attempts.map(({ requestSha256, endedAt }) => [requestSha256, endedAt]));
  return requests.filter(({ sha256 = '', at }) => at > (ended.get(sha256) ?? Infinity)).length;
}

export function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
