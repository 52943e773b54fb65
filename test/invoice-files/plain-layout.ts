import PDFDocument from 'pdfkit';
import { once } from 'node:events';
import { invoiceFont } from '../../src/demo/invoice-font';
import { FACE } from './face';

/** The made-up invoice on a larger page, labels apart from their values; `capitals` and `small` are the gross amount. */
export async function plainLayout(capitals = '壹佰零陆圆整', small = '106.00'): Promise<Buffer> {
  const doc = new PDFDocument({ size: 'A4', margin: 0 });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = once(doc, 'end');
  doc.font(invoiceFont()).fontSize(11);
  const put = (text: string, x: number, y: number) => doc.text(text, x, y, { lineBreak: false });
  // Drawn from the foot up: the order of drawing says nothing.
  put(`（小写）￥${small}`, 380, 420);
  put(`价税合计（大写） ${capitals}`, 40, 420);
  put('合 计', 60, 390).text('￥100.00', 360, 390, { lineBreak: false });
  put('￥6.00', 510, 390);
  put('*信息技术服务*技术服务费', 40, 330);
  for (const [text, x] of [
    ['次', 250],
    ['1', 300],
    ['100.00', 345],
    ['100.00', 410],
    ['6%', 470],
    ['6.00', 520],
  ] as const)
    put(text, x, 330);
  for (const [text, x] of [
    ['项目名称', 60],
    ['规格型号', 190],
    ['单位', 245],
    ['数量', 295],
    ['单价', 350],
    ['金额', 415],
    ['税率', 465],
    ['税额', 520],
  ] as const)
    put(text, x, 305);
  put('名 称：', 40, 240).text(FACE.seller.name, 110, 240, { lineBreak: false });
  put('纳税人识别号：', 40, 260).text(FACE.seller.taxId as string, 150, 260, { lineBreak: false });
  put('名 称：', 40, 180).text(FACE.buyer.name, 110, 180, { lineBreak: false });
  put('纳税人识别号：', 40, 200).text(FACE.buyer.taxId as string, 150, 200, { lineBreak: false });
  put('开票日期：2026 年 11 月 20 日', 330, 120);
  put('发票号码：', 330, 100).text(FACE.number, 400, 100, { lineBreak: false });
  put('电子发票（普通发票）', 200, 60);
  doc.end();
  await ended;
  return Buffer.concat(chunks);
}
