import { Fault } from './fault';
import { Invoice } from './invoice';
import { checkAmounts } from './rules/amounts';
import { checkBuyer } from './rules/buyer';
import { RULES, RULES_VERSION } from './rules/catalogue';
import { checkItems } from './rules/items';
import { checkNumbers } from './rules/numbers';
import { checkRedLetter } from './rules/other-ways';
import { checkSeller } from './rules/seller';
import { checkTexts } from './rules/texts';
import { checkTimes } from './rules/times';
import { checkTitle } from './rules/title';

export interface CheckContext {
  /** Unix seconds. */
  now: number;
  /** Codes of warnings that this merchant wants as errors. */
  strict?: readonly string[];
  /** Codes of errors that this merchant wants as warnings; only rules marked relaxable give way. */
  relaxed?: readonly string[];
}

/** The fields as a reader meets them, from the top right of the face to its foot. */
const FACE = new Map(
  [
    'number',
    'code',
    'check_code',
    'issued_at',
    'title',
    'buyer_number',
    'buyer_address_and_phone',
    'buyer_bank_account',
    'seller_number',
    'seller_address_and_phone',
    'seller_bank_account',
    'items',
    'fee_without_tax',
    'tax',
    'fee',
    'remarks',
    'cashier',
    'maker',
  ].map((field, place) => [field, place]),
);

const RELAXABLE = new Set(RULES.filter(({ relaxable }) => relaxable).map(({ code }) => code));

/** The verdict that an accepted invoice carries for ever: the book, and the codes of its warnings. */
export interface Checked {
  rules_version: string;
  warnings: string[];
}

export function checkedWith(faults: readonly Fault[]): Checked {
  return { rules_version: RULES_VERSION, warnings: [...new Set(faults.map(({ code }) => code))] };
}

/** Every fault of an invoice at once, in the reading order of its face. `now` is Unix seconds. */
export function checkInvoice(invoice: Invoice, context: number | CheckContext): Fault[] {
  const { now, strict = [], relaxed = [] } = typeof context === 'number' ? { now: context } : context;
  const faults = inReadingOrder([
    ...checkNumbers(invoice, now),
    ...checkTimes(invoice, now),
    ...checkTitle(invoice),
    ...checkBuyer(invoice),
    ...checkSeller(invoice),
    ...checkItems(invoice),
    ...checkAmounts(invoice),
    ...checkRedLetter(invoice),
    ...checkTexts(invoice),
  ]);
  if (strict.length === 0 && relaxed.length === 0) return faults;
  return faults.map((fault) => ({ ...fault, severity: severityFor(fault, strict, relaxed) }));
}

function inReadingOrder(faults: Fault[]): Fault[] {
  if (faults.length < 2) return faults;
  const placed = faults.map((fault) => ({ fault, place: placeOf(fault.pointer) }));
  return placed.sort((a, b) => a.place - b.place).map(({ fault }) => fault);
}

function severityFor({ code, severity }: Fault, strict: readonly string[], relaxed: readonly string[]) {
  if (strict.includes(code)) return 'error';
  return relaxed.includes(code) && RELAXABLE.has(code) ? 'warning' : severity;
}

/** Lines follow each other within `items`; what concerns all of them comes after the last. */
function placeOf(pointer: string): number {
  const [, , field = '', line] = pointer.split('/');
  const within = field === 'items' ? (line === undefined ? 999_999 : Number(line)) : 0;
  return (FACE.get(field) ?? -1) * 1_000_000 + within;
}
