import { Fault } from '../domain/fault';
import { Invoice } from '../domain/invoice';
import { InvoiceRequest } from './invoice.api';
import { judgeInvoice, Strictness } from './judge-invoice';

/** What can be said of an invoice of which some fields may not even have the right shape. */
export interface PartlyJudged {
  /** With a value that no rule speaks about where a field is spoilt; null: there is no invoice at all. */
  invoice: Invoice | null;
  faults: Fault[];
  /** Of faults that compare this invoice with something: those that no spoilt field has caused. */
  certain: (faults: Fault[]) => Fault[];
}

/** Stand for what was not given, or not in its shape: the rules that need them are silent, or speak of them alone. */
const ABSENT = { number: '', title: '', issued_at: NaN, fee: NaN, fee_without_tax: NaN, tax: NaN };
const ABSENT_IN_LINE = { name: '', price: NaN };

/** Rules about other fields that a spoilt one decides: who bought, or of what kind the invoice is. */
const DECIDED_BY: Record<string, RegExp> = {
  buyer_type: /^INVOICE-(BUYER-0[13-7]|TITLE-0[45])$/,
  buyer_number: /^INVOICE-TITLE-0[45]$/,
  code: /^INVOICE-(NUMBER-|CODE-|CHECK-|KIND-|TITLE-03|ITEM-05|TEXT-0[12])/,
};

/**
 * Applies every rule to the fields that have their shape, so that a fault of shape hides no other. `ofShape` are the faults
 * of the document that holds `given` as its `invoice`.
 */
export function judgeWellFormed(given: unknown, ofShape: Fault[], terms: Strictness, now: number): PartlyJudged {
  const spoilt = ofShape.filter(({ code }) => code !== 'FIELD-UNKNOWN').map(({ pointer }) => pointer);
  if (!isFields(given) || spoilt.includes('/invoice') || spoilt.includes('')) {
    return { invoice: null, faults: [], certain: (faults) => faults };
  }
  const known = { ...ABSENT, ...without(given, spoilt, '/invoice'), items: linesOf(given.items, spoilt) };
  const guess = spoilt.includes('/invoice/buyer_type') ? { buyer_type: 'individual' } : {};
  const judged = judgeInvoice({ ...known, ...guess } as unknown as InvoiceRequest, terms, now);
  const undecided = undecidedRules(given, spoilt);
  const certain = (faults: Fault[]) =>
    faults.filter(
      ({ code, pointer }) =>
        !spoilt.some((at) => pointer === at || pointer.startsWith(`${at}/`)) && !undecided.some((r) => r.test(code)),
    );
  return { invoice: judged.invoice, faults: certain(judged.faults), certain };
}

/** A kind or a buyer's type that was given decides by itself. */
function undecidedRules(given: Record<string, unknown>, spoilt: string[]): RegExp[] {
  const decidedOtherwise: Record<string, unknown> = { code: given.kind, buyer_number: given.buyer_type };
  return Object.entries(DECIDED_BY)
    .filter(([field]) => spoilt.includes(`/invoice/${field}`) && decidedOtherwise[field] === undefined)
    .map(([, rules]) => rules);
}

function linesOf(items: unknown, spoilt: string[]): unknown[] {
  if (!Array.isArray(items) || spoilt.includes('/invoice/items')) return [];
  return items.map((line, index) => {
    const pointer = `/invoice/items/${index}`;
    if (!isFields(line) || spoilt.includes(pointer)) return ABSENT_IN_LINE;
    const num = spoilt.includes(`${pointer}/num`) ? { num: NaN } : {};
    return { ...ABSENT_IN_LINE, ...without(line, spoilt, pointer), ...num };
  });
}

function without(fields: Record<string, unknown>, spoilt: string[], pointer: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !spoilt.includes(`${pointer}/${name}`)));
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
