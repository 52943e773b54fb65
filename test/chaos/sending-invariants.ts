import { Invariant, isDenying, isDoubtful, list, ofOurs, requestsOf } from './invariant';
import { OurAttempt, OurOrder, Story } from './story';

/** The sandbox counts whole milliseconds. */
const TICK_MS = 1;
/** The failures that use up an order's tries: nothing was sent, the upload failed, or WeChat was busy. No other does. */
const COUNTED = /^(not_sent_|upload_|errcode_(-1|72036)$)/;

/** What the requests on the wire must look like beside what was written down about them. */
export const SENDING_INVARIANTS: readonly Invariant[] = [
  ofOurs('V2', 'write-ahead: each request has an attempt that was committed before it', unwritten),
  ofOurs('V3', 'single flight: one attempt of an order at a time', overlapping),
  ofOurs('V4', 'no blind resend: after a doubt only probes, after the quiet period, with the same content', resent),
  ofOurs('V6', 'truthful: what an attempt says became of it is what became of it', untruthfulAttempts),
  ofOurs('V12', 'quiet money: only an order’s own failures use up its tries', burntTries),
];

function unwritten(ours: OurOrder, story: Story): string[] {
  const written = [...ours.attempts, ...ours.open];
  const known = new Set(written.map(({ requestSha256 }) => requestSha256));
  const mayBeSent = ours.attempts.filter(({ sent }) => sent !== 'no').length + ours.open.length;
  const { length } = story.requests;
  return [
    ...list(length > mayBeSent && `${length} requests on the wire, ${mayBeSent} attempts that may have been sent`),
    ...story.requests
      .filter(({ sha256 }) => sha256 !== undefined && !known.has(sha256))
      .map(({ n }) => `request ${n} was never written down`),
    ...written.flatMap((attempt) => {
      const requests = requestsOf(attempt.requestSha256, story);
      const unsent = 'sent' in attempt && attempt.sent === 'no';
      return list(
        requests.length > 1 && `attempt ${attempt.n} was sent ${requests.length} times`,
        unsent && requests.length > 0 && `attempt ${attempt.n} says it was not sent, yet it arrived`,
        requests.some(({ at }) => at < attempt.startedAt - TICK_MS) &&
          `attempt ${attempt.n} arrived before it was written down`,
      );
    }),
  ];
}

function overlapping({ state, attempts, open, attemptCount }: OurOrder): string[] {
  const numbers = [...attempts, ...open].map(({ n }) => n).sort((a, b) => a - b);
  const each = [...attempts, ...open].sort((a, b) => a.n - b.n);
  return [
    ...list(
      open.length > 1 && `${open.length} attempts are open at once`,
      open.length === 1 && state !== 'sending' && `an attempt is open although the state is ${state}`,
      open.length === 0 && state === 'sending' && 'the state is sending, and no attempt is open',
      numbers.join() !== Array.from({ length: attemptCount }, (_, i) => i + 1).join() &&
        `${attemptCount} attempts are counted, and those written down are ${numbers.join() || 'none'}`,
    ),
    ...each.slice(1).flatMap((next, index) => {
      const before = each[index] as OurAttempt;
      const ended = before.endedAt ?? Infinity;
      return list(next.startedAt < ended && `attempt ${next.n} began before attempt ${before.n} had ended`);
    }),
  ];
}

function resent(ours: OurOrder, story: Story, { quietSeconds }: { quietSeconds: number }): string[] {
  return [...ours.attempts, ...ours.open].flatMap((attempt) => {
    const doubts = ours.attempts.filter((other) => other.n < attempt.n && isDoubtful(other));
    if (doubts.length === 0) return list(attempt.kind === 'probe' && `attempt ${attempt.n} probes without a doubt`);
    const latest = Math.max(...doubts.map(({ endedAt }) => endedAt));
    const waited = (attempt.startedAt - latest) / 1000;
    const content = contentOf(attempt.requestSha256, story);
    const others = doubts.map(({ requestSha256 }) => contentOf(requestSha256, story));
    return list(
      attempt.kind !== 'probe' && `attempt ${attempt.n} after a doubt is a ${attempt.kind}, not a probe`,
      waited < quietSeconds && `early probe: attempt ${attempt.n} began ${waited.toFixed(4)} s after a doubtful one`,
      content !== undefined &&
        others.some((other) => other !== undefined && other !== content) &&
        `attempt ${attempt.n} sent other content than a doubtful one before it`,
    );
  });
}

function contentOf(requestSha256: string, story: Story): string | undefined {
  return requestsOf(requestSha256, story)[0]?.content;
}

function untruthfulAttempts({ attempts }: OurOrder, story: Story): string[] {
  const made = new Set(story.cards.map(({ request_n }) => request_n));
  return attempts.flatMap((attempt) => {
    const requests = requestsOf(attempt.requestSha256, story);
    const madeOne = requests.some(({ n }) => made.has(n));
    return list(
      isDenying(attempt) && madeOne && `attempt ${attempt.n} was judged ${attempt.outcome}, yet it made a card`,
      attempt.outcome === 'inserted' && requests.length > 0 && !madeOne && `attempt ${attempt.n} made no card`,
    );
  });
}

function burntTries({ tries, events }: OurOrder): string[] {
  const counted = events.filter(
    ({ data }) => data.outcome === 'later' && COUNTED.test(typeof data.reason === 'string' ? data.reason : ''),
  ).length;
  return list(tries > counted && `${tries} tries are used up by ${counted} failures of its own`);
}
