import fc from 'fast-check';
import { advance, startSending } from '../../src/domain/advance';
import { Outcome } from '../../src/domain/outcome';
import { Answer, readAnswer } from '../../src/wechat/answer';
import { knownErrcodes } from '../../src/wechat/errcodes';
import { parseLossless } from '../../src/wechat/lossless';
import { insertVerdict, tokenVerdict, uploadVerdict } from '../../src/wechat/verdict';
import { differences, NOW, POLICY, Prior, PRIORS, sending } from './matrix-check';
import {
  BODIES,
  Expected,
  INSERT_CODES,
  INSERT_EXPECTED,
  NOT_SENT,
  SENT_IN_VAIN,
  SILENCES,
  TOKEN_CODES,
  UPLOAD_CODES,
} from './matrix-table';

const MIDNIGHT = new Date('2026-11-26T00:00:00+08:00');

function read(httpStatus: number, text: string): Answer {
  return readAnswer(httpStatus, text, 'openid', parseLossless);
}

/** As numbers and as strings, with a hint, and with fields of a success that must not matter. */
function answered(errcode: number): Answer {
  const wire = errcode % 2 === 0 ? errcode : String(errcode);
  const body = { errcode: wire, errmsg: 'x hint: [ZIejWA00154810]', code: '186921658591', openid: 'oX' };
  return read(200, JSON.stringify(body));
}

let cells = 0;

function hold(outcome: Outcome, prior: Prior, expected: Expected): void {
  cells += 1;
  expect(differences(sending(prior), outcome, expected)).toEqual([]);
}

describe.each(PRIORS)('insert, %s', (prior) => {
  it.each(Object.entries(INSERT_CODES).flatMap(([name, codes]) => codes.map((code) => [code, name] as const)))(
    '%d is %s',
    (code, name) => {
      const outcome = insertVerdict(answered(code), NOW);
      hold(outcome, prior, INSERT_EXPECTED[name as keyof typeof INSERT_EXPECTED][prior]);
      expect(outcome.kind === 'held').toBe(name === 'configuration' || name === 'day');
      if (outcome.kind === 'held') expect(outcome.until).toEqual(name === 'day' ? MIDNIGHT : null);
    },
  );

  it.each(SILENCES)('%s', (_, silence) => {
    const outcome = insertVerdict({ kind: 'no_answer', ...silence }, NOW);
    hold(outcome, prior, (silence.sent ? SENT_IN_VAIN : NOT_SENT)[prior]);
  });

  it.each(BODIES)('%s', (_, httpStatus, text, meaning) => {
    const outcome = insertVerdict(read(httpStatus, text), NOW);
    hold(outcome, prior, meaning === 'vain' ? SENT_IN_VAIN[prior] : INSERT_EXPECTED.configuration[prior]);
    expect(outcome.kind === 'held').toBe(meaning === 'edge');
  });

  it('0 is a card; without its code, a card whose code is unknown', () => {
    for (const [body, code] of [
      ['{"errcode":0,"code":"186921658591","openid":"oX"}', '186921658591'],
      ['{"errcode":"0","code":186921658591}', '186921658591'],
      ['{"code":"186921658591","openid":"oX"}', '186921658591'],
      ['{"errcode":0,"errmsg":"ok"}', null],
    ] as const) {
      cells += 1;
      const after = advance(sending(prior), insertVerdict(read(200, body), NOW), NOW, POLICY);
      expect(after).toMatchObject({ state: 'inserted', cardCode: code, cardCodeState: code ? 'known' : 'unknown' });
    }
  });
});

describe('an upload that WeChat lost', () => {
  it('is made again once; the second time a person is asked', () => {
    const outcome = insertVerdict(answered(72081), NOW);
    const again = advance(sending('fresh'), outcome, NOW, POLICY);
    expect(again).toMatchObject({ state: 'accepted', mediaId: null, reuploads: 1 });
    const uploaded = { ...again, state: 'uploaded' as const, mediaId: 'm2', uploadedAt: NOW };
    expect(advance(startSending(uploaded), outcome, NOW, POLICY)).toMatchObject({ state: 'needs_human' });
  });
});

describe('setpdf', () => {
  it.each(Object.entries(UPLOAD_CODES).flatMap(([kind, codes]) => codes.map((code) => [code, kind] as const)))(
    '%d is %s',
    (code, kind) => {
      cells += 1;
      expect(uploadVerdict(answered(code), NOW)?.kind).toBe(kind);
    },
  );

  it.each(SILENCES)('%s is worth another try', (_, silence) => {
    cells += 1;
    expect(uploadVerdict({ kind: 'no_answer', ...silence }, NOW)?.kind).toBe('later');
  });

  it.each(BODIES)('%s', (_, httpStatus, text, meaning) => {
    cells += 1;
    const kind = uploadVerdict(readAnswer(httpStatus, text, 's_media_id', parseLossless), NOW)?.kind;
    expect(kind).toBe(httpStatus === 413 ? 'refused' : meaning === 'edge' ? 'held' : 'later');
  });
});

describe('fetching a token', () => {
  it.each(Object.entries(TOKEN_CODES).flatMap(([kind, codes]) => codes.map((code) => [code, kind] as const)))(
    '%d is %s',
    (code, kind) => {
      cells += 1;
      expect(tokenVerdict(answered(code), NOW).kind).toBe(kind);
    },
  );

  it.each(SILENCES)('%s burns no try', (_, silence) => {
    cells += 1;
    expect(tokenVerdict({ kind: 'no_answer', ...silence }, NOW)).toMatchObject({ kind: 'later', counted: false });
  });
});

describe('the matrix', () => {
  it('has more than three hundred cells, and every published code of an insert in them', () => {
    expect(cells).toBeGreaterThan(300);
    const written = new Set(Object.values(INSERT_CODES).flat());
    const elsewhere = knownErrcodes().filter((code) => code !== 0 && !written.has(code));
    // Codes of other calls: an insert that answers them has said nothing.
    for (const code of elsewhere) expect([code, insertVerdict(answered(code), NOW).kind]).toEqual([code, 'unclear']);
  });

  it('20,000 random answers: a card needs errcode 0 or a consumed order, and no refusal ends a doubt', () => {
    const status = fc.constantFrom(200, 200, 200, 302, 400, 404, 412, 500, 502);
    const errcode = fc.oneof(fc.constantFrom(...knownErrcodes()), fc.integer(), fc.constant(undefined));
    const body = fc.record({ errcode, errmsg: fc.string(), code: fc.string(), openid: fc.option(fc.string()) });
    const text = fc.oneof(
      body.map((one) => JSON.stringify(one)),
      fc.json(),
      fc.string(),
    );
    fc.assert(
      fc.property(status, text, fc.constantFrom(...PRIORS), (httpStatus, given, prior) => {
        const answer = read(httpStatus, given);
        const after = advance(sending(prior), insertVerdict(answer, NOW), NOW, POLICY);
        const code = answer.kind === 'answered' ? answer.errcode : null;
        if (after.state === 'inserted') {
          const consumed = prior === 'doubtful' && INSERT_CODES.consumed.includes(code as number);
          if (code !== 0 && !consumed) throw new Error(`${given} made a card`);
        }
        if (prior === 'doubtful' && ['refused', 'rejected'].includes(after.state))
          throw new Error(`${given} ended a doubt`);
      }),
      { numRuns: 20_000 },
    );
  }, 60_000);
});
