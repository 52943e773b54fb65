import { degrees, PDFDict, PDFDocument, PDFHexString, PDFName } from 'pdf-lib';
import { chineseFont, qrImage, utf16 } from '../../bench/corpus/write-named';
import { digitalQrPayload } from '../../src/demo/qr-payload';
import { yuanOf } from '../../src/domain/yuan';
import { FACE } from './face';

/** How a page is made: `scattered`, every character by itself and in no order; `turned`, on its side. */
export interface Making {
  scattered: boolean;
  turned: boolean;
  /** The QR code of this invoice number lies in the file too, from an earlier use, and is not on the page. */
  leftOver?: string;
}

interface Put {
  text: string;
  x: number;
  /** From the top. */
  y: number;
}

const [WIDTH, HEIGHT, SIZE] = [620, 410, 9];

/**
 * The made-up invoice by another program than the demo's: objects packed into streams, Info keys in UTF-16, a Chinese
 * font that is named and not embedded, the QR code as a picture.
 */
export async function otherPdf({ scattered, turned, leftOver }: Making): Promise<Buffer> {
  const doc = await PDFDocument.create();
  if (leftOver) qrImage(doc, codeOf(leftOver));
  const page = doc.addPage(turned ? [HEIGHT, WIDTH] : [WIDTH, HEIGHT]);
  if (turned) page.setRotation(degrees(90));
  const put = scattered ? sheet().flatMap(characters).reverse() : sheet();
  const at = (x: number, y: number) => (turned ? `0 1 -1 0 ${y} ${x}` : `1 0 0 1 ${x} ${HEIGHT - y}`);
  const texts = put.map(({ text, x, y }) => `BT /F ${SIZE} Tf ${at(x, y)} Tm <${utf16(text)}> Tj ET`);
  const picture = turned ? `q 0 64 -64 0 76 16 cm /Q Do Q` : `q 64 0 0 64 16 ${HEIGHT - 76} cm /Q Do Q`;
  const contents = doc.context.flateStream([picture, ...texts].join('\n'));
  page.node.set(PDFName.of('Contents'), doc.context.register(contents));
  const resources = { Font: { F: chineseFont(doc) }, XObject: { Q: qrImage(doc, codeOf(FACE.number)) } };
  page.node.set(PDFName.of('Resources'), doc.context.obj(resources));
  tell(doc);
  return Buffer.from(await doc.save());
}

/** Two columns of parties, labels with their characters apart, values beside them. */
function sheet(): Put[] {
  const [line] = FACE.lines;
  const rows: [x: number, y: number, text: string][] = [
    [230, 30, '电子发票（普通发票）'],
    [430, 46, '发票号码：'],
    [482, 46, FACE.number],
    [430, 62, '开票日期：'],
    [482, 62, '2026年11月20日'],
    [40, 110, '名称：'],
    [76, 110, FACE.buyer.name],
    [330, 110, '名称：'],
    [366, 110, FACE.seller.name],
    [40, 134, '统一社会信用代码/纳税人识别号：'],
    [186, 134, FACE.buyer.taxId as string],
    [330, 134, '统一社会信用代码/纳税人识别号：'],
    [476, 134, FACE.seller.taxId as string],
    [60, 170, '项目名称'],
    [170, 170, '规格型号'],
    [240, 170, '单位'],
    [290, 170, '数量'],
    [340, 170, '单价'],
    [410, 170, '金额'],
    [465, 170, '税率/征收率'],
    [560, 170, '税额'],
    [40, 190, '*信息技术服务*技术服'],
    [240, 190, '次'],
    [296, 190, '1'],
    [338, 190, '100.00'],
    [408, 190, '100.00'],
    [480, 190, '6%'],
    [562, 190, yuanOf(line?.tax as number)],
    [40, 204, '务费'],
    [70, 260, '合'],
    [100, 260, '计'],
    [402, 260, `¥${yuanOf(FACE.net)}`],
    [556, 260, `¥${yuanOf(FACE.tax)}`],
    [50, 290, '价税合计（大写）'],
    [150, 290, '壹佰零陆圆整'],
    [400, 290, '（小写）'],
    [440, 290, `¥${yuanOf(FACE.gross)}`],
    [40, 330, '备注'],
    [60, 390, '开票人：示例'],
  ];
  return rows.map(([x, y, text]) => ({ text, x, y }));
}

function characters({ text, x, y }: Put): Put[] {
  let at = x;
  return [...text].map((char) => {
    const one = { text: char, x: at, y };
    at += widthOf(char) * SIZE;
    return one;
  });
}

function widthOf(char: string): number {
  return char.charCodeAt(0) < 0x2000 ? 0.5 : 1;
}

function codeOf(number: string): string {
  return digitalQrPayload({ ...FACE, number, fee: FACE.gross });
}

function tell(doc: PDFDocument): void {
  const info = doc.context.lookup(doc.context.trailerInfo.Info, PDFDict);
  const keys = {
    InvoiceNumber: FACE.number,
    SellerIdNum: FACE.seller.taxId as string,
    IssueTime: '2026年11月20日',
    TotalAmWithoutTax: yuanOf(FACE.net),
    TotalTaxAm: yuanOf(FACE.tax),
    'TotalTax-includedAmount': yuanOf(FACE.gross),
  };
  for (const [key, value] of Object.entries(keys)) info.set(PDFName.of(key), PDFHexString.fromText(value));
}
