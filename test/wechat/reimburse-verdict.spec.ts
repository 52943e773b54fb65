import { Answer } from '../../src/wechat/answer';
import { knownErrcodes } from '../../src/wechat/errcodes';
import { changeVerdict, readVerdict } from '../../src/wechat/reimburse-verdict';

const said = (errcode: number): { answer: Answer } => ({
  answer: { kind: 'answered', httpStatus: 200, errcode, errmsg: 'x', hint: null, body: {} },
});
const lost = (sent: boolean): { answer: Answer } => ({ answer: { kind: 'no_answer', sent, reason: 'timeout' } });
const garbled = (httpStatus: number): { answer: Answer } => ({
  answer: { kind: 'garbled', httpStatus, reason: 'not_json' },
});

describe('what a reimburser’s call came to', () => {
  it('exactly six codes speak of the card’s state', () => {
    const conflicts = knownErrcodes().filter((code) => {
      const verdict = changeVerdict(said(code));
      return verdict.kind === 'refused' && verdict.conflict;
    });
    expect(conflicts).toEqual([72023, 72024, 72036, 72039, 72060, 72061]);
  });

  it.each([
    ['a code that stands nowhere', said(72999), 'refused', 'unclear'],
    ['system busy', said(-1), 'notNow', 'unclear'],
    ['an inner error', said(72064), 'notNow', 'unclear'],
    ['a token refused twice', said(40001), 'notNow', 'notNow'],
    ['a day’s quota used up', said(45009), 'notNow', 'notNow'],
    ['a minute’s quota used up', said(45011), 'notNow', 'notNow'],
    ['a permission that lacks', said(48001), 'refused', 'refused'],
    ['a wrong card', said(40073), 'refused', 'refused'],
    ['no answer after it was sent', lost(true), 'notNow', 'unclear'],
    ['no answer, never sent', lost(false), 'notNow', 'notNow'],
    ['half an answer', garbled(200), 'notNow', 'unclear'],
    ['a gateway’s 502', garbled(502), 'notNow', 'unclear'],
    ['a proxy’s 403', garbled(403), 'notNow', 'notNow'],
    ['success', said(0), 'done', 'done'],
  ])('%s: a read is %s, a change %s', (_, asked, read, change) => {
    expect([readVerdict(asked).kind, changeVerdict(asked).kind]).toEqual([read, change]);
  });

  it('without a token nothing was sent; the account’s fault is told', () => {
    const held = {
      kind: 'held',
      reason: 'token_errcode_40125',
      errcode: 40125,
      errmsg: 'invalid appsecret',
      until: null,
    } as const;
    expect(changeVerdict({ answer: null, outcome: held })).toMatchObject({ kind: 'notNow', errcode: 40125 });
  });
});
