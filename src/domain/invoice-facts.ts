import { InvoiceItem, InvoiceKind } from './invoice';

/**
 * Where a fact stands: document information keys, QR code, printed text of a PDF, of that the amount in capitals (大写);
 * an OFD's or XML's own fields.
 */
export type FactSource = 'info' | 'qr' | 'text' | 'capitals' | 'ofd' | 'xml';

/**
 * certain: stands in a field or behind a label of its own; one that differs contradicts · likely: found by its looks, or
 * put together from several places; one that differs is a doubt.
 */
export type Confidence = 'certain' | 'likely';

/** Papers that come along with invoices, or look like them, and are none that a merchant issues. */
export type OtherDocument =
  | 'railway_ticket'
  | 'air_itinerary'
  | 'vehicle_invoice'
  | 'general_invoice'
  | 'fiscal_receipt'
  | 'trip_list'
  | 'utility_bill';

/** Train or flight of a ticket; `on`: the day of departure, `yyyy-MM-dd`. */
export interface Journey {
  number: string;
  from?: string;
  to?: string;
  on?: string;
}

/** What a file may say of its invoice, in the words of `Invoice`. Money is integer 分. */
export interface FactValues {
  kind: InvoiceKind;
  number: string;
  code: string;
  checkCode: string;
  /** Day of issue in China, `yyyy-MM-dd`. */
  issuedOn: string;
  title: string;
  buyerNumber: string;
  sellerName: string;
  sellerNumber: string;
  fee: number;
  feeWithoutTax: number;
  tax: number;
  items: InvoiceItem[];
  /** What the paper is, where it is no invoice that a merchant issues. */
  document: OtherDocument;
  journey: Journey;
}

export type FactField = keyof FactValues;

/** One thing that a file says, with where it says so and how sure that is. */
export type Fact = {
  [F in FactField]: { field: F; value: FactValues[F]; source: FactSource; confidence: Confidence };
}[FactField];

/** 名称 has 300 characters at the most (乐企), a list of lines two thousand (电子税务局). */
const LONGEST_TEXT = 300;
const MOST_LINES = 2000;

/** Collects facts of one source; what is absent or empty is no fact. */
export class FactList {
  readonly facts: Fact[] = [];

  constructor(private readonly source: FactSource) {}

  add<F extends FactField>(
    field: F,
    value: FactValues[F] | null | undefined,
    confidence: Confidence = 'certain',
  ): void {
    if (value === null || value === undefined || value === '') return;
    // Longer than any invoice's: nothing that was read.
    if (typeof value === 'string' && value.length > LONGEST_TEXT) return;
    if (Array.isArray(value) && (value.length > MOST_LINES || value.some(({ name }) => name.length > LONGEST_TEXT)))
      return;
    this.facts.push({ field, value, source: this.source, confidence } as Fact);
  }
}

/** From the surest to the least sure: structured data, QR code, information keys, text. */
const TRUST: readonly FactSource[] = ['xml', 'ofd', 'qr', 'info', 'text', 'capitals'];

/** The one fact of each field to be believed: certain before likely, then by the trust in its source. */
export function bestFacts(facts: readonly Fact[]): Fact[] {
  const rank = (fact: Fact) => (fact.confidence === 'certain' ? 0 : 10) + TRUST.indexOf(fact.source);
  const best = new Map<FactField, Fact>();
  for (const fact of facts) {
    const known = best.get(fact.field);
    if (!known || rank(fact) < rank(known)) best.set(fact.field, fact);
  }
  return [...best.values()];
}
