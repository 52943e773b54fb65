import { kindOf } from '../domain/invoice';
import { Confidence, Fact, FactList, FactSource } from '../domain/invoice-facts';
import { CAPITALS, fenOfCapitals } from './capital-amount';
import { documentOf, journeyFacts } from './face-documents';
import { FaceItem, itemsOf } from './face-items';
import { partiesOf } from './face-parties';
import { sumsOf } from './face-sums';
import { tableIn } from './face-table';
import { dayIn, dayOf } from './printed';
import { Line, linesOf, spaced, TextPiece } from './text-lines';

/** Not of the invoice that this one takes the place of, or takes back. */
const OWN = '(?<!(?:原|蓝字|红冲|对应|正数|被)(?:[^:\\n]{0,6}))';
const DIGITAL = new RegExp(`${OWN}${spaced('发票号码')}\\s*:?\\s*(\\d{20})(?!\\d)`);
const CODE = new RegExp(`${OWN}${spaced('发票代码')}\\s*:?\\s*(\\d{12}|\\d{10})(?!\\d)`);
const LEGACY = new RegExp(`${OWN}${spaced('发票号码')}\\s*:?\\s*(\\d{8})(?!\\d)`);
const CHECK_CODE = new RegExp(`${spaced('校验码')}\\s*:?\\s*((?:\\d\\s*){20})(?!\\d)`);
const DAY = new RegExp(`${OWN}${spaced('开票日期')}\\s*:?\\s*(\\d{4}[^\\n]{1,24})`);
const IN_CAPITALS = new RegExp(
  `${spaced('大写')}\\s*\\)?[ :⊗⨂⦻Ⓧⓧ×☒○〇X]{0,6}(?:人民币)?((?:\\( ?负 ?数 ?\\)|负数?)? ?${CAPITALS}+)`,
);

/**
 * What the printed text of an invoice says. Its first page is its face; on further pages lines go on, and the last has the
 * sums. Pieces come in any order; what stands behind its label is certain, what is recognised by its looks is likely.
 */
export function readFaceText(pages: readonly (readonly TextPiece[])[], source: FactSource = 'text'): Fact[] {
  const [lines = [], ...further] = pages.map(linesOf);
  const text = textOf(lines);
  const list = new FactList(source);
  const document = documentOf(lines);
  list.add('document', document);
  if (document === 'railway_ticket' || document === 'air_itinerary')
    return [...list.facts, ...journeyFacts(document, lines, text, source)];
  if (document) return list.facts;
  const head = textOf(headOf(lines));
  readNumbers(list, head);
  readDay(list, head);
  const number = list.facts.find(({ field }) => field === 'number')?.value;
  const own = [lines, ...further.filter((page) => isOf(number, textOf(page)))];
  const sums = readTable(list, own);
  readKind(list, text);
  const table = tableIn(sums);
  const below = table ? sums.filter(({ y }) => y < table.top) : sums;
  return [...list.facts, ...inCapitals(textOf(below), table ? 'certain' : 'likely')];
}

/** Whether a page names its invoice. */
export function hasNumber(pieces: readonly TextPiece[]): boolean {
  const text = textOf(linesOf(pieces));
  return DIGITAL.test(text) || LEGACY.test(text);
}

/** What stands above the table: the numbers of other invoices may stand below it. */
function headOf(lines: readonly Line[]): readonly Line[] {
  const top = tableIn(lines)?.top;
  return top === undefined ? lines : lines.filter(({ y }) => y > top);
}

/** A page of this invoice: it names no other number. */
function isOf(number: Fact['value'] | undefined, text: string): boolean {
  const named = DIGITAL.exec(text)?.[1] ?? LEGACY.exec(text)?.[1];
  return named === undefined || named === number;
}

function textOf(lines: readonly Line[]): string {
  return lines.map((line) => line.text).join('\n');
}

/** Parties, sums and lines; the page with the sums. */
function readTable(list: FactList, pages: Line[][]): Line[] {
  const [face = []] = pages;
  const tables = pages.map(tableIn);
  for (const { field, value, confidence } of partiesOf(face, tables[0] ?? null)) list.add(field, value, confidence);
  const summed = pages.map((page, n) => ({ page, sums: sumsOf(page, tables[n]?.top ?? null) }));
  const { page, sums } = summed.find((one) => one.sums.length > 0) ?? { page: face, sums: [] };
  for (const { field, value, confidence } of sums) list.add(field, value, confidence);
  const net = sums.find(({ field }) => field === 'feeWithoutTax')?.value;
  addItems(
    list,
    tables.map((table) => (table ? itemsOf(table) : [])),
    net,
  );
  return page;
}

/** What is listed on further pages goes on from the face, unless the face's lines are the whole amount already. */
function addItems(list: FactList, byPage: FaceItem[][], net: number | undefined): void {
  const total = (items: FaceItem[]) => items.reduce((sum, { amount }) => sum + amount, 0);
  const [face = []] = byPage;
  const items = net !== undefined && total(face) === net ? face : byPage.flat();
  if (items.length === 0) return;
  const sure = total(items) === net && items.every(({ whole }) => whole);
  list.add(
    'items',
    items.map(({ item }) => item),
    sure ? 'certain' : 'likely',
  );
}

function readNumbers(list: FactList, text: string): void {
  const digital = DIGITAL.exec(text)?.[1];
  const code = CODE.exec(text)?.[1];
  const legacy = LEGACY.exec(text)?.[1];
  if (digital) return list.add('number', digital);
  list.add('code', code);
  list.add('number', legacy);
  list.add('checkCode', CHECK_CODE.exec(text)?.[1]?.replace(/\s/g, ''));
  // Without its label: twenty digits that stand alone on a 数电 face. On a legacy face they are the check code.
  if (legacy || code || !/电\s*子\s*发\s*票/.test(text) || /校\s*验\s*码|(?<!\d)[01]\d{11}(?!\d)/.test(text)) return;
  const alone = new Set(text.match(/(?<![\dA-Z])[2-9]\d{19}(?![\dA-Z])/g) ?? []);
  if (alone.size === 1) list.add('number', [...alone][0], 'likely');
}

function readDay(list: FactList, text: string): void {
  const behindLabel = DAY.exec(text)?.[1];
  const day = behindLabel === undefined ? null : dayIn(behindLabel);
  if (day) return list.add('issuedOn', day);
  const days = new Set(
    [...text.matchAll(/\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日/g)].map(([printed]) => dayOf(printed)),
  );
  if (days.size === 1) list.add('issuedOn', [...days][0], 'likely');
}

/** 价税合计 (大写): the amount once more, in signs that are hard to alter. */
function inCapitals(text: string, confidence: Confidence): Fact[] {
  const list = new FactList('capitals');
  const found = IN_CAPITALS.exec(text)?.[1];
  list.add('fee', found === undefined ? null : fenOfCapitals(found), confidence);
  return list.facts;
}

function readKind(list: FactList, text: string): void {
  const number = list.facts.find(({ field }) => field === 'number')?.value as string | undefined;
  const code = list.facts.find(({ field }) => field === 'code')?.value as string | undefined;
  if (!number) return;
  const special = /专\s*用\s*发\s*票/.test(text) && !/普\s*通\s*发\s*票/.test(text);
  if (number.length === 20 && !code) list.add('kind', special ? 'digital_special' : 'digital_ordinary', 'likely');
  else if (code) list.add('kind', special ? 'vat_special' : kindOf(number, code), 'likely');
}
