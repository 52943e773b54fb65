import { Violation } from './checker';
import { Story } from './story';

const TOLD = 5;

/** The broken promises, and the whole story of the first orders that broke one. */
export function tellViolations(violations: readonly Violation[]): string {
  const orders = [...new Set(violations.map(({ story }) => story))];
  const lines = orders
    .slice(0, TOLD)
    .flatMap((story) => [
      '',
      ...violations
        .filter((violation) => violation.story === story)
        .map(({ invariant, promise, orderId, says }) => `${invariant} ${orderId}: ${says}   (${promise})`),
      tellStory(story),
    ]);
  if (orders.length > TOLD) lines.push('', `… and ${orders.length - TOLD} more orders`);
  return lines.join('\n');
}

/** Everything either side wrote down about one order, in the order of time. */
export function tellStory({ ours, cards, requests, accepted, authorization }: Story): string {
  const moments: [number, string][] = [
    ...requests.map((r): [number, string] => [
      r.at,
      `sandbox  request ${r.n}${r.fault ? ` under ${r.fault}` : ''}: decided ${r.decided ?? 'nothing'}, told ` +
        `${r.errcode ?? 'nothing'}, sha ${r.sha256?.slice(0, 8) ?? '?'}`,
    ]),
    ...(ours?.attempts ?? []).flatMap((a): [number, string][] => [
      [a.startedAt, `ours     attempt ${a.n} opened (${a.kind}), sha ${a.requestSha256.slice(0, 8)}`],
      [a.endedAt, `ours     attempt ${a.n} closed: ${a.outcome}, sent ${a.sent}, errcode ${a.errcode}`],
    ]),
    ...(ours?.open ?? []).map((a): [number, string] => [
      a.startedAt,
      `ours     attempt ${a.n} opened (${a.kind}), still open, sha ${a.requestSha256.slice(0, 8)}`,
    ]),
    ...(ours?.events ?? []).map((e): [number, string] => [
      e.at,
      `ours     event ${e.seq} ${e.type} ${JSON.stringify(e.data)}`,
    ]),
  ];
  const head = ours
    ? `state ${ours.state}, reason ${ours.reason}, code ${ours.cardCode} (${ours.cardCodeState}), tries ${ours.tries}`
    : 'not in our database';
  return [
    `  ${head}; answered 2xx: ${accepted}; authorisation: ${authorization ?? 'none'}`,
    ...moments.sort(([a], [b]) => a - b).map(([at, what]) => `  ${new Date(at).toISOString().slice(11)}  ${what}`),
    ...cards.map(({ code, request_n }) => `  card ${code}, made by request ${request_n}`),
  ].join('\n');
}
