import { yuanOf } from '../../src/domain/yuan';
import { FACE } from './face';

const ID = 'TaxpayerIdentificationNumberUnifiedSocialCreditCodeOf';

/**
 * The made-up invoice (`inv`: with the names of 增值税电子发票; `einv`: of 数电票), or a railway ticket (`rai`), as an instance of
 * the 电子凭证会计数据标准.
 */
export function xbrlInvoice(taxonomy: 'inv' | 'einv' | 'rai'): string {
  const numbers = { inv: 'NumberOfInvoice', einv: 'InvoiceNumber', rai: 'ElectronicInvoiceRailwayETicketNumber' };
  const common = { DateOfIssue: FACE.issuedOn, [numbers[taxonomy]]: FACE.number, NameOfPurchaser: FACE.buyer.name };
  const fields: Record<string, string | undefined> =
    taxonomy === 'rai'
      ? {
          TypeOfVoucher: '电子发票（铁路电子客票）',
          ...common,
          UnifiedSocialCreditCodeOfPurchaser: FACE.buyer.taxId,
          Fare: yuanOf(FACE.gross),
          TrainNumber: 'G9999',
          DepartureStation: '示例站',
          DestinationStation: '样本站',
          TravelDate: '2026-11-21',
          NameOfPassenger: '示例旅客',
        }
      : {
          TypeOfInvoice: '电子发票（普通发票）',
          ...common,
          [`${ID}Purchaser`]: FACE.buyer.taxId,
          NameOfSeller: FACE.seller.name,
          [`${ID}Seller`]: FACE.seller.taxId,
          TotalAmountExcludingTax: yuanOf(FACE.net),
          TotalTaxAmount: yuanOf(FACE.tax),
          TaxIncludedAmountInFigures: yuanOf(FACE.gross),
        };
  const element = ([name, value = '']: [string, string | undefined]) =>
    `<${taxonomy}:${name} contextRef="c1"><![CDATA[${value}]]></${taxonomy}:${name}>`;
  const lines = taxonomy === 'rai' ? [] : FACE.lines.map((line) => lineOf(line, element, taxonomy));
  return (
    `<?xml version="1.0" encoding="UTF-8"?><xbrl xmlns="http://www.xbrl.org/2003/instance" ` +
    `xmlns:${taxonomy}="http://xbrl.mof.gov.cn/taxonomy/2021-11-30/${taxonomy}"><context id="c1"><entity>` +
    `<identifier scheme="http://xbrl.mof.gov.cn">x</identifier></entity><period><instant>2026-11-20</instant></period></context>` +
    `${Object.entries(fields).map(element).join('')}${lines.join('')}</xbrl>`
  );
}

function lineOf(
  { name, unit, quantity, unitPrice = 0, amount, tax }: (typeof FACE.lines)[number],
  element: (field: [string, string]) => string,
  taxonomy: string,
): string {
  const fields: [string, string][] = [
    ['NameOfTaxableGoodsOrServices', name],
    ['UnitOfGoodsOrServices', unit ?? ''],
    ['QuantityOfGoodsOrServices', String(quantity)],
    ['UnitPriceOfGoodsOrServices', yuanOf(unitPrice)],
    ['AmountExcludingTax', yuanOf(amount)],
    ['TaxAmount', yuanOf(tax)],
  ];
  const tuple = `${taxonomy}:InformationOfTaxableGoodsOrServicesDetailItemsTuple`;
  return `<${tuple}>${fields.map(element).join('')}</${tuple}>`;
}
