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
  const custom = Object.entries(data).map(
    ([name, value]) => `<ofd:CustomData Name="${name}">${value}</ofd:CustomData>`,
  );
  const put = (text: string, x: number, y: number) =>
    `<ofd:TextObject ID="${x}${y}" Boundary="${x} ${y} ${text.length * 3} 4" Size="3"><ofd:TextCode X="0" Y="3">${text}</ofd:TextCode></ofd:TextObject>`;
  return zip({
    'OFD.xml': ofd(
      'OFD',
      `<ofd:DocBody><ofd:DocInfo><ofd:CustomDatas>${custom.join('')}</ofd:CustomDatas></ofd:DocInfo></ofd:DocBody>`,
    ),
    'Doc_0/Pages/Page_0/Content.xml': ofd(
      'Page',
      `<ofd:Content><ofd:Layer>${put('名称：', 15, 40)}${put(FACE.buyer.name, 26, 40)}${put('名称：', 110, 40)}${put(FACE.seller.name, 121, 40)}</ofd:Layer></ofd:Content>`,
    ),
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
