import { advance } from '../../src/domain/advance';
import { Insertion, INSERTION_STATES, InsertionState, newInsertion, Policy } from '../../src/domain/insertion';
import { isFree, Settlement, whyInapplicable } from '../../src/domain/settlement';

const NOW = new Date('2026-11-22T10:00:00Z');
const POLICY: Policy = {
  inDoubt: 'probe',
  quietSeconds: 75,
  retrySchedule: [5],
  probeSchedule: [0],
  authorizationDeadlineSeconds: 30 * 86_400,
  jitter: 0,
};

function insertion(state: InsertionState, more: Partial<Insertion> = {}): Insertion {
  const media = ['accepted', 'refused'].includes(state) ? {} : { mediaId: '1', uploadedAt: NOW };
  const doubt = ['in_doubt', 'likely_inserted'].includes(state) ? { doubtSince: NOW } : {};
  const card = state === 'inserted' ? ({ cardCode: '1', cardCodeState: 'known' } as const) : {};
  return { ...newInsertion(), state, tries: 3, reason: 'why', ...media, ...doubt, ...card, ...more };
}

const PRESENTS: Record<string, Insertion> = {
  ...Object.fromEntries(INSERTION_STATES.map((state) => [state, insertion(state)])),
  'inserted, code unknown': insertion('inserted', { cardCode: null, cardCodeState: 'unknown' }),
  'needs_human after a doubt': insertion('needs_human', { doubtSince: NOW }),
  'accepted in a restored backup': insertion('accepted', { doubtSince: NOW }),
  'refused after a denied doubt': insertion('refused', { doubtDenied: true }),
  'needs_human after a denied doubt': insertion('needs_human', { doubtDenied: true }),
  'needs_human, its number used up': insertion('needs_human', { orderConsumed: true }),
  'uploaded after a denied doubt': insertion('uploaded', { doubtDenied: true }),
};

/** What each act makes of each present; whatever is not named here is refused. */
const APPLIES: [Settlement, Record<string, InsertionState>][] = [
  [
    { kind: 'reinserted' },
    {
      refused: 'accepted',
      needs_human: 'accepted',
      'needs_human, its number used up': 'accepted',
      'refused after a denied doubt': 'accepted',
      'needs_human after a denied doubt': 'accepted',
    },
  ],
  [
    { kind: 'reinserted', revised: true },
    { refused: 'accepted', needs_human: 'accepted' },
  ],
  [
    { kind: 'confirmedInserted', cardCode: null },
    {
      in_doubt: 'inserted',
      likely_inserted: 'inserted',
      needs_human: 'inserted',
      'needs_human, its number used up': 'inserted',
      'needs_human after a doubt': 'inserted',
      'accepted in a restored backup': 'inserted',
      'needs_human after a denied doubt': 'inserted',
    },
  ],
  [{ kind: 'confirmedNotInserted' }, { 'needs_human after a doubt': 'uploaded' }],
  [
    { kind: 'abandoned' },
    {
      needs_human: 'rejected',
      'needs_human, its number used up': 'rejected',
      'needs_human after a doubt': 'rejected',
      'needs_human after a denied doubt': 'rejected',
    },
  ],
  [
    { kind: 'cardFound', cardCode: '2' },
    {
      'needs_human after a denied doubt': 'inserted',
      'uploaded after a denied doubt': 'inserted',
      in_doubt: 'inserted',
      likely_inserted: 'inserted',
      'needs_human after a doubt': 'inserted',
      'accepted in a restored backup': 'inserted',
    },
  ],
  [{ kind: 'codeLearnt', cardCode: '2' }, { 'inserted, code unknown': 'inserted' }],
  [{ kind: 'authorized' }, { awaiting_authorization: 'uploaded' }],
  [
    { kind: 'rejectedByMerchant' },
    {
      accepted: 'rejected',
      uploaded: 'rejected',
      awaiting_authorization: 'rejected',
      needs_human: 'rejected',
      'needs_human, its number used up': 'rejected',
      'needs_human after a denied doubt': 'rejected',
      'uploaded after a denied doubt': 'rejected',
    },
  ],
  [{ kind: 'cancelled' }, { inserted: 'cancelled' }],
];

describe('what happens outside an attempt', () => {
  it.each(APPLIES)('%j', (settlement, applies) => {
    for (const [name, present] of Object.entries(PRESENTS)) {
      const next = advance(present, settlement, NOW, POLICY);
      const wanted = applies[name];
      expect([name, whyInapplicable(present, settlement) === null]).toEqual([name, wanted !== undefined]);
      expect([name, next.state]).toEqual([name, wanted ?? present.state]);
      if (!wanted) expect(next).toBe(present);
    }
  });

  it('says why it does not apply', () => {
    const why = (name: string) => whyInapplicable(PRESENTS[name] as Insertion, { kind: 'reinserted' });
    expect(Object.keys(PRESENTS).map((name) => [name, why(name)])).toEqual([
      ['accepted', 'under_way'],
      ['uploaded', 'under_way'],
      ['sending', 'sending'],
      ['awaiting_authorization', 'under_way'],
      ['in_doubt', 'in_doubt'],
      ['likely_inserted', 'in_doubt'],
      ['needs_human', null],
      ['inserted', 'inserted'],
      ['refused', null],
      ['rejected', 'ended'],
      ['cancelled', 'ended'],
      ['inserted, code unknown', 'inserted'],
      ['needs_human after a doubt', 'in_doubt'],
      ['accepted in a restored backup', 'in_doubt'],
      ['refused after a denied doubt', null],
      ['needs_human after a denied doubt', null],
      ['needs_human, its number used up', null],
      ['uploaded after a denied doubt', 'under_way'],
    ]);
    const denied = PRESENTS['refused after a denied doubt'] as Insertion;
    expect(whyInapplicable(denied, { kind: 'reinserted', revised: true })).toBe('content_kept');
  });

  it('a reinsertion begins anew, with its PDF', () => {
    const next = advance(PRESENTS.needs_human as Insertion, { kind: 'reinserted' }, NOW, POLICY);
    expect(next).toMatchObject({ tries: 0, reason: null, mediaId: null, dueIn: 0, reinserted: true });
  });

  it('what two people denied is remembered: "order consumed" is still this order’s card, a refusal is final', () => {
    const denied = advance(
      PRESENTS['needs_human after a doubt'] as Insertion,
      { kind: 'confirmedNotInserted' },
      NOW,
      POLICY,
    );
    expect(denied).toMatchObject({ doubtSince: null, doubtDenied: true, probes: 0, dueIn: 0 });
    const sending: Insertion = { ...denied, state: 'sending' };
    expect(advance(sending, { kind: 'orderConsumed' }, NOW, POLICY)).toMatchObject({
      state: 'inserted',
      cardCodeState: 'unknown',
    });
    expect(advance(sending, { kind: 'invoiceInWallet' }, NOW, POLICY)).toMatchObject({
      state: 'likely_inserted',
      doubtSince: NOW,
    });
    expect(advance(sending, { kind: 'refused', code: 'x' }, NOW, POLICY).state).toBe('refused');
    // Without it the same answer is a conflict.
    const never: Insertion = { ...sending, doubtDenied: false };
    expect(advance(never, { kind: 'orderConsumed' }, NOW, POLICY).state).toBe('needs_human');
  });

  it('an order whose number is used up keeps its content and its invoice, whatever is said of it later', () => {
    const sending = { ...newInsertion(), state: 'sending' } as const;
    const used = advance(sending, { kind: 'orderConsumed' }, NOW, POLICY);
    expect(used).toMatchObject({ state: 'needs_human', orderConsumed: true });
    expect(whyInapplicable(used, { kind: 'reinserted', revised: true })).toBe('content_kept');
    const refused = (insertion: Insertion) =>
      advance({ ...insertion, state: 'sending' }, { kind: 'refused', code: 'x' }, NOW, POLICY);
    const ends = (insertion: Insertion) => [
      advance(insertion, { kind: 'abandoned' }, NOW, POLICY),
      advance(insertion, { kind: 'rejectedByMerchant' }, NOW, POLICY),
      refused(advance(insertion, { kind: 'reinserted' }, NOW, POLICY)),
    ];
    expect(ends(used).map(({ state }) => state)).toEqual(['rejected', 'rejected', 'refused']);
    expect(ends(used).map(isFree)).toEqual([false, false, false]);
    expect(ends({ ...used, orderConsumed: false }).map(isFree)).toEqual([true, true, true]);
  });

  it('an order given up in doubt keeps its doubt', () => {
    const doubtful = PRESENTS['needs_human after a doubt'] as Insertion;
    expect(advance(doubtful, { kind: 'abandoned' }, NOW, POLICY).doubtSince).toEqual(NOW);
  });
});
