import { InvoiceItem, InvoiceKind, kindOf } from '../domain/invoice';
import { Fact, FactList, FactSource, OtherDocument } from '../domain/invoice-facts';
import { documentOf } from './face-documents';
import { checkCodeOf, codeOf, dayOf, idOf, moneyOf, nameOf, numberOf } from './printed';
import { Element } from './safe-xml';
import { itemOf } from './xml-item';

/**
 * The elements of the 电子凭证会计数据标准 (taxonomies of xbrl.mof.gov.cn: inv, einv, rai, atr …) by what they mean. The
 * taxonomies name one thing by several words, but build all names alike.
 */
const FIELDS = {
  type: /^TypeOf(Invoice|Voucher|ElectronicInvoice)$|^InvoiceType$/,
  number:
    /^NumberOf(Electronic)?Invoice$|^(Electronic)?InvoiceNumber$|^ElectronicInvoice\w*(Ticket|Receipt|Itinerary)Number$/,
  code: /^CodeOfInvoice$|^InvoiceCode$/,
  checkCode: /^IdentifyingCode$|^(Invoice)?CheckCode$/,
  day: /^DateOfIssue$|^(Invoice)?IssueDate$|^DateOf(Electronic)?Invoice$|^IssuingDate$/,
  title: /^NameOf(Purchaser|Buyer)$|^(Purchaser|Buyer)Name$/,
  buyerNumber: /^(TaxpayerIdentificationNumber|UnifiedSocialCreditCode)\w*Of(Purchaser|Buyer)$/,
  seller: /^NameOfSeller$|^SellerName$/,
  sellerNumber: /^(TaxpayerIdentificationNumber|UnifiedSocialCreditCode)\w*OfSeller$/,
  net: /^TotalAmount(ExcludingTax|WithoutTax)$/,
  tax: /^TotalTaxAmount$|^TaxAmount$|^TotalTax$/,
  fee: /^TaxIncludedAmountInFigures$|^TotalAmount(IncludingTax|InFigures)?$|^TotalTaxIncludedAmount$|^Fare$/,
  journey: /^TrainNumber$|^FlightNumber$/,
  from: /^DepartureStation$/,
  to: /^DestinationStation$|^ArrivalStation$/,
  departure: /^TravelDate$|^DepartureDate$|^DateOfDeparture$/,
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
  const own = root.children;
  const value = (field: keyof typeof FIELDS) =>
    own.find(({ name, text }) => FIELDS[field].test(name) && text !== '')?.text ?? '';
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
  list.add('items', linesOf(own));
  const document = documentNamed(value('type'), own);
  list.add('document', document);
  if (number && !document) list.add('kind', kindNamed(value('type'), number, code ?? ''));
  const [journey, from, to, on] = [value('journey'), value('from'), value('to'), dayOf(value('departure'))];
  if (journey) list.add('journey', { number: journey, ...(from && to ? { from, to } : {}), ...(on ? { on } : {}) });
  return number ? list.facts : [];
}

function linesOf(own: readonly Element[]): InvoiceItem[] | null {
  const lines = own.filter(({ name }) => /Tuple$/.test(name));
  const items = lines.map(({ children }) => {
    const value = (pattern: RegExp) => children.find(({ name, text }) => pattern.test(name) && text !== '')?.text ?? '';
    return itemOf({
      name: value(LINE.name),
      unit: value(LINE.unit),
      num: value(LINE.num),
      price: value(LINE.price),
      amount: value(LINE.amount),
    });
  });
  return items.length > 0 && items.every((item) => item !== null) ? items : null;
}

function documentNamed(type: string, own: readonly Element[]): OtherDocument | null {
  if (/铁路/.test(type) || own.some(({ name }) => name === 'TrainNumber')) return 'railway_ticket';
  if (/航空/.test(type) || own.some(({ name }) => name === 'FlightNumber')) return 'air_itinerary';
  return documentOf(`发票号码:1${type}`);
}

function kindNamed(type: string, number: string, code: string): InvoiceKind {
  const special = /专用/.test(type);
  if (code === '') return special ? 'digital_special' : 'digital_ordinary';
  return special ? 'vat_special' : kindOf(number, code);
}
