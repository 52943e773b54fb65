import { Confidence } from '../domain/invoice-facts';
import { fenOf } from '../domain/yuan';
import { Line } from './text-lines';

const AMOUNT = String.raw`\d{1,3}(?:,\d{3})+\.\d{2}|\d+\.\d{2}`;
/** A minus stands before or behind the sign of the currency. Blanks come one at a time. */
const SIGNED = String.raw`(-?) ?¥? ?(-?) ?(${AMOUNT})(?!\d)`;
/** What the tax column prints where there is no tax. */
const NO_TAX = String.raw`\*+|免税|不征税|零税率`;
const SMALL = new RegExp(`小 ?写 ?\\)? ?:? ?(?:CNY|人民币)? ?${SIGNED}`);
const PRINTED = new RegExp(`${SIGNED}|${NO_TAX}`, 'g');
const TOTAL_ROW = /(^|\s)合\s*计(?=$|[\s¥\d*:-])/;
const GROSS_ROW = /价\s*税\s*合\s*计|小\s*写/;
/** Letters so much larger than a row's are a watermark's. */
const LARGE = 1.8;

export interface Sum {
  field: 'fee' | 'feeWithoutTax' | 'tax';
  value: number;
  confidence: Confidence;
}

/**
 * 合计 and 价税合计 (小写) below the lines of the table, in 分; a remark may have such words, too. The three are believed where
 * they add up, or stand behind their labels. Without a table (`top` null) all are likely.
 */
export function sumsOf(lines: readonly Line[], top: number | null): Sum[] {
  const below = lines.filter(({ y }) => top === null || y < top);
  const gross = below.findIndex(({ text }) => GROSS_ROW.test(text));
  const sure = top === null ? 'likely' : 'certain';
  const fee = grossOf(below);
  const sums: Sum[] = fee === null ? [] : [{ field: 'fee', value: fee, confidence: sure }];
  const total = below.findLastIndex(
    ({ text }, n) => (gross < 0 || n < gross) && TOTAL_ROW.test(text) && !GROSS_ROW.test(text),
  );
  const [net, tax] = total < 0 ? [] : rowAmounts(below, total);
  if (net === undefined) return sums;
  // A blank where the tax would be: there is none, if the gross amount says so too.
  const told = tax ?? (net === fee ? 0 : undefined);
  const adds = fee !== null && net + (told ?? 0) === fee;
  const confidence = adds && tax !== undefined ? sure : 'likely';
  sums.push({ field: 'feeWithoutTax', value: net, confidence });
  if (told !== undefined) sums.push({ field: 'tax', value: told, confidence });
  if (fee === null && tax !== undefined) sums.push({ field: 'fee', value: net + tax, confidence: 'likely' });
  return sums;
}

function grossOf(lines: readonly Line[]): number | null {
  for (const [n, line] of lines.entries()) {
    const found = SMALL.exec(wordsOf(line));
    if (found) return signed(found);
    if (!/小\s*写/.test(line.text)) continue;
    const amounts = rowAmounts(lines, n);
    if (amounts.length === 1) return amounts[0] as number;
  }
  return null;
}

/** Amounts may stand a little higher or lower than their label does, as lines of their own. */
function rowAmounts(lines: readonly Line[], n: number): number[] {
  const own = lines[n] as Line;
  const level = amountsIn(own);
  if (level.length > 0) return level;
  const height = own.segments[0]?.height ?? 0;
  const beside = [lines[n - 1], lines[n + 1]].filter((line) => line && Math.abs(line.y - own.y) < 0.95 * height);
  return beside.flatMap((line) => (/[^\d\s¥,.*-]/.test((line as Line).text) ? [] : amountsIn(line as Line)));
}

function amountsIn(line: Line): number[] {
  return [...wordsOf(line).matchAll(PRINTED)].map((found) => signed(found) ?? 0);
}

function wordsOf({ segments }: Line): string {
  const usual = Math.min(...segments.map(({ height }) => height));
  return segments
    .filter(({ height }) => height <= LARGE * usual)
    .map(({ text }) => text)
    .join(' ');
}

function signed([, before, after, amount]: RegExpMatchArray): number | null {
  const fen = amount === undefined ? null : fenOf(amount);
  return fen !== null && (before || after) ? -fen : fen;
}
