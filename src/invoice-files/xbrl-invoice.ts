import { InvoiceKind, kindOf } from '../domain/invoice';
import { Fact, FactList, FactSource, OtherDocument } from '../domain/invoice-facts';
import { documentTitled } from './face-documents';
import { checkCodeOf, codeOf, dayOf, idOf, moneyOf, nameOf, numberOf } from './printed';
import { Element } from './safe-xml';
import { addLines, XmlLine } from './xml-item';

/**
 * The elements of the 电子凭证会计数据标准 (taxonomies of xbrl.mof.gov.cn: inv, einv, rai, atr …) by what they mean. The
 * taxonomies name one thing by several words, but build all names alike; of several the first that is there counts.
 */
const FIELDS = {
  type: [/^TypeOf(Invoice|Voucher|ElectronicInvoice)$/, /^InvoiceType$/],
  number: [
    /^NumberOf(Electronic)?Invoice$/,
    /^(Electronic)?InvoiceNumber$/,
    /^ElectronicInvoice\w*(Ticket|Receipt|Itinerary)Number$/,
  ],
  code: [/^CodeOfInvoice$/, /^InvoiceCode$/],
  checkCode: [/^IdentifyingCode$/, /^(Invoice)?CheckCode$/],
  day: [/^DateOfIssue$/, /^(Invoice)?IssueDate$/, /^DateOf(Electronic)?Invoice$/, /^IssuingDate$/],
  title: [/^NameOf(Purchaser|Buyer)$/, /^(Purchaser|Buyer)Name$/],
  buyerNumber: [/^(TaxpayerIdentificationNumber|UnifiedSocialCreditCode)\w*Of(Purchaser|Buyer)$/],
  seller: [/^NameOfSeller$/, /^SellerName$/],
  sellerNumber: [/^(TaxpayerIdentificationNumber|UnifiedSocialCreditCode)\w*OfSeller$/],
  net: [/^TotalAmountExcludingTax$/, /^TotalAmountWithoutTax$/],
  tax: [/^TotalTaxAmount$/, /^TotalTax$/, /^TaxAmount$/],
  fee: [/^TaxIncludedAmountInFigures$/, /^TotalAmountIncludingTax$/, /^TotalTaxIncludedAmount$/, /^Fare$/],
  journey: [/^TrainNumber$/, /^FlightNumber$/],
  from: [/^DepartureStation$/],
  to: [/^DestinationStation$/, /^ArrivalStation$/],
  departure: [/^TravelDate$/, /^DepartureDate$/, /^DateOfDeparture$/],
} as const;

const LINE = {
  name: /^NameOf(TaxableGoods|Goods|Item)\w*$|^ItemName$/,
  unit: /^UnitOf(Goods|Item)?\w*$|^Unit$/,
  num: /^Quantity\w*$/,
  price: /^UnitPrice\w*$/,
  amount: /^Amount(ExcludingTax)?$/,
} as const;

/** What an XBRL instance says of its invoice; empty where it is one of something else (a bank's receipt, say). */
export function readXbrl(root: Element, source: FactSource): Fact[] {
  const lines = root.children.filter(({ children }) => children.some(({ name }) => LINE.name.test(name)));
  // Some taxonomies group the fields of a party or of the amounts.
  const own = root.children.filter((one) => !lines.includes(one)).flatMap((one) => [one, ...one.children]);
  const value = (field: keyof typeof FIELDS) => firstOf(own, FIELDS[field]);
  const list = new FactList(source);
  const [number, code] = [numberOf(value('number')), codeOf(value('code'))];
  list.add('number', number);
  list.add('code', code);
  list.add('checkCode', checkCodeOf(value('checkCode')));
  list.add('issuedOn', dayOf(value('day')));
  list.add('title', nameOf(value('title')));
  list.add('buyerNumber', idOf(value('buyerNumber')));
  list.add('sellerName', nameOf(value('seller')));
  list.add('sellerNumber', idOf(value('sellerNumber')));
  list.add('feeWithoutTax', moneyOf(value('net')));
  list.add('tax', moneyOf(value('tax')));
  list.add('fee', moneyOf(value('fee')));
  addLines(
    list,
    lines.map(({ children }) => lineOf(children)),
  );
  const document = documentNamed(value('type'), own);
  list.add('document', document);
  if (number && !document) list.add('kind', kindNamed(value('type'), number, code ?? ''));
  const [journey, from, to, on] = [value('journey'), value('from'), value('to'), dayOf(value('departure'))];
  if (journey) list.add('journey', { number: journey, ...(from && to ? { from, to } : {}), ...(on ? { on } : {}) });
  return number ? list.facts : [];
}

function firstOf(elements: readonly Element[], patterns: readonly RegExp[]): string {
  for (const pattern of patterns) {
    const found = elements.find(({ name, text }) => pattern.test(name) && text !== '');
    if (found) return found.text;
  }
  return '';
}

function lineOf(fields: readonly Element[]): XmlLine {
  const value = (pattern: RegExp) => firstOf(fields, [pattern]);
  return {
    name: value(LINE.name),
    unit: value(LINE.unit),
    num: value(LINE.num),
    price: value(LINE.price),
    amount: value(LINE.amount),
  };
}

function documentNamed(type: string, own: readonly Element[]): OtherDocument | null {
  if (own.some(({ name }) => name === 'TrainNumber')) return 'railway_ticket';
  if (own.some(({ name }) => name === 'FlightNumber')) return 'air_itinerary';
  return documentTitled(type.replaceAll('（', '(').replaceAll('）', ')'));
}

function kindNamed(type: string, number: string, code: string): InvoiceKind {
  const special = /专用/.test(type);
  if (code === '') return special ? 'digital_special' : 'digital_ordinary';
  return special ? 'vat_special' : kindOf(number, code);
}
