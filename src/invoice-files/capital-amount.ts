const DIGITS = '零壹贰叁肆伍陆柒捌玖';
const PLACES: Record<string, number> = { 拾: 10, 佰: 100, 仟: 1000 };
const GROUPS = [
  ['亿', 1e8],
  ['万', 1e4],
] as const;

/** The signs of 大写金额, to find one in a text; whole or in 角 and 分 alone. */
export const CAPITALS = `[${DIGITS}拾佰仟万亿圆元角分整正 ]`;

/**
 * An amount in 大写金额 (中国人民银行《支付结算办法》附一) in 分: `壹佰零陆圆整` → 10600. 元 and 正 do for 圆 and 整. Null: none, or
 * not written as the rules want it.
 */
export function fenOfCapitals(printed: string): number | null {
  const found =
    /^(\(?负数?\)?)?(?:([零壹贰叁肆伍陆柒捌玖拾佰仟万亿]+)[圆元])?(?:零?([零壹贰叁肆伍陆柒捌玖])角)?(?:零?([零壹贰叁肆伍陆柒捌玖])分)?[整正]?$/.exec(
      printed.replace(/\s/g, ''),
    );
  if (!found) return null;
  const [, minus, yuan, tenths, cents] = found;
  if (yuan === undefined && tenths === undefined && cents === undefined) return null;
  const whole = yuan === undefined ? 0 : integer(yuan);
  if (whole === null) return null;
  const fen = whole * 100 + digit(tenths) * 10 + digit(cents);
  return Number.isSafeInteger(fen) ? (minus ? -fen : fen) : null;
}

function integer(spoken: string): number | null {
  for (const [sign, size] of GROUPS) {
    const at = spoken.lastIndexOf(sign);
    if (at < 0) continue;
    const [high, low] = [integer(spoken.slice(0, at)), integer(spoken.slice(at + 1))];
    if (high === null || low === null || high === 0) return null;
    return high < size && low < size ? high * size + low : null;
  }
  let sum = 0;
  let below = 10_000;
  for (const [, sign = '', place = ''] of spoken.matchAll(/([零壹贰叁肆伍陆柒捌玖]?)([拾佰仟]?)/g)) {
    if (sign === '' && place === '') continue;
    const size = PLACES[place] ?? 1;
    // 拾 alone is ten; 零 only fills a gap.
    const times = sign === '' ? Number(place === '拾') : digit(sign);
    if (times === 0 && place === '' && sign === '零') continue;
    if (times === 0 || size >= below) return null;
    sum += times * size;
    below = size;
  }
  return sum;
}

function digit(sign: string | undefined): number {
  return sign === undefined ? 0 : DIGITS.indexOf(sign);
}
