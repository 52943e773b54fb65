import { kindOf } from '../domain/invoice';
import { Confidence, Fact, FactList, FactSource } from '../domain/invoice-facts';
import { fenOf } from '../domain/yuan';
import { CAPITALS, fenOfCapitals } from './capital-amount';
import { itemsOf } from './face-items';
import { partiesOf } from './face-parties';
import { dayOf } from './printed';
import { Line, linesOf, spaced, TextPiece } from './text-lines';

const AMOUNT = String.raw`-?\d{1,3}(?:,\d{3})+\.\d{2}|-?\d+\.\d{2}`;
/** What the tax column prints where there is no tax. */
const NO_TAX = String.raw`\*{2,}|免税|不征税`;

/**
 * What the printed text of an invoice's first page says. Pieces come in any order; what stands behind its label is
 * certain, what is recognised by its looks is likely.
 */
export function readFaceText(pieces: readonly TextPiece[], source: FactSource = 'text'): Fact[] {
  const lines = linesOf(pieces);
  const list = new FactList(source);
  const text = lines.map((line) => line.text).join('\n');
  readNumbers(list, text);
  const day = dayOf(after(text, '开票日期') ?? '');
  list.add('issuedOn', day ?? onlyDay(text), day ? 'certain' : 'likely');
  for (const { field, value } of partiesOf(lines)) list.add(field, value);
  const sums = readSums(lines, text);
  for (const { field, value, confidence } of sums) list.add(field, value, confidence);
  const net = sums.find(({ field }) => field === 'feeWithoutTax')?.value;
  const items = itemsOf(lines);
  if (items.length > 0) {
    const total = items.reduce((sum, { amount }) => sum + amount, 0);
    list.add(
      'items',
      items.map(({ item }) => item),
      total === net ? 'certain' : 'likely',
    );
  }
  readKind(list, text);
  return [...list.facts, ...inCapitals(text)];
}

function readNumbers(list: FactList, text: string): void {
  const digital = new RegExp(`${spaced('发票号码')}\\s*:?\\s*(\\d{20})(?!\\d)`).exec(text)?.[1];
  const code = new RegExp(`${spaced('发票代码')}\\s*:?\\s*(\\d{12}|\\d{10})(?!\\d)`).exec(text)?.[1];
  const legacy = new RegExp(`${spaced('发票号码')}\\s*:?\\s*(\\d{8})(?!\\d)`).exec(text)?.[1];
  if (digital) return list.add('number', digital);
  list.add('code', code);
  list.add('number', legacy);
  const check = new RegExp(`${spaced('校验码')}\\s*:?\\s*((?:\\d{5}\\s*){4})(?!\\d)`).exec(text)?.[1];
  list.add('checkCode', check?.replace(/\s/g, ''));
  if (legacy || code) return;
  // Without its label: twenty digits that stand alone, if there is but one such number.
  const alone = new Set(text.match(/(?<![\dA-Z])\d{20}(?![\dA-Z])/g) ?? []);
  if (alone.size === 1) list.add('number', [...alone][0], 'likely');
}

function after(text: string, label: string): string | undefined {
  return new RegExp(`${spaced(label)}\\s*:?\\s*(\\d{4}[^\\n]{1,24})`).exec(text)?.[1];
}

function onlyDay(text: string): string | null {
  const days = new Set([...text.matchAll(/\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日/g)].map(([day]) => dayOf(day)));
  const [value] = days;
  return days.size === 1 && value ? value : null;
}

interface Sum {
  field: 'fee' | 'feeWithoutTax' | 'tax';
  value: number;
  confidence: Confidence;
}

/** 合计 and 价税合计. The three are believed where they add up, or stand behind their labels. */
function readSums(lines: Line[], text: string): Sum[] {
  const small = new RegExp(`\\(\\s*${spaced('小写')}\\s*\\)\\s*:?\\s*¥?\\s*(${AMOUNT})`).exec(text)?.[1];
  const fee = small ? fenOf(small) : null;
  const sums: Sum[] = fee === null ? [] : [{ field: 'fee', value: fee, confidence: 'certain' }];
  const row = lines.find((line) => /(^|\s)合\s*计(?!\s*\()/.test(line.text) && !/价\s*税\s*合\s*计/.test(line.text));
  const printed = row
    ? [...row.text.matchAll(new RegExp(`¥?\\s*(${AMOUNT})|${NO_TAX}`, 'g'))].map(
        ([, amount]) => (amount && fenOf(amount)) || 0,
      )
    : [];
  const [net, tax] = printed;
  if (net === undefined) return sums;
  const adds = fee !== null && net + (tax ?? 0) === fee;
  const confidence = adds && tax !== undefined ? 'certain' : 'likely';
  sums.push({ field: 'feeWithoutTax', value: net, confidence });
  if (tax !== undefined) sums.push({ field: 'tax', value: tax, confidence });
  if (fee === null && tax !== undefined) sums.push({ field: 'fee', value: net + tax, confidence: 'likely' });
  return sums;
}

/** 价税合计 (大写): the amount once more, in signs that are hard to alter. */
function inCapitals(text: string): Fact[] {
  const list = new FactList('capitals');
  const found = new RegExp(`${spaced('大写')}\\s*\\)?[ :⊗⨂⦻Ⓧⓧ×]*((?:\\(负数\\)|负)?${CAPITALS}+)`).exec(text)?.[1];
  list.add('fee', found === undefined ? null : fenOfCapitals(found));
  return list.facts;
}

function readKind(list: FactList, text: string): void {
  const number = list.facts.find(({ field }) => field === 'number')?.value as string | undefined;
  const code = list.facts.find(({ field }) => field === 'code')?.value as string | undefined;
  if (!number) return;
  const special = /增\s*值\s*税\s*专\s*用\s*发\s*票|增\s*值\s*税\s*电\s*子\s*专\s*用/.test(text);
  if (number.length === 20 && !code) list.add('kind', special ? 'digital_special' : 'digital_ordinary', 'likely');
  else if (code) list.add('kind', special ? 'vat_special' : kindOf(number, code), 'likely');
}
