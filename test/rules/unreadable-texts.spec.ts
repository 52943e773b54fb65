import { checkInvoice } from '../../src/domain/check-invoice';
import { digital, errors, line, NOW } from './invoices';

/** Every character of Unicode that nobody sees, by its properties: not those that somebody thought of. */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\uFFFC\u{13441}\u{13442}]/u;
const everyUnseen = Array.from({ length: 0x110000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))
  .filter((character) => UNSEEN.test(character));

describe('a title or a name that nobody can read', () => {
  it('is refused, whichever character of Unicode it is made of', () => {
    expect(everyUnseen.length).toBeGreaterThan(6000);
    const taken = everyUnseen.filter((character) => {
      const faults = errors(digital({ title: character.repeat(3), items: [line(character, 10000)] }));
      return !faults.includes('INVOICE-TITLE-01') || !faults.includes('INVOICE-ITEM-01');
    });
    expect(taken.map((character) => character.codePointAt(0)?.toString(16))).toEqual([]);
  });

  it.each([
    ['\u200B', /没有可见的字/],
    ['\u3164\u2800 ', /没有可见的字/],
    ['  ', /不能为空/],
  ])('says whether it is empty or only looks so: %j', (title, message) => {
    const [fault] = checkInvoice(digital({ title }), NOW);
    expect(fault).toMatchObject({ code: 'INVOICE-TITLE-01', pointer: '/invoice/title' });
    expect(fault?.message).toMatch(message);
  });

  it.each(['个', 'A', '7', '𠮷', 'é', '·', 'ㅎ', '⠿'])('is none where there is a single letter: %s', (title) => {
    expect(errors(digital({ title }))).toEqual([]);
  });
});

describe('a damaged text is told with the place and the kind of what was found', () => {
  it.each<[string, string, RegExp, RegExp]>([
    [
      '示例\u200B公司',
      'INVOICE-TEXT-03',
      /第 3 个字符是 U\+200B（零宽空格）/,
      /Character 3, U\+200B \(a zero-width space\)/,
    ],
    ['𠮷\u3164公司', 'INVOICE-TEXT-03', /第 2 个字符是 U\+3164（韩文填充符）/, /a hangul filler/],
    ['\uFFFD\uFFFD科技', 'INVOICE-TEXT-04', /第 1 个字符起有 U\+FFFD.*丢失/, /U\+FFFD.*lost/],
    ['示例\uE863公司', 'INVOICE-TEXT-05', /U\+E863.*标准字符是 U\+4DAE/, /U\+E863.*U\+4DAE/],
    ['示例\uE000公司', 'INVOICE-TEXT-05', /第 3 个字符是 U\+E000（私用区字符）/, /a private use character/],
    [
      '示例&amp;公司',
      'INVOICE-TEXT-06',
      /第 3 个字符起是HTML 实体 &amp;/,
      /an HTML entity, &amp;|an HTML entity &amp;/,
    ],
    ['示例\u00A0公司', 'INVOICE-TEXT-07', /第 3 个字符是 U\+00A0（不换行空格）/, /a no-break space/],
    ['示例\u2007公司', 'INVOICE-TEXT-07', /U\+2007（特殊空格）/, /a special blank/],
    ['??科技公司', 'INVOICE-TEXT-08', /问号代替了字/, /question marks/],
  ])('%j: %s', (title, code, message, messageEn) => {
    const fault = checkInvoice(digital({ title }), NOW).find((found) => found.code === code);
    expect(fault?.message).toMatch(message);
    expect(fault?.messageEn).toMatch(messageEn);
  });

  it('knows the standard character of each of GBK’s eighty', () => {
    for (let code = 0xe815; code <= 0xe864; code += 1) {
      const [fault] = checkInvoice(digital({ maker: String.fromCodePoint(code) }), NOW);
      expect(fault?.message).toMatch(/标准字符是 U\+[0-9A-F]{4,5}）/);
    }
  });

  it('does not quote an escape that may hold a letter of somebody’s name', () => {
    for (const title of ['&#31034;', '\\u793a', '%E7%A4%BA']) {
      const told = checkInvoice(digital({ title }), NOW).map(({ message, messageEn }) => message + messageEn);
      expect(told.join()).not.toContain(title.slice(2));
    }
  });
});
