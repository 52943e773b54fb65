import { Story } from '../chaos/story';
import { attempt, card, events, request, settledDoubt, story } from './made-up-stories';

const sendingOnly = (more: object) =>
  story({
    state: 'sending',
    attempts: [],
    cardCode: null,
    cardCodeState: 'none',
    eventCount: 3,
    events: events('accepted', 'uploaded', 'sending'),
    ...more,
  });
const open = { n: 1, kind: 'first', requestSha256: 'sha-1', startedAt: 0 };
/** What it is, what the checker must say of it, and the story. */
export const BROKEN: [string, string, Story][] = [
  ['a second card', 'V1 2 cards', story({}, { cards: [card(), card({ code: '300000000002' })] })],

  [
    'a request that was not written down',
    'V2 request 7 was never written down',
    story({}, { requests: [request(1, 1.5), request(7, 1.6)] }),
  ],
  [
    'more requests than attempts',
    'V2 2 requests on the wire, 1 attempts',
    story({}, { requests: [request(1, 1.5, { sha256: undefined }), request(2, 1.6, { sha256: undefined })] }),
  ],
  [
    'an attempt sent twice',
    'V2 attempt 1 was sent 2 times',
    story({}, { requests: [request(1, 1.5), request(2, 1.6, { sha256: 'sha-1' })] }),
  ],
  [
    'an attempt that says it was not sent',
    'V2 attempt 1 says it was not sent',
    story({ attempts: [attempt(1, 1, 2, { outcome: 'inserted', sent: 'no' })] }),
  ],
  ['a request ahead of its write', 'V2 attempt 1 arrived before', story({}, { requests: [request(1, 0.99)] })],

  ['two open attempts', 'V3 2 attempts are open at once', sendingOnly({ open: [open, open] })],
  [
    'an attempt left open',
    'V3 an attempt is open although the state is inserted',
    story({ attemptCount: 2, open: [{ ...open, n: 2, startedAt: 1e15 }] }),
  ],
  ['a sending without an attempt', 'V3 the state is sending, and no attempt is open', sendingOnly({})],
  ['a missing attempt', 'V3 2 attempts are counted, and those written down are 1', story({ attemptCount: 2 })],
  [
    'attempts that overlap',
    'V3 attempt 2 began before attempt 1 had ended',
    settledDoubt({ startedAt: attempt(1, 1.9, 0).startedAt }),
  ],

  [
    'an early probe',
    'V4 early probe: attempt 2 began 0.9990 s',
    settledDoubt(attempt(2, 2.999, 4, { kind: 'probe', outcome: 'orderConsumed' })),
  ],
  ['a blind resend', 'V4 attempt 2 after a doubt is a retry', settledDoubt({ kind: 'retry' })],
  ['a probe with other content', 'V4 attempt 2 sent other content', settledDoubt({}, { content: 'another invoice' })],
  [
    'a probe without a doubt',
    'V4 attempt 1 probes without a doubt',
    story({ attempts: [attempt(1, 1, 2, { kind: 'probe', outcome: 'inserted' })] }),
  ],

  [
    'an end that was left',
    'V5 event 4 goes from refused to sending',
    story({
      eventCount: 5,
      attemptCount: 2,
      attempts: [attempt(1, 1, 1.5), attempt(2, 1.5, 2)],
      events: events('accepted', 'sending', 'refused', 'sending', 'inserted'),
    }),
  ],
  [
    'a card taken back',
    'V5 event 5 goes from inserted to rejected',
    story({
      eventCount: 5,
      state: 'rejected',
      events: events('accepted', 'uploaded', 'sending', 'inserted', 'rejected'),
    }),
  ],

  ['an insertion without a card', 'V6 inserted, with 0 cards', story({}, { cards: [] })],
  ['a refusal with a card', 'V6 refused, with 1 cards', story({ state: 'refused', reason: 'x' })],
  ['a rejection with a card', 'V6 rejected, with 1 cards', story({ state: 'rejected', reason: 'x' })],
  [
    'a card of another invoice',
    'V6 card 300000000001 is of another invoice',
    story({}, { cards: [card({ billing_no: '1' })] }),
  ],
  [
    'a card with another PDF',
    'V6 card 300000000001 is of another invoice or PDF',
    story({}, { cards: [card({ pdf_sha256: 'x' })] }),
  ],
  [
    'a denial that is not true',
    'V6 attempt 1 was judged later, yet it made a card',
    story({ attempts: [attempt(1, 1, 2)] }),
  ],
  ['a success that is not true', 'V6 attempt 1 made no card', story({}, { cards: [card({ request_n: 9 })] })],

  ['a lost order', 'V7 answered 2xx, and not in the database', story({}, { ours: null, cards: [], requests: [] })],
  ['a card nobody knows', 'V7 1 cards for an order nobody knows', story({}, { ours: null })],
  ['a request nobody knows', 'V7 1 requests for an order nobody knows', story({}, { ours: null })],
  ['an order without its insertion', 'V7 an order without its insertion', story({ state: 'no insertion' })],
  ['an order that never comes to rest', 'V7 still in_doubt', story({ state: 'in_doubt' })],
  [
    'a wait for what was given',
    'V7 awaits an authorisation that was given',
    story({ state: 'awaiting_authorization' }, { authorization: 'AUTHED' }),
  ],
  ['a person asked without a reason', 'V7 handed to a person without a reason', story({ state: 'needs_human' })],
  ['a lost PDF', 'V7 its PDF is not there', story({ pdfStored: false })],

  ['a code of another card', 'V8 300000000009 is the code of no card', story({ cardCode: '300000000009' })],
  [
    'an insertion that says nothing of its code',
    'V8 inserted, with a code that is none',
    story({ cardCode: null, cardCodeState: 'none' }),
  ],
  ['a code that is known and absent', 'V8 the code is known, and it is null', story({ cardCode: null })],
  ['a code without an insertion', 'V8 rejected, with a code that is known', story({ state: 'rejected' })],

  [
    'a code that came late and was dropped',
    'V8 a late answer said 300000000001',
    story({ cardCode: null, cardCodeState: 'unknown', lateCodes: ['300000000001'] }),
  ],

  [
    'a gap in the events',
    'V9 4 events are counted, and those written down are 1,2,4',
    story({ events: events('accepted', 'uploaded', { seq: 4, type: 'inserted' }) }),
  ],
  [
    'an event written twice',
    'V9 4 events are counted, and those written down are 1,2,3,4,4',
    story({
      events: [...events('accepted', 'uploaded', 'sending', 'inserted'), { seq: 4, at: 0, type: 'inserted', data: {} }],
    }),
  ],
  [
    'a state without its event',
    'V9 the state is needs_human, and the last event says inserted',
    story({ state: 'needs_human', reason: 'x' }),
  ],
  [
    'an attempt without its event',
    'V9 1 attempts, and 0 events',
    story({ events: events('accepted', 'uploaded', 'uploaded', 'inserted') }),
  ],

  [
    'a try burnt by the account',
    'V12 1 tries are used up by 0 failures',
    story({
      tries: 1,
      events: events(
        'accepted',
        { type: 'uploaded', data: { outcome: 'later', reason: 'errcode_45011' } },
        'sending',
        'inserted',
      ),
    }),
  ],
];
