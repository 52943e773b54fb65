import { InvoiceItem, kindOf } from '../domain/invoice';
import { Fact, FactList, FactSource } from '../domain/invoice-facts';
import { fenOf } from '../domain/yuan';
import { dayOf } from './printed';
import { readQrPayload } from './qr-payload';
import { Element, find, findAll, textOf } from './safe-xml';

/** What an invoice in XML says: 数电 (`EInvoice`) or the legacy `eInvoice` of 2019. Null: another document. */
export function readXmlInvoice(root: Element, source: FactSource): Fact[] | null {
  const digital = find(root, 'EInvoice');
  if (digital) return digitalFacts(digital, source);
  const legacy = find(root, 'eInvoice');
  return legacy ? legacyFacts(legacy, source) : null;
}

function digitalFacts(root: Element, source: FactSource): Fact[] {
  const list = new FactList(source);
  const data = find(root, 'EInvoiceData') ?? root;
  const supervision = find(root, 'TaxSupervisionInfo') ?? root;
  const number = textOf(supervision, 'InvoiceNumber') || textOf(root, 'InvoiceNumber', 'EIid');
  list.add('number', /^\d{20}$/.test(number) ? number : null);
  list.add('issuedOn', dayOf(textOf(supervision, 'IssueTime') || textOf(data, 'RequestTime')));
  const buyer = find(data, 'BuyerInformation');
  const seller = find(data, 'SellerInformation');
  list.add('title', textOf(buyer, 'BuyerName'));
  list.add('buyerNumber', textOf(buyer, 'BuyerIdNum').toUpperCase());
  list.add('sellerName', textOf(seller, 'SellerName'));
  list.add('sellerNumber', textOf(seller, 'SellerIdNum').toUpperCase());
  const basic = find(data, 'BasicInformation');
  list.add('feeWithoutTax', fenOf(textOf(basic, 'TotalAmWithoutTax')));
  list.add('tax', fenOf(textOf(basic, 'TotalTaxAm')));
  list.add('fee', fenOf(textOf(basic, 'TotalTax-includedAmount')));
  list.add('items', itemsOf(findAll(data, 'IssuItemInformation'), DIGITAL_LINE));
  const label = textOf(find(root, 'GeneralOrSpecialVAT'), 'LabelName', 'LabelCode');
  if (number) list.add('kind', /专|^01$/.test(label) ? 'digital_special' : 'digital_ordinary');
  return list.facts;
}

function legacyFacts(root: Element, source: FactSource): Fact[] {
  const list = new FactList(source);
  const number = textOf(root, 'InvoiceNo');
  const code = textOf(root, 'InvoiceCode');
  list.add('number', number);
  list.add('code', code);
  list.add('checkCode', textOf(root, 'InvoiceCheckCode', 'CheckCode').replace(/\s/g, ''));
  list.add('issuedOn', dayOf(textOf(root, 'IssueDate')));
  const buyer = find(root, 'Buyer');
  const seller = find(root, 'Seller');
  list.add('title', textOf(buyer, 'BuyerName'));
  list.add('buyerNumber', textOf(buyer, 'BuyerTaxID').toUpperCase());
  list.add('sellerName', textOf(seller, 'SellerName'));
  list.add('sellerNumber', textOf(seller, 'SellerTaxID').toUpperCase());
  list.add('fee', fenOf(textOf(root, 'TaxInclusiveTotalAmount')));
  list.add('feeWithoutTax', fenOf(textOf(root, 'TaxExclusiveTotalAmount')));
  list.add('tax', fenOf(textOf(root, 'TaxTotalAmount')));
  const lines = findAll(root, 'GoodsInfo').filter(({ children }) => children.some(({ name }) => name === 'Item'));
  list.add('items', itemsOf(lines, LEGACY_LINE));
  if (number && code) list.add('kind', kindOf(number, code));
  const qr = readQrPayload(textOf(root, 'GraphCode'), source);
  return [...list.facts, ...(qr?.facts ?? []).filter(({ field }) => field !== 'kind')];
}

const DIGITAL_LINE = { name: 'ItemName', unit: 'MeaUnits', num: 'Quantity', price: 'UnPrice', amount: 'Amount' };
const LEGACY_LINE = { name: 'Item', unit: 'MeasurementDimension', num: 'Quantity', price: 'Price', amount: 'Amount' };

/** The lines, or null where one cannot be read: part of a list is no list. */
function itemsOf(lines: Element[], names: typeof DIGITAL_LINE): InvoiceItem[] | null {
  const items = lines.map((line): InvoiceItem | null => {
    const name = textOf(line, names.name);
    const amount = fenOf(textOf(line, names.amount));
    const unit = textOf(line, names.unit);
    const num = Number(textOf(line, names.num) || NaN);
    const price = Math.round(Number(textOf(line, names.price) || NaN) * 100);
    if (!name || amount === null) return null;
    const told = unit ? { unit } : {};
    return Number.isFinite(num) && Number.isFinite(price)
      ? { name, ...told, num, price }
      : { name, ...told, price: amount };
  });
  return items.length > 0 && items.every((item) => item !== null) ? items : null;
}
