import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { yuanOf } from '../../src/domain/yuan';
import { FACE } from './face';

/** The made-up invoice as 数电 XML. */
export function xmlInvoice(head = '<?xml version="1.0" encoding="UTF-8"?>'): string {
  const [line] = FACE.lines;
  return `${head}
<EInvoice><Header><EIid>${FACE.number}</EIid></Header>
<EInvoiceData>
<SellerInformation><SellerIdNum>${FACE.seller.taxId}</SellerIdNum><SellerName>${FACE.seller.name}</SellerName></SellerInformation>
<BuyerInformation><BuyerIdNum>${FACE.buyer.taxId}</BuyerIdNum><BuyerName>${FACE.buyer.name}</BuyerName></BuyerInformation>
<BasicInformation><TotalAmWithoutTax>${yuanOf(FACE.net)}</TotalAmWithoutTax><TotalTaxAm>${yuanOf(FACE.tax)}</TotalTaxAm><TotalTax-includedAmount>${yuanOf(FACE.gross)}</TotalTax-includedAmount></BasicInformation>
<IssuItemInformation><ItemName>${line?.name}</ItemName><MeaUnits>次</MeaUnits><Quantity>1</Quantity><UnPrice>100</UnPrice><Amount>100.00</Amount></IssuItemInformation>
</EInvoiceData>
<TaxSupervisionInfo><InvoiceNumber>${FACE.number}</InvoiceNumber><IssueTime>2026-11-20 10:00:00</IssueTime></TaxSupervisionInfo>
</EInvoice>`;
}

/** As OFD: custom data, and the names as text on its page. */
export function ofdInvoice(): Promise<Buffer> {
  const data = {
    发票号码: FACE.number,
    开票日期: '2026年11月20日',
    合计金额: yuanOf(FACE.net),
    合计税额: yuanOf(FACE.tax),
    购买方纳税人识别号: FACE.buyer.taxId,
    销售方纳税人识别号: FACE.seller.taxId,
  };
  const put = (text: string, x: number, y: number) =>
    `<ofd:TextObject ID="${x}${y}" Boundary="${x} ${y} ${text.length * 3} 4" Size="3"><ofd:TextCode X="0" Y="3">${text}</ofd:TextCode></ofd:TextObject>`;
  return zip({
    'OFD.xml': ofd('OFD', `<ofd:DocBody><ofd:DocInfo>${customData(data)}</ofd:DocInfo></ofd:DocBody>`),
    'Doc_0/Pages/Page_0/Content.xml': ofd(
      'Page',
      `<ofd:Content><ofd:Layer>${put('名称：', 15, 40)}${put(FACE.buyer.name, 26, 40)}${put('名称：', 110, 40)}${put(FACE.seller.name, 121, 40)}</ofd:Layer></ofd:Content>`,
    ),
  });
}

/** An invoice of the older kind: 电子普票 with code and check code, its QR text carrying the net amount. */
export const LEGACY = {
  number: '83089647',
  code: '033002000211',
  checkCode: '16197833567414507415',
  issuedOn: '2020-07-23',
  feeWithoutTax: 51068,
  tax: 1532,
  fee: 52600,
  kind: 'vat_ordinary',
};
const GRAPH_CODE = '01,10,033002000211,83089647,510.68,20200723,16197833567414507415,0941,';

/** As XML of the 2019 schema; a QR text may be put in place of its own. */
export function legacyXml(graphCode = GRAPH_CODE): string {
  const fields = {
    InvoiceCode: LEGACY.code,
    InvoiceNo: LEGACY.number,
    IssueDate: '2020年07月23日',
    InvoiceCheckCode: '16197 83356 74145 07415',
    TaxInclusiveTotalAmount: yuanOf(LEGACY.fee),
    TaxExclusiveTotalAmount: yuanOf(LEGACY.feeWithoutTax),
    TaxTotalAmount: yuanOf(LEGACY.tax),
    GraphCode: graphCode,
  };
  const party = (side: string, { name, taxId = '' }: { name: string; taxId?: string }) =>
    `<fp:${side}><fp:${side}Name>${name}</fp:${side}Name><fp:${side}TaxID>${taxId}</fp:${side}TaxID></fp:${side}>`;
  const told = Object.entries(fields).map(([name, value]) => `<fp:${name}>${value}</fp:${name}>`);
  const line = `<fp:GoodsInfo><fp:Item>*餐饮服务*餐费</fp:Item><fp:MeasurementDimension/><fp:Quantity>1</fp:Quantity><fp:Price>510.679612</fp:Price><fp:Amount>510.68</fp:Amount></fp:GoodsInfo>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<fp:eInvoice xmlns:fp="http://www.edrm.org.cn/schema/e-invoice/2019">${told.join('')}
${party('Buyer', FACE.buyer)}${party('Seller', FACE.seller)}<fp:GoodsInfos>${line}</fp:GoodsInfos></fp:eInvoice>`;
}

/** As the OFD of those years: the XML rides along as an attachment. */
export function legacyOfd(attachment = legacyXml()): Promise<Buffer> {
  const data = {
    发票代码: LEGACY.code,
    发票号码: LEGACY.number,
    开票日期: '2020年07月23日',
    校验码: '16197 83356 74145 07415',
    合计金额: yuanOf(LEGACY.feeWithoutTax),
    合计税额: yuanOf(LEGACY.tax),
  };
  return zip({
    'OFD.xml': ofd('OFD', `<ofd:DocBody><ofd:DocInfo>${customData(data)}</ofd:DocInfo></ofd:DocBody>`),
    'Doc_0/Attachs/Attachments.xml': ofd('Attachments', ''),
    'Doc_0/Attachs/original_invoice.xml': attachment,
  });
}

export function zip(entries: Record<string, string | Buffer>): Promise<Buffer> {
  const file = new ZipFile();
  for (const [name, content] of Object.entries(entries)) file.addBuffer(Buffer.from(content), name);
  file.end();
  return buffer(file.outputStream as NodeJS.ReadableStream & AsyncIterable<Buffer>);
}

function ofd(root: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><ofd:${root} xmlns:ofd="http://www.ofdspec.org/2016">${content}</ofd:${root}>`;
}

function customData(data: Record<string, string | undefined>): string {
  const each = Object.entries(data).map(([name, value]) => `<ofd:CustomData Name="${name}">${value}</ofd:CustomData>`);
  return `<ofd:CustomDatas>${each.join('')}</ofd:CustomDatas>`;
}
