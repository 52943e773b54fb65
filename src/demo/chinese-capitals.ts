const DIGITS = '零壹贰叁肆伍陆柒捌玖';
const PLACES = ['', '拾', '佰', '仟'];

/**
 * An amount in 分 as 大写金额, the way invoices print it (中国人民银行《支付结算办法》附一): 10600 → `壹佰零陆圆整`,
 * 2460 → `贰拾肆圆陆角整`, 1005 → `壹拾圆零伍分`. A run of zeros is read as one 零, trailing zeros not at all;
 * 整 ends an amount without 分. Amounts are whole 分 and not negative: a red-letter face is not drawn here.
 */
export function chineseCapitals(fen: number): string {
  if (!Number.isSafeInteger(fen) || fen < 0) throw new RangeError(`not an amount in 分, or negative: ${fen}`);
  const yuan = Math.floor(fen / 100);
  const whole = yuan > 0 ? `${integer(yuan)}圆` : '';
  const cents = subunits(Math.floor((fen % 100) / 10), fen % 10, yuan > 0);
  return whole || cents ? whole + cents : '零圆整';
}

function integer(value: number): string {
  if (value >= 1e8) return joined(value, 1e8, '亿');
  if (value >= 1e4) return joined(value, 1e4, '万');
  return belowTenThousand(value);
}

function joined(value: number, unit: number, name: string): string {
  const rest = value % unit;
  const gap = rest > 0 && rest < unit / 10 ? '零' : '';
  return integer(Math.floor(value / unit)) + name + gap + (rest > 0 ? integer(rest) : '');
}

function belowTenThousand(value: number): string {
  const digits = value.toString();
  const spoken = [...digits].map((digit, i) => (digit === '0' ? '零' : spell(digit) + PLACES[digits.length - 1 - i]));
  return spoken.join('').replace(/零+/g, '零').replace(/零$/, '');
}

function subunits(jiao: number, fen: number, afterYuan: boolean): string {
  const tenths = jiao > 0 ? `${spell(jiao)}角` : '';
  if (fen === 0) return jiao > 0 || afterYuan ? `${tenths}整` : '';
  return `${jiao === 0 && afterYuan ? '零' : tenths}${spell(fen)}分`;
}

function spell(digit: number | string): string {
  return DIGITS.charAt(Number(digit));
}
