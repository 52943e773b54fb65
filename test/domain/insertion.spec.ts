import fc from 'fast-check';
import { advance, startSending, stopBeforeSending } from '../../src/domain/advance';
import { Insertion, INSERTION_STATES, newInsertion, Policy } from '../../src/domain/insertion';
import { Outcome } from '../../src/domain/outcome';
import { isFree } from '../../src/domain/settlement';

const NOW = new Date('2026-11-22T10:00:00Z');
const POLICY: Policy = {
  inDoubt: 'probe',
  quietSeconds: 75,
  retrySchedule: [5, 60, 600],
  probeSchedule: [0, 300, 1800, 7200, 43_200],
  authorizationDeadlineSeconds: 30 * 86_400,
  jitter: 0,
};

const uploaded: Insertion = { ...newInsertion(), state: 'uploaded', mediaId: '1', uploadedAt: NOW };
const sending = startSending(uploaded);
const inDoubt = advance(sending, { kind: 'orphaned' }, NOW, POLICY);
const probing = startSending(inDoubt);

const INSERTED: Outcome = { kind: 'inserted', cardCode: '186921658591', openid: 'o', unionid: null };
const UNCLEAR: Outcome = { kind: 'unclear', reason: 'timeout', unknownCode: false };

describe('an order that waits for its user when the database is restored', () => {
  const waiting = advance(sending, { kind: 'awaitingAuthorization' }, NOW, POLICY);
  const restored: Insertion = { ...waiting, doubtSince: NOW, doubtRestored: true };
  const ask = (insertion: Insertion, outcome: Outcome) => advance(startSending(insertion), outcome, NOW, POLICY);

  it('is asked about as before: no probes, no end after a day', () => {
    let present = restored;
    for (let n = 0; n < 20; n += 1) present = ask(present, { kind: 'awaitingAuthorization' });
    expect(present).toMatchObject({ state: 'awaiting_authorization', probes: 0, doubtSince: NOW });
    expect(stopBeforeSending(present, 0, new Date(NOW.getTime() + 20 * 86_400_000), POLICY)).toBeNull();
  });

  it('has its card where WeChat says that its number is used, and is in doubt like any other where nobody can tell', () => {
    expect(ask(restored, { kind: 'orderConsumed' })).toMatchObject({ state: 'inserted', cardCodeState: 'unknown' });
    const unclear = ask(restored, UNCLEAR);
    expect(unclear).toMatchObject({ state: 'in_doubt', doubtRestored: false });
    expect(ask(unclear, { kind: 'awaitingAuthorization' })).toMatchObject({ state: 'in_doubt' });
  });

  it('ends at its deadline, and keeps its invoice to itself', () => {
    const late = new Date(NOW.getTime() + 31 * 86_400_000);
    const stop = stopBeforeSending(restored, 0, late, POLICY) as Outcome;
    const ended = advance(restored, stop, late, POLICY);
    expect(ended).toMatchObject({ state: 'refused', reason: 'authorization_missing', doubtSince: NOW });
    expect(isFree(ended)).toBe(false);
  });

  it('is sent when its user authorises, but not before what was sent earlier is over', () => {
    const soon = new Date(NOW.getTime() + 15_000);
    expect(advance(restored, { kind: 'authorized' }, soon, POLICY)).toMatchObject({ state: 'uploaded', dueIn: 60 });
    const later = new Date(NOW.getTime() + 3_600_000);
    expect(advance(restored, { kind: 'authorized' }, later, POLICY)).toMatchObject({ state: 'uploaded', dueIn: 0 });
  });

  it('goes to a person at once where doubts are not probed', () => {
    const manual: Policy = { ...POLICY, inDoubt: 'manual' };
    expect(stopBeforeSending(restored, 0, NOW, manual)).toEqual({ kind: 'needsHuman', reason: 'in_doubt' });
  });
});

describe('advance', () => {
  it.each<[string, Outcome, string, string, string | null]>([
    // outcome · without a doubt before it · after a doubt · the reason a person reads then
    ['errcode 0', INSERTED, 'inserted', 'inserted', null],
    ['72056', { kind: 'orderConsumed' }, 'needs_human', 'inserted', null],
    ['72042', { kind: 'invoiceInWallet' }, 'needs_human', 'likely_inserted', null],
    ['no answer', UNCLEAR, 'in_doubt', 'in_doubt', null],
    ['an unknown code', { ...UNCLEAR, unknownCode: true }, 'in_doubt', 'needs_human', 'unknown_answer'],
    ['a crash', { kind: 'orphaned' }, 'in_doubt', 'in_doubt', null],
    ['busy', { kind: 'later', reason: 'busy', wait: 30, counted: true }, 'uploaded', 'in_doubt', null],
    ['40001', { kind: 'tokenRefused' }, 'uploaded', 'in_doubt', null],
    [
      '45009',
      { kind: 'held', reason: 'quota', errcode: 45009, errmsg: null, until: null },
      'uploaded',
      'in_doubt',
      null,
    ],
    ['72081', { kind: 'mediaGone' }, 'accepted', 'in_doubt', null],
    ['72038', { kind: 'awaitingAuthorization' }, 'awaiting_authorization', 'in_doubt', null],
    ['72031', { kind: 'refused', code: 'wechat_72031' }, 'refused', 'needs_human', 'contradiction'],
    ['72035', { kind: 'rejected', code: 'wechat_72035' }, 'rejected', 'needs_human', 'contradiction'],
    [
      'the stored PDF is damaged',
      { kind: 'needsHuman', reason: 'stored_pdf_damaged' },
      'needs_human',
      'needs_human',
      'stored_pdf_damaged',
    ],
  ])('%s', (_, outcome, clean, doubted, reason) => {
    expect(advance(sending, outcome, NOW, POLICY).state).toBe(clean);
    const after = advance(probing, outcome, NOW, POLICY);
    expect(after.state).toBe(doubted);
    if (reason) expect(after.reason).toBe(reason);
  });

  it('a doubt waits out the quiet period, then probes by the schedule, then a person is asked', () => {
    const waits: (number | null)[] = [];
    let present = inDoubt;
    for (let n = 0; n < 5; n += 1) {
      waits.push(present.dueIn);
      present = advance(startSending(present), UNCLEAR, NOW, POLICY);
    }
    expect(waits).toEqual([75, 375, 1875, 7275, 43_275]);
    expect(stopBeforeSending(present, 0, NOW, POLICY)).toEqual({ kind: 'needsHuman', reason: 'probes_exhausted' });
  });

  it.each<[string, Outcome]>([
    ['a dead token', { kind: 'tokenRefused' }],
    ['a held account', { kind: 'held', reason: 'errcode_48001', errcode: 48001, errmsg: null, until: null }],
    ['a used-up minute', { kind: 'later', reason: 'errcode_45011', wait: 60, counted: false }],
    ['a lost upload', { kind: 'mediaGone' }],
  ])('%s uses up no probe: what was not executed tells nothing about a doubt', (_, outcome) => {
    expect(startSending(inDoubt).probes).toBe(1);
    expect(advance(startSending(inDoubt), outcome, NOW, POLICY)).toMatchObject({ state: 'in_doubt', probes: 0 });
  });

  it('a success that cannot be believed leaves a doubt behind', () => {
    const outcome: Outcome = { kind: 'needsHuman', reason: 'card_code_in_use', doubtful: true };
    expect(advance(sending, outcome, NOW, POLICY)).toMatchObject({ state: 'needs_human', doubtSince: NOW });
  });

  it('a doubt older than a day goes to a person, however few probes were sent', () => {
    const later = new Date(NOW.getTime() + 86_401_000);
    expect(stopBeforeSending(inDoubt, 0, later, POLICY)).toMatchObject({ reason: 'doubt_aged' });
  });

  it('counted failures use up the retry schedule, others do not', () => {
    let present = uploaded;
    for (const wait of POLICY.retrySchedule) {
      present = advance(startSending(present), { kind: 'later', reason: 'busy', wait: 0, counted: true }, NOW, POLICY);
      expect(present.dueIn).toBe(wait);
      present = advance(
        startSending(present),
        { kind: 'later', reason: 'slow down', wait: 60, counted: false },
        NOW,
        POLICY,
      );
      expect(present.dueIn).toBe(60);
    }
    const end = advance(startSending(present), { kind: 'later', reason: 'busy', wait: 0, counted: true }, NOW, POLICY);
    expect(end).toMatchObject({ state: 'needs_human', reason: 'retries_exhausted' });
  });

  it('a vanished upload is repeated once', () => {
    const once = advance(sending, { kind: 'mediaGone' }, NOW, POLICY);
    expect(once).toMatchObject({ state: 'accepted', mediaId: null, uploadedAt: null, dueIn: 0 });
    const again = startSending({ ...once, state: 'uploaded', mediaId: '2', uploadedAt: NOW });
    expect(advance(again, { kind: 'mediaGone' }, NOW, POLICY)).toMatchObject({
      state: 'needs_human',
      reason: 'media_gone',
    });
  });

  it('an authorisation is asked for after 1, 5, 15, 60 minutes, then hourly, until its deadline', () => {
    let present = uploaded;
    const waits: (number | null)[] = [];
    for (let n = 0; n < 6; n += 1) {
      present = advance(startSending(present), { kind: 'awaitingAuthorization' }, NOW, POLICY);
      waits.push(present.dueIn);
    }
    expect(waits).toEqual([60, 300, 900, 3600, 3600, 3600]);
    expect(present.tries).toBe(0);
    const late = new Date(NOW.getTime() + 31 * 86_400_000);
    expect(stopBeforeSending(present, 0, late, POLICY)).toEqual({ kind: 'refused', code: 'authorization_missing' });
  });

  it('a row that killed its worker three times is given to a person', () => {
    expect(stopBeforeSending(uploaded, 2, NOW, POLICY)).toBeNull();
    expect(stopBeforeSending(uploaded, 3, NOW, POLICY)).toEqual({ kind: 'needsHuman', reason: 'crashed_repeatedly' });
  });

  it('for every outcome and past: never refused after a doubt, never inserted without evidence, ends are not due', () => {
    const outcome: fc.Arbitrary<Outcome> = fc.oneof(
      fc.constant(INSERTED),
      fc.constant({ ...INSERTED, cardCode: null }),
      fc.constantFrom<Outcome>(
        { kind: 'orderConsumed' },
        { kind: 'invoiceInWallet' },
        { kind: 'orphaned' },
        { kind: 'tokenRefused' },
      ),
      fc.constantFrom<Outcome>(
        { kind: 'mediaGone' },
        { kind: 'awaitingAuthorization' },
        { kind: 'refused', code: 'x' },
      ),
      fc.constantFrom<Outcome>(
        { kind: 'rejected', code: 'x' },
        { kind: 'held', reason: 'x', errcode: 48001, errmsg: null, until: null },
      ),
      fc.record({ kind: fc.constant('unclear' as const), reason: fc.constant('x'), unknownCode: fc.boolean() }),
      fc.record({
        kind: fc.constant('later' as const),
        reason: fc.constant('x'),
        wait: fc.nat(600),
        counted: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 12 }), (outcomes) => {
        let present = uploaded;
        for (const one of outcomes) {
          if (present.dueIn === null && present !== uploaded) break;
          const before = startSending(present);
          present = advance(before, one, NOW, POLICY);
          expect(INSERTION_STATES).toContain(present.state);
          if (before.doubtSince) expect(['refused', 'rejected']).not.toContain(present.state);
          if (present.state === 'inserted') {
            expect(one.kind === 'inserted' || (one.kind === 'orderConsumed' && before.doubtSince)).toBeTruthy();
            expect(present.cardCodeState).toBe(present.cardCode ? 'known' : 'unknown');
          }
          if (['inserted', 'refused', 'rejected', 'needs_human'].includes(present.state))
            expect(present.dueIn).toBeNull();
          else expect(present.dueIn).not.toBeNull();
          if (present.state === 'in_doubt' && one.kind === 'unclear') expect(present.dueIn).toBeGreaterThanOrEqual(75);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
