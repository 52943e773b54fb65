import { InsertRequest, OurAttempt, OurEvent, OurOrder, SandboxCard, Story } from '../chaos/story';

const BEGIN = Date.parse('2026-11-22T04:00:00Z');
const APPID = 'wxc0b84a53ed8e8d29';
const NUMBER = '26312000000183259524';

/** A moment of a made-up story, in seconds from its beginning. */
export function at(seconds: number): number {
  return BEGIN + seconds * 1000;
}

export function attempt(n: number, from: number, to: number, more: Partial<OurAttempt> = {}): OurAttempt {
  const kind = n === 1 ? 'first' : 'retry';
  const requestSha256 = `sha-${n}`;
  return {
    n,
    kind,
    requestSha256,
    startedAt: at(from),
    endedAt: at(to),
    outcome: 'later',
    sent: 'yes',
    errcode: null,
    ...more,
  };
}

/** The request of attempt n, as the sandbox wrote it down. */
export function request(n: number, seconds: number, more: Partial<InsertRequest> = {}): InsertRequest {
  const content = 'the invoice';
  return {
    n,
    at: at(seconds),
    path: '/card/invoice/insert',
    sha256: `sha-${n}`,
    content,
    decided: 0,
    errcode: 0,
    fault: null,
    ...more,
  };
}

export function card(more: Partial<SandboxCard> = {}): SandboxCard {
  const billing = { billing_no: NUMBER, billing_code: '', pdf_sha256: 'pdf' };
  return { code: '300000000001', order_id: 'O1', appid: APPID, ...billing, request_n: 1, ...more };
}

export function events(...types: (string | Partial<OurEvent>)[]): OurEvent[] {
  return types.map((given, index) => {
    const event = { seq: index + 1, at: at(index), type: 'accepted', data: {} };
    return typeof given === 'string' ? { ...event, type: given } : { ...event, ...given };
  });
}

/** An order that went well; `ours` and the rest change it. */
export function story(ours: Partial<OurOrder> = {}, more: Partial<Story> = {}): Story {
  const healthy: OurOrder = {
    invoiceNumber: NUMBER,
    pdfSha256: 'pdf',
    pdfStored: true,
    state: 'inserted',
    reason: null,
    attemptCount: 1,
    eventCount: 4,
    tries: 0,
    cardCode: '300000000001',
    cardCodeState: 'known',
    attempts: [attempt(1, 1, 2, { outcome: 'inserted' })],
    open: [],
    events: events('accepted', 'uploaded', 'sending', 'inserted'),
    lateCodes: [],
  };
  const sandbox = { cards: [card()], requests: [request(1, 1.5)], authorization: 'INSERTED' };
  return { appid: APPID, orderId: 'O1', accepted: true, ours: { ...healthy, ...ours }, ...sandbox, ...more };
}

/** A doubt, settled by a probe that found the order consumed. */
export function settledDoubt(probe: Partial<OurAttempt> = {}, second: Partial<InsertRequest> = {}): Story {
  const doubtful = attempt(1, 1, 2, { outcome: 'unclear' });
  return story(
    {
      attemptCount: 2,
      eventCount: 6,
      cardCode: null,
      cardCodeState: 'unknown',
      attempts: [doubtful, attempt(2, 3, 4, { kind: 'probe', outcome: 'orderConsumed', ...probe })],
      events: events('accepted', 'uploaded', 'sending', 'in_doubt', 'sending', 'inserted'),
    },
    { requests: [request(1, 1.5), request(2, 3.5, { decided: 72056, errcode: 72056, ...second })] },
  );
}
