import fc from 'fast-check';
import { chineseCapitals } from '../../src/demo/chinese-capitals';

describe('大写金额', () => {
  it.each([
    [0, '零圆整'],
    [1, '壹分'],
    [10, '壹角整'],
    [11, '壹角壹分'],
    [105, '壹圆零伍分'],
    [1005, '壹拾圆零伍分'],
    [2460, '贰拾肆圆陆角整'],
    [10000, '壹佰圆整'],
    [10600, '壹佰零陆圆整'],
    [100100, '壹仟零壹圆整'],
    [1001000, '壹万零壹拾圆整'],
    [10000010, '壹拾万圆壹角整'],
    [10700053, '壹拾万柒仟圆伍角叁分'],
    [10050000, '壹拾万零伍佰圆整'],
    [1_0000_0001_00, '壹亿零壹圆整'],
    [1_0001_0000_00, '壹亿零壹万圆整'],
    [1_0100_0000_00, '壹亿零壹佰万圆整'],
    [1_2345_6789_01, '壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖圆零壹分'],
    [999_9999_9999_99, '玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖圆玖角玖分'],
    [100_0000_0010_00, '壹佰亿零壹拾圆整'],
    [1_0000_0000_0000_00, '壹万亿圆整'],
  ])('%d 分 is %s', (fen, words) => expect(chineseCapitals(fen)).toBe(words));

  it('reads back as the amount', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(), fc.maxSafeNat()), (fen) => {
        expect(readBack(chineseCapitals(fen))).toBe(fen);
      }),
    );
  });

  it('reads back where most digits are zero', () => {
    const sparse = fc.array(fc.constantFrom(0, 0, 0, 0, 1, 7), { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(sparse, (digits) => {
        const words = chineseCapitals(Number(digits.join('')));
        expect(readBack(words)).toBe(Number(digits.join('')));
        expect(words).not.toMatch(/零零|零[万亿拾佰仟]|.零圆/);
      }),
    );
  });

  it.each([-1, 0.5, NaN, Infinity])('refuses %d', (fen) => expect(() => chineseCapitals(fen)).toThrow(RangeError));
});

function readBack(words: string): number {
  const [, yuan = '', jiao = '', fen = ''] = /^(?:(.+)圆)?零?(?:(.)角)?零?(?:(.)分)?整?$/.exec(words) ?? [];
  return integer(yuan) * 100 + digit(jiao) * 10 + digit(fen);
}

function integer(words: string): number {
  for (const [name, value] of [
    ['亿', 1e8],
    ['万', 1e4],
    ['仟', 1e3],
    ['佰', 100],
    ['拾', 10],
  ] as const) {
    const at = words.lastIndexOf(name);
    if (at >= 0) return integer(words.slice(0, at)) * value + integer(words.slice(at + 1));
  }
  return digit(words.replace(/^零/, ''));
}

function digit(word: string): number {
  return word === '' ? 0 : '零壹贰叁肆伍陆柒捌玖'.indexOf(word);
}
