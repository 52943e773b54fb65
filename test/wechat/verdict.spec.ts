import fc from 'fast-check';
import { Answer, readAnswer } from '../../src/wechat/answer';
import { callVerdict } from '../../src/wechat/call-verdict';
import { errcodeFact, knownErrcodes } from '../../src/wechat/errcodes';
import { INSERT } from '../../src/wechat/judgements';
import { parseLossless } from '../../src/wechat/lossless';
import { insertVerdict, mediaIdOf, uploadVerdict } from '../../src/wechat/verdict';

const NOW = new Date('2026-11-22T15:50:00Z'); // 23:50 in Shanghai

function answered(errcode: number, body: object = {}): Answer {
  return { kind: 'answered', httpStatus: 200, errcode, errmsg: '', hint: null, body: { errcode, ...body } };
}

describe('what an answer to insert means', () => {
  it.each<[string, Answer, object]>([
    [
      'nothing was written',
      { kind: 'no_answer', sent: false, reason: 'econnrefused' },
      { kind: 'later', counted: true },
    ],
    ['written, no answer', { kind: 'no_answer', sent: true, reason: 'timeout' }, { kind: 'unclear' }],
    ['502', { kind: 'garbled', httpStatus: 502, reason: 'http_502' }, { kind: 'unclear' }],
    ['302', { kind: 'garbled', httpStatus: 302, reason: 'http_302' }, { kind: 'unclear' }],
    ['200, HTML', { kind: 'garbled', httpStatus: 200, reason: 'not_json' }, { kind: 'unclear' }],
    ['408', { kind: 'garbled', httpStatus: 408, reason: 'http_408' }, { kind: 'unclear' }],
    ['412 from an edge', { kind: 'garbled', httpStatus: 412, reason: 'http_412' }, { kind: 'held' }],
    [
      '0',
      answered(0, { code: '186921658591', openid: 'o1' }),
      { kind: 'inserted', cardCode: '186921658591', openid: 'o1' },
    ],
    ['0 without code', answered(0), { kind: 'inserted', cardCode: null }],
    [
      '45009 at 23:50 in Shanghai',
      answered(45009),
      { kind: 'held', errcode: 45009, until: new Date('2026-11-22T16:00:00Z') },
    ],
    ['45011', answered(45011), { kind: 'later', wait: 60, counted: false }],
    ['72999', answered(72999), { kind: 'unclear', unknownCode: true }],
  ])('%s', (_, answer, outcome) => {
    expect(insertVerdict(answer, NOW)).toMatchObject(outcome);
  });

  it.each([
    [[-1, 49004, 72054, 72058, 72064, 72065, 72069, 72074, 72079], 'unclear'],
    [[72018, 72056, 72075], 'orderConsumed'],
    [[72042], 'invoiceInWallet'],
    [[40001, 40014, 42001], 'tokenRefused'],
    [[72013, 72038, 72048, 72049, 72050, 72053], 'awaitingAuthorization'],
    [[72035], 'rejected'],
    [[40007, 72081, 72083], 'mediaGone'],
    [[40164, 48001, 72015, 72063, 61004, 89503, 41001], 'held'],
    [[72031, 72040, 72041, 72043, 72045, 72047, 72073, 72082, 47001, 40073, 72017], 'refused'],
    [[72036, 72059, 40078], 'later'],
  ])('%j is %s', (codes, kind) => {
    for (const code of codes) expect([code, insertVerdict(answered(code), NOW).kind]).toEqual([code, kind]);
  });

  it('every published code has one meaning, and those that stand in no table are unclear', () => {
    for (const code of knownErrcodes()) {
      const { kind } = insertVerdict(answered(code), NOW);
      if (code !== 0 && !(errcodeFact(code)!.name in INSERT)) expect([code, kind]).toEqual([code, 'unclear']);
    }
  });

  it('random answers: inserted needs errcode 0, whatever else they hold', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -10, max: 99_999 }),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (errcode, body) => {
          const outcome = insertVerdict(answered(errcode, body), NOW);
          expect(outcome.kind === 'inserted').toBe(errcode === 0);
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe('reading an answer', () => {
  const read = (status: number, text: string) => readAnswer(status, text, 'openid', parseLossless);

  it('what PostgreSQL cannot store is read as something it can', () => {
    const text = String.raw`{"errcode":72031,"errmsg":"bad\u0000 \ud800title","a\u0000":["\uDFFF"],"n":1234567890123456789}`;
    expect(read(200, text)).toMatchObject({ errmsg: 'bad\ufffd \ufffdtitle', body: { 'a\ufffd': ['\ufffd'] } });
    expect(read(200, String.raw`{"errcode":1,"errmsg":"\ud83d\ude00 \\\u0041"}`)).toMatchObject({ errmsg: '😀 \\A' });
  });

  it('a gateway’s own {"code": …} is no card', () => {
    expect(read(200, '{"code":500,"msg":"upstream error"}')).toMatchObject({ kind: 'garbled', reason: 'no_errcode' });
    expect(read(200, '{"code":"186921658591","openid":"oX"}')).toMatchObject({ kind: 'answered', errcode: 0 });
  });

  it('an errcode in a 4xx says more than the status; a success in it is not believed', () => {
    expect(read(412, '{"errcode":47001,"errmsg":"data format error"}')).toMatchObject({ errcode: 47001 });
    expect(read(400, '{"errcode":0,"code":"1"}')).toMatchObject({ kind: 'garbled', reason: 'http_400' });
    expect(read(502, '{"errcode":48001}')).toMatchObject({ kind: 'garbled', reason: 'http_502' });
  });
});

describe('an answer that says a thing twice, or names a card that is none', () => {
  const outcomeOf = (text: string) => insertVerdict(readAnswer(200, text, 'openid', parseLossless), NOW);
  const success = (code: string) => outcomeOf(`{"errcode":0,"errmsg":"ok","code":${code},"openid":"oX"}`);

  it.each([
    ['errcode', '{"errcode":72031,"errmsg":"","errcode":0,"code":"186921658591","openid":"oX"}'],
    ['errcode, where it would be long', '{"errcode":0,"n":12345678901234567890,"errcode":72040}'],
    ['errcode, escaped', String.raw`{"\u0065rrcode":72035,"errcode":0,"code":"186921658591"}`],
    ['the card’s code', '{"errcode":0,"code":"186921658591","code":"186921658592","openid":"oX"}'],
    ['the holder, by whom a success is known', '{"code":"186921658591","openid":"oX","openid":"oY"}'],
    ['a field further down', '{"errcode":0,"code":"186921658591","more":[{"a":1,"a":2}]}'],
    ['what no object names', '{"n":12345678901234567890,"__proto__":{"errcode":0,"code":"186921658591"}}'],
  ])('%s twice is unclear, whichever comes last', (_, text) => {
    expect(outcomeOf(text)).toEqual({ kind: 'unclear', reason: 'doubled_field', unknownCode: false });
  });

  it('words decide nothing, and what looks like a field inside a text is none', () => {
    expect(outcomeOf('{"errcode":72031,"errmsg":"a","errmsg":"b"}')).toMatchObject({ kind: 'refused' });
    expect(outcomeOf(String.raw`{"errcode":72031,"errmsg":"{\"errcode\":0}"}`)).toMatchObject({ kind: 'refused' });
    expect(outcomeOf('{"errcode":0,"code":"1","card":{"code":"2"},"list":[{"code":"3"},{"code":"4"}]}')).toMatchObject({
      kind: 'inserted',
      cardCode: '1',
    });
  });

  it.each([
    ['100,000 digits', `"${'1'.repeat(100_000)}"`],
    ['as many without quotes', '1'.repeat(100_000)],
    ['U+0000', String.raw`"1869\u000021658591"`],
    ['a raw U+0000', '"18692165859\u0000"'],
    ['half a character', String.raw`"186921658591\ud800"`],
    ['blanks', '" "'],
    ['a line feed', String.raw`"186921658591\n"`],
    ['a negative number', '-186921658591'],
    ['a fraction', '18692165859.1'],
    ['a number beyond all', '1e400'],
    ['yes', 'true'],
    ['an object', '{"code":"186921658591"}'],
    ['a list', '["186921658591"]'],
  ])('a card code of %s is no code that is known: unclear', (_, code) => {
    expect(success(code)).toMatchObject({ kind: 'unclear', reason: 'card_code_unreadable' });
  });

  it('a code of digits is known, quoted or not; one that was left out leaves a card whose code is unknown', () => {
    for (const code of ['"186921658591"', '186921658591', '"12345678901234567890"', '12345678901234567890']) {
      expect(success(code)).toMatchObject({ kind: 'inserted', cardCode: code.replaceAll('"', '') });
    }
    for (const none of ['""', 'null'])
      expect(success(none)).toMatchObject({ kind: 'inserted', cardCode: null, openid: 'oX' });
  });

  it('without errcode a holder that is none shows no success', () => {
    for (const openid of ['null', '""', '{}', `"${'o'.repeat(1000)}"`])
      expect(outcomeOf(`{"code":"186921658591","openid":${openid}}`).kind).toBe('unclear');
  });

  it('the other readers of WeChat’s answers believe no such id either', () => {
    const uploaded = (text: string) => uploadVerdict(readAnswer(200, text, 's_media_id', parseLossless), NOW);
    expect(uploaded(`{"errcode":0,"s_media_id":"${'7'.repeat(100_000)}"}`)).toMatchObject({ kind: 'later' });
    expect(uploaded('{"errcode":0,"s_media_id":"7","s_media_id":"8"}')).toMatchObject({ kind: 'later' });
    const made = (id: string) =>
      callVerdict('createcard', { answer: readAnswer(200, `{"errcode":0,"card_id":${id}}`, null, parseLossless) });
    expect(made('"pjZ8Yt9WoOePThU0NfUKz5-tBEWU"').kind).toBe('done');
    for (const id of [String.raw`"p\u0000"`, `"${'p'.repeat(1000)}"`, '"p1","card_id":"p2"'])
      expect(made(id).kind).toBe('unclear');
  });

  it('an errcode that stands twice behind a 4xx is no edge’s refusal: WeChat has been asked', () => {
    const text = '{"errcode":0,"errcode":40001}';
    expect(insertVerdict(readAnswer(412, text, 'openid', parseLossless), NOW)).toMatchObject({ kind: 'unclear' });
  });
});

describe('setpdf', () => {
  it('may always be repeated: what is not refused comes later', () => {
    expect(uploadVerdict({ kind: 'no_answer', sent: true, reason: 'timeout' }, NOW)).toMatchObject({ kind: 'later' });
    expect(uploadVerdict(answered(-1), NOW)).toMatchObject({ kind: 'later', counted: true });
    expect(uploadVerdict(answered(45001), NOW)).toMatchObject({ kind: 'refused' });
    expect(uploadVerdict(answered(40001), NOW)).toMatchObject({ kind: 'tokenRefused' });
    expect(uploadVerdict(answered(0), NOW)).toMatchObject({ kind: 'later' });
    expect(uploadVerdict(answered(0, { s_media_id: '1' }), NOW)).toBeNull();
  });

  it('keeps every digit of a media id, quoted or not', () => {
    for (const text of [
      '{"errcode":0,"s_media_id":4324363860661076972}',
      '{"errcode":0,"s_media_id":"4324363860661076972"}',
    ]) {
      const body = parseLossless(text) as Record<string, unknown>;
      expect(mediaIdOf({ ...(answered(0) as Answer & { kind: 'answered' }), body })).toBe('4324363860661076972');
    }
  });
});
