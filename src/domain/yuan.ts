/** 分 as yuan with two places: 10600 → `106.00`. */
export function yuanOf(fen: number): string {
  const digits = Math.abs(fen).toString().padStart(3, '0');
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** An amount of yuan as it is printed (`¥1,234.50`, `106`, `-3.2`) in 分; null where it is none, or has a part of a 分. */
export function fenOf(printed: string): number | null {
  const text = printed.replace(/[\s,¥￥]/g, '');
  const found = /^(-?)(\d{1,13})(?:\.(\d{1,2})0*)?$/.exec(text);
  if (!found) return null;
  const [, sign, whole = '', part = ''] = found;
  const fen = Number(whole) * 100 + Number(part.padEnd(2, '0'));
  return sign && fen !== 0 ? -fen : fen;
}

/** 分 as people read yuan: 123456 → `1,234.56`. */
export function yuanToRead(fen: number): string {
  return yuanOf(fen).replace(/\B(?=(\d{3})+\.)/g, ',');
}
