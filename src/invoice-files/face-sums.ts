import { Confidence } from '../domain/invoice-facts';
import { fenOf } from '../domain/yuan';
import { Line, spaced } from './text-lines';

const AMOUNT = String.raw`\d{1,3}(?:,\d{3})+\.\d{2}|\d+\.\d{2}`;
/** A minus stands before or behind the sign of the currency. */
const SIGNED = String.raw`(-?)\s*¥?\s*(-?)\s*(${AMOUNT})(?!\d)`;
/** What the tax column prints where there is no tax. */
const NO_TAX = String.raw`\*{1,}|免税|不征税|零税率`;
const SMALL = new RegExp(`\\(?\\s*${spaced('小写')}\\s*\\)?\\s*:?\\s*(?:CNY|人民币)?\\s*${SIGNED}`);
const PRINTED = new RegExp(`${SIGNED}|${NO_TAX}`, 'g');
const TOTAL_ROW = /(^|\s)合\s*计(?!\s*\()/;
const GROSS_ROW = /价\s*税\s*合\s*计/;

export interface Sum {
  field: 'fee' | 'feeWithoutTax' | 'tax';
  value: number;
  confidence: Confidence;
}

/** 合计 and 价税合计 (小写), in 分. The three are believed where they add up, or stand behind their labels. */
export function sumsOf(lines: readonly Line[]): Sum[] {
  const fee = grossOf(lines);
  const sums: Sum[] = fee === null ? [] : [{ field: 'fee', value: fee, confidence: 'certain' }];
  const row = lines.find(({ text }) => TOTAL_ROW.test(text) && !GROSS_ROW.test(text));
  const [net, tax] = row ? amountsIn(row.text) : [];
  if (net === undefined) return sums;
  // A blank where the tax would be: there is none, if the gross amount says so too.
  const told = tax ?? (net === fee ? 0 : undefined);
  const adds = fee !== null && net + (told ?? 0) === fee;
  const confidence = adds && tax !== undefined ? 'certain' : 'likely';
  sums.push({ field: 'feeWithoutTax', value: net, confidence });
  if (told !== undefined) sums.push({ field: 'tax', value: told, confidence });
  if (fee === null && tax !== undefined) sums.push({ field: 'fee', value: net + tax, confidence: 'likely' });
  return sums;
}

/** The amount may stand a little higher or lower than its label does, as a line of its own. */
function grossOf(lines: readonly Line[]): number | null {
  for (const [n, { text, y }] of lines.entries()) {
    const found = SMALL.exec(text);
    if (found) return signed(found);
    if (!/小\s*写/.test(text)) continue;
    const beside = [lines[n - 1], lines[n + 1]].filter((line) => line && Math.abs(line.y - y) < 7);
    const amounts = beside.flatMap((line) => amountsIn((line as Line).text));
    if (amounts.length === 1) return amounts[0] as number;
  }
  return null;
}

function amountsIn(text: string): number[] {
  return [...text.matchAll(PRINTED)].map((found) => signed(found) ?? 0);
}

function signed([, before, after, amount]: RegExpMatchArray): number | null {
  const fen = amount === undefined ? null : fenOf(amount);
  return fen !== null && (before || after) ? -fen : fen;
}
