import { Fact, FactList } from '../domain/invoice-facts';
import { fenOf } from '../domain/yuan';
import { unescapeNames } from './pdf-scan';
import { dayOf } from './printed';

/** The keys that 数电 PDFs carry in their document information dictionary, amounts in yuan. */
export const INFO_KEYS = [
  'InvoiceNumber',
  'SellerIdNum',
  'IssueTime',
  'TotalAmWithoutTax',
  'TotalTaxAm',
  'TotalTax-includedAmount',
] as const;
type InfoKey = (typeof INFO_KEYS)[number];
const KEY = /\/(InvoiceNumber|SellerIdNum|IssueTime|Total(?:AmWithoutTax|TaxAm|Tax-includedAmount))/g;

export type InfoKeys = Partial<Record<InfoKey, string>>;

/**
 * The keys as they stand in the file's own words (see `outsideStreams`), in the object that its trailer names; of several
 * revisions the last counts. A file that was used before may still hold the keys of another invoice.
 */
export function scanInfo(escaped: string): InfoKeys {
  const keys: InfoKeys = {};
  const words = infoObject(unescapeNames(escaped));
  const places = new Map<InfoKey, number>();
  for (const found of words.matchAll(KEY)) places.set(found[1] as InfoKey, found.index);
  for (const [key, at] of places) {
    const rest = words.slice(at + key.length + 1, at + key.length + 400);
    const value = literal(rest) ?? hexadecimal(rest);
    if (value !== null) keys[key] = value;
  }
  return keys;
}

function infoObject(words: string): string {
  const named = [...words.matchAll(/\/Info\s+(\d+)\s+(\d+)\s+R/g)].at(-1);
  if (!named) return words;
  const begin = [...words.matchAll(new RegExp(`(?<!\\d)${named[1]}\\s+${named[2]}\\s+obj`, 'g'))].at(-1);
  if (!begin) return '';
  const end = words.indexOf('endobj', begin.index);
  return words.slice(begin.index, end < 0 ? undefined : end);
}

export function infoFacts(keys: InfoKeys): Fact[] {
  const list = new FactList('info');
  const number = keys.InvoiceNumber?.trim() ?? '';
  if (/^(\d{20}|\d{8})$/.test(number)) list.add('number', number);
  const seller = keys.SellerIdNum?.trim().toUpperCase() ?? '';
  if (/^[0-9A-Z]{15,20}$/.test(seller)) list.add('sellerNumber', seller);
  list.add('issuedOn', dayOf(keys.IssueTime ?? ''));
  list.add('feeWithoutTax', fenOf(keys.TotalAmWithoutTax ?? ''));
  list.add('tax', fenOf(keys.TotalTaxAm ?? ''));
  list.add('fee', fenOf(keys['TotalTax-includedAmount'] ?? ''));
  return list.facts;
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** `(…)` with its escapes (ISO 32000-1 §7.3.4.2); these values hold no brackets of their own. */
function literal(rest: string): string | null {
  const found = /^\s*\(((?:[^()\\]|\\[\s\S])*)\)/.exec(rest)?.[1];
  if (found === undefined) return null;
  const bytes = found.replace(/\\([0-7]{1,3}|\r\n|[\s\S])/g, (_, escaped: string) =>
    /^[0-7]/.test(escaped)
      ? String.fromCharCode(parseInt(escaped, 8) & 255)
      : (ESCAPES[escaped] ?? (/^[\r\n]/.test(escaped) ? '' : escaped)),
  );
  return decoded(Buffer.from(bytes, 'latin1'));
}

function hexadecimal(rest: string): string | null {
  const found = /^\s*<([0-9A-Fa-f\s]*)>/.exec(rest)?.[1]?.replace(/\s/g, '');
  return found === undefined ? null : decoded(Buffer.from(found, 'hex'));
}

/** UTF-16 with a mark, else PDFDocEncoding, which for these values is ASCII. */
function decoded(bytes: Buffer): string {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    const even = bytes.subarray(2, bytes.length - (bytes.length % 2));
    return Buffer.from(even).swap16().toString('utf16le');
  }
  return bytes.toString('latin1');
}
