import { shanghaiDay } from '../domain/shanghai';
import { fenOf } from '../domain/yuan';

/** A day however it is printed (2026-11-20, 20261120, 2026年11月20日, with or without a time) as `yyyy-MM-dd`. */
export function dayOf(printed: string): string | null {
  // An instant with its offset falls on a day in China.
  const instant = /^\s*(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))\s*$/i.exec(
    printed,
  )?.[1];
  if (instant !== undefined && !Number.isNaN(Date.parse(instant))) return shanghaiDay(Date.parse(instant) / 1000);
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

/** A day at the beginning of a text, its numbers in a form's 年 月 日 or beside them (`2026 11 20 年 月 日`). */
export function dayIn(printed: string): string | null {
  const found = /^\s*(\d{4})\D{1,4}(\d{1,2})\D{1,4}(\d{1,2})(?!\d)/.exec(printed);
  return dayOf(printed) ?? (found ? dayOf(`${found[1]}-${found[2]}-${found[3]}`) : null);
}

/**
 * Text for matching, of the same length: full-width signs as ASCII, and the radicals that fonts give back for ordinary
 * characters (⼊ for 入) as those characters.
 */
export function plain(text: string): string {
  return FULL_WIDTH.test(text) ? mended(text).replace(FULL_WIDTHS, narrow) : mended(text);
}

const FULL_WIDTH = /[\uff01-\uff5e￥\u3000\u00a0]/;
const FULL_WIDTHS = /[\uff01-\uff5e￥\u3000\u00a0]/g;

function narrow(char: string): string {
  if (char === '￥') return '¥';
  if (char === '\u3000' || char === '\u00a0') return ' ';
  return String.fromCharCode(char.charCodeAt(0) - 0xfee0);
}

const RADICAL = /[\u2e80-\u2fdf\uf900-\ufaff]/;
const RADICALS = /[\u2e80-\u2fdf\uf900-\ufaff]/g;

/** The text as it is printed, with radicals mended. */
export function mended(text: string): string {
  if (!RADICAL.test(text)) return text;
  return text.replace(RADICALS, (char) => {
    const normal = char.normalize('NFKC');
    return normal.length === 1 ? normal : char;
  });
}

/** Fields of structured data are believed where they have the shape of what they are called; null: they have not. */
export function numberOf(written: string): string | null {
  return shaped(written, /^(\d{20}|\d{8})$/);
}

export function codeOf(written: string): string | null {
  return shaped(written, /^(\d{12}|\d{10})$/);
}

export function checkCodeOf(written: string): string | null {
  return shaped(written, /^\d{20}$/);
}

/** A taxpayer's id, in capitals. */
export function idOf(written: string): string | null {
  return shaped(written.toUpperCase(), /^[0-9A-Z]{15,20}$/);
}

/** A party's name: not a number, and no label. */
export function nameOf(written: string): string | null {
  const name = written.trim().replace(/^(购买方|销售方)?名\s*称\s*[:：]\s*/, '');
  return /\p{L}/u.test(name) && !/[:：]$/.test(name) ? name : null;
}

/** 分; what stands for "no tax" is nought. */
export function moneyOf(written: string): number | null {
  if (/^\s*(\*+|免税|不征税|零税率)\s*$/.test(written)) return 0;
  return written.trim() === '' ? null : fenOf(written);
}

function shaped(written: string, shape: RegExp): string | null {
  return shape.exec(written.replace(/\s/g, ''))?.[0] ?? null;
}
