/** A day however it is printed (2026-11-20, 20261120, 2026年11月20日, with or without a time) as `yyyy-MM-dd`. */
export function dayOf(printed: string): string | null {
  const found =
    /^\s*(\d{4})(?:\s*[-/.年]\s*)(\d{1,2})(?:\s*[-/.月]\s*)(\d{1,2})(?!\d)/.exec(printed) ??
    /^\s*(\d{4})(\d{2})(\d{2})(?!\d)/.exec(printed) ??
    /^\s*(\d{4})(\d{2})(\d{2})\d{6}\s*$/.exec(printed);
  if (!found) return null;
  const [, year = '', month = '', day = ''] = found;
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : null;
}

/**
 * Text for matching, of the same length: full-width signs as ASCII, and the radicals that fonts give back for ordinary
 * characters (⼊ for 入) as those characters.
 */
export function plain(text: string): string {
  return mended(text).replace(/[\uff01-\uff5e￥\u3000\u00a0]/g, (char) => {
    if (char === '￥') return '¥';
    if (char === '\u3000' || char === '\u00a0') return ' ';
    return String.fromCharCode(char.charCodeAt(0) - 0xfee0);
  });
}

/** The text as it is printed, with radicals mended. */
export function mended(text: string): string {
  return text.replace(/[\u2e80-\u2fdf\uf900-\ufaff]/g, (char) => {
    const normal = char.normalize('NFKC');
    return normal.length === 1 ? normal : char;
  });
}
