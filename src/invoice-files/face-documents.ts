import { Fact, FactList, FactSource, Journey, OtherDocument } from '../domain/invoice-facts';
import { fenOf } from '../domain/yuan';
import { tableIn } from './face-table';
import { dayIn, dayOf } from './printed';
import { Line, spaced } from './text-lines';

const AMOUNT = String.raw`(?:CNY|¥)?\s*(\d[\d,]*\.\d{1,2})`;
const NUMBER = new RegExp(`${spaced('发票号码')}\\s*:?\\s*(\\d{20})(?!\\d)`);
const BUYER = new RegExp(`${spaced('购买方名称')}\\s*:\\s*(\\S[^:]*?)(?=\\s+统\\s*一\\s*社\\s*会|\\s*$)`, 'm');
const BUYER_ID = new RegExp(
  `${spaced('统一社会信用代码')}(?:\\s*/\\s*${spaced('纳税人识别号')})?\\s*:\\s*([0-9A-Z]{15,20})(?![0-9A-Z])`,
);
const TRAIN = /(?:^|[\s站])([GDCZTKYLS]\d{1,4}|\d{4})(?=$|[\s\u4e00-\u9fff])/m;
const STATION = /([\u4e00-\u9fff]{1,9})\s*站/g;
const FLIGHT = /(?:^|\s)([0-9A-Z]{2}\d{3,4})(?=\s|$)/m;
const DEPARTURE = /(\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)\s*\d{1,2}\s*:\s*\d{2}\s*开/;

/**
 * What a paper calls itself in its title, where that is no invoice that a merchant issues. The same words may stand in a
 * line or a remark of any invoice: only the title counts, and of a paper without a title what it has instead of a number.
 */
export function documentOf(lines: readonly Line[]): OtherDocument | null {
  const titled = documentTitled(titleOf(lines));
  if (titled) return titled;
  const texts = lines.map(({ text }) => text.replace(/\s/g, ''));
  const all = texts.join('\n');
  if (/发票号码|价税合计/.test(all) || tableIn(lines)) return null;
  if (/票据代码/.test(all) && /票据号码/.test(all)) return 'fiscal_receipt';
  return documentTitled(texts.slice(0, 2).join('\n'));
}

/** The kind that a title names. */
export function documentTitled(title: string): OtherDocument | null {
  const found = TITLES.find(([pattern]) => pattern.test(title));
  return found?.[1] ?? null;
}

const TITLES: readonly (readonly [RegExp, OtherDocument])[] = [
  [/铁路电子客票/, 'railway_ticket'],
  [/航空运输电子客票行程单/, 'air_itinerary'],
  [/(机动车|二手车)销售统一发票/, 'vehicle_invoice'],
  [/通用(机打|定额)?(电子)?发票/, 'general_invoice'],
  [/票据(\(电子\)|汇总单|$)|(财政|非税收入|医疗)[^:]{0,10}票据/, 'fiscal_receipt'],
  [/行程(报销)?单|TRIPTABLE/i, 'trip_list'],
  [/(水|电|燃气|热力)费?(账单|通知单|缴费单|收费单)/, 'utility_bill'],
];

/** What is set in large letters, without blanks. */
function titleOf(lines: readonly Line[]): string {
  const heights = lines.flatMap(({ segments }) => segments.map(({ height }) => height)).sort((a, b) => a - b);
  const usual = heights[(heights.length - 1) >> 1] ?? 0;
  return lines
    .flatMap(({ segments }) => segments)
    .filter(({ height }) => height >= LARGE * usual)
    .map(({ text }) => text.replace(/\s/g, ''))
    .join('\n');
}

/** A title is set in letters so many times as large as the usual ones. */
const LARGE = 1.3;

/** A railway or air ticket: buyer, number, day and fare, and the journey; of the traveller nothing. */
export function journeyFacts(
  document: 'railway_ticket' | 'air_itinerary',
  lines: readonly Line[],
  text: string,
  source: FactSource,
): Fact[] {
  const list = new FactList(source);
  list.add('number', NUMBER.exec(text)?.[1]);
  const issued = new RegExp(`(?:${spaced('开票日期')}|${spaced('填开日期')})\\s*:?\\s*(\\d{4}[^\\n]{1,24})`).exec(
    text,
  )?.[1];
  list.add('issuedOn', issued === undefined ? null : dayIn(issued));
  list.add('title', BUYER.exec(text)?.[1]?.trim());
  list.add('buyerNumber', BUYER_ID.exec(text)?.[1]);
  if (document === 'railway_ticket') {
    list.add('fee', amountBehind(text, '(?:票\\s*价|退\\s*票\\s*费)\\s*:?'));
    list.add('journey', trainIn(lines, text));
  } else {
    readAirFare(list, lines);
    list.add('journey', flightIn(text));
  }
  return list.facts;
}

function amountBehind(text: string, label: string): number | null {
  const found = new RegExp(`${label}\\s*${AMOUNT}`).exec(text)?.[1];
  return found === undefined ? null : fenOf(found);
}

function trainIn(lines: readonly Line[], text: string): Journey | null {
  for (const { text: line } of lines) {
    const number = TRAIN.exec(line)?.[1];
    const stations = [...line.matchAll(STATION)].map(([, name = '']) => `${name}站`);
    if (number === undefined || stations.length < 2) continue;
    const [from, to] = stations;
    const on = dayOf(DEPARTURE.exec(text)?.[1] ?? '');
    return { number, ...(from && to ? { from, to } : {}), ...(on ? { on } : {}) };
  }
  return null;
}

function flightIn(text: string): Journey | null {
  const number = FLIGHT.exec(text)?.[1];
  return number === undefined ? null : { number };
}

/** The heads 票价 … 合计 with their amounts below: the last is the sum, fund and other taxes among it. */
function readAirFare(list: FactList, lines: readonly Line[]): void {
  const head = lines.findIndex(({ text }) => /票\s*价/.test(text) && /合\s*计/.test(text));
  const amounts = [...(lines[head + 1]?.text ?? '').matchAll(/CNY\s*(\d[\d,]*\.\d{2})/g)].map(([, amount = '']) =>
    fenOf(amount),
  );
  const fee = amounts.length >= 2 ? amounts.at(-1) : undefined;
  list.add('fee', fee, 'likely');
}
