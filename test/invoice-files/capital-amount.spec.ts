import fc from 'fast-check';
import { chineseCapitals } from '../../src/demo/chinese-capitals';
import { fenOfCapitals } from '../../src/invoice-files/capital-amount';

describe('an amount in capitals', () => {
  it('is read as invoices print it, with 元 or 圆, 整 or 正, and characters apart', () => {
    const printed = {
      壹佰零陆圆整: 10600,
      '贰拾肆元陆角 整': 2460,
      壹拾圆零伍分: 1005,
      拾元正: 1000,
      伍角捌分: 58,
      零圆整: 0,
      壹万零伍佰圆整: 1_050_000,
      叁亿零贰佰万零壹圆零角玖分: 30_200_000_109,
      '（负数）壹佰圆整': null,
      '(负数)壹佰圆整': -10_000,
      负壹佰圆整: -10_000,
    };
    expect(Object.fromEntries(Object.keys(printed).map((text) => [text, fenOfCapitals(text)]))).toEqual(printed);
  });

  it('is none where its places are out of order, given twice, or missing', () => {
    for (const text of [
      '',
      '整',
      '圆',
      '壹拾佰圆',
      '壹佰贰佰圆',
      '壹贰圆整',
      '壹万贰万圆整',
      '106圆',
      '壹佰',
      '零佰圆',
    ]) {
      expect([text, fenOfCapitals(text)]).toEqual([text, null]);
    }
  });

  it('is the amount that was written, whatever it is', () => {
    fc.assert(fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (fen) => fenOfCapitals(chineseCapitals(fen)) === fen));
  });
});
