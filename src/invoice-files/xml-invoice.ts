import { kindOf } from '../domain/invoice';
import { Fact, FactList, FactSource } from '../domain/invoice-facts';
import { checkCodeOf, codeOf, dayOf, idOf, moneyOf, nameOf, numberOf } from './printed';
import { readQrPayload } from './qr-payload';
import { Element, find, findAll, textOf } from './safe-xml';
import { readXbrl } from './xbrl-invoice';
import { addLines, XmlLine } from './xml-item';

/** What an invoice in XML says: 数电 (`EInvoice`), the legacy `eInvoice` of 2019, or the ministry's XBRL. Null: another document. */
export function readXmlInvoice(root: Element, source: FactSource): Fact[] | null {
  const digital = find(root, 'EInvoice');
  if (digital) return digitalFacts(digital, source);
  const legacy = find(root, 'eInvoice');
  if (legacy) return legacyFacts(legacy, source);
  const xbrl = find(root, 'xbrl');
  return xbrl ? readXbrl(xbrl, source) : null;
}

function digitalFacts(root: Element, source: FactSource): Fact[] {
  const list = new FactList(source);
  const data = find(root, 'EInvoiceData') ?? root;
  const supervision = find(root, 'TaxSupervisionInfo') ?? root;
  const number = numberOf(textOf(supervision, 'InvoiceNumber') || textOf(root, 'InvoiceNumber', 'EIid'));
  list.add('number', number);
  list.add('issuedOn', dayOf(textOf(supervision, 'IssueTime') || textOf(data, 'RequestTime')));
  const buyer = find(data, 'BuyerInformation');
  const seller = find(data, 'SellerInformation');
  list.add('title', nameOf(textOf(buyer, 'BuyerName')));
  list.add('buyerNumber', idOf(textOf(buyer, 'BuyerIdNum')));
  list.add('sellerName', nameOf(textOf(seller, 'SellerName')));
  list.add('sellerNumber', idOf(textOf(seller, 'SellerIdNum')));
  const basic = find(data, 'BasicInformation');
  list.add('feeWithoutTax', moneyOf(textOf(basic, 'TotalAmWithoutTax')));
  list.add('tax', moneyOf(textOf(basic, 'TotalTaxAm')));
  list.add('fee', moneyOf(textOf(basic, 'TotalTax-includedAmount')));
  addLines(
    list,
    findAll(data, 'IssuItemInformation').map((line) => lineOf(line, DIGITAL_LINE)),
  );
  const label = textOf(find(root, 'GeneralOrSpecialVAT'), 'LabelName', 'LabelCode');
  if (number) list.add('kind', /专|^01$/.test(label) ? 'digital_special' : 'digital_ordinary');
  return list.facts;
}

/** Also the fields of an OFD's tags, which have the names of the legacy XML, whatever their root is called. */
export function legacyFacts(root: Element, source: FactSource): Fact[] {
  const list = new FactList(source);
  const [number, code] = [numberOf(textOf(root, 'InvoiceNo')), codeOf(textOf(root, 'InvoiceCode'))];
  list.add('number', number);
  list.add('code', code);
  list.add('checkCode', checkCodeOf(textOf(root, 'InvoiceCheckCode', 'CheckCode')));
  list.add('issuedOn', dayOf(textOf(root, 'IssueDate')));
  const buyer = find(root, 'Buyer');
  const seller = find(root, 'Seller');
  list.add('title', nameOf(textOf(buyer, 'BuyerName')));
  list.add('buyerNumber', idOf(textOf(buyer, 'BuyerTaxID')));
  list.add('sellerName', nameOf(textOf(seller, 'SellerName')));
  list.add('sellerNumber', idOf(textOf(seller, 'SellerTaxID')));
  list.add('fee', moneyOf(textOf(root, 'TaxInclusiveTotalAmount')));
  list.add('feeWithoutTax', moneyOf(textOf(root, 'TaxExclusiveTotalAmount')));
  list.add('tax', moneyOf(textOf(root, 'TaxTotalAmount')));
  const lines = findAll(root, 'GoodsInfo').filter(({ children }) => children.some(({ name }) => name === 'Item'));
  addLines(
    list,
    lines.map((line) => lineOf(line, LEGACY_LINE)),
  );
  if (number && code) list.add('kind', kindOf(number, code));
  const qr = readQrPayload(textOf(root, 'GraphCode'), source) ?? [];
  return [...list.facts, ...qr.filter(({ field }) => field !== 'kind')];
}

const DIGITAL_LINE = { name: 'ItemName', unit: 'MeaUnits', num: 'Quantity', price: 'UnPrice', amount: 'Amount' };
const LEGACY_LINE = { name: 'Item', unit: 'MeasurementDimension', num: 'Quantity', price: 'Price', amount: 'Amount' };

function lineOf(line: Element, names: typeof DIGITAL_LINE): XmlLine {
  return {
    name: textOf(line, names.name),
    unit: textOf(line, names.unit),
    num: textOf(line, names.num),
    price: textOf(line, names.price),
    amount: textOf(line, names.amount),
  };
}
