import QRCode from 'qrcode';
import { digitalQrPayload } from '../../src/demo/qr-payload';
import { yuanOf } from '../../src/domain/yuan';
import { inBrowser } from '../support/browser';
import { FACE } from './face';

/** The made-up invoice as a web page that a browser prints: tables, vertical headings, a system's font in subsets. */
export async function browserPdf(): Promise<Buffer> {
  const html = await webPage();
  return inBrowser(async (browser) => {
    const page = await browser.newPage();
    await page.setContent(html);
    return page.pdf({ width: '210mm', height: '140mm', printBackground: true });
  });
}

async function webPage(): Promise<string> {
  const picture = await QRCode.toDataURL(digitalQrPayload({ ...FACE, fee: FACE.gross }), { margin: 1 });
  const [line] = FACE.lines;
  const party = (side: string, { name, taxId }: { name: string; taxId?: string }) =>
    `<td class=side>${side}</td><td class=party><p>名称：${name}</p><p>统一社会信用代码/纳税人识别号：${taxId ?? ''}</p></td>`;
  const cells = (tag: string, texts: readonly (string | number)[]) =>
    `<tr>${texts.map((text) => `<${tag}>${text}</${tag}>`).join('')}</tr>`;
  const heads = [
    '项目名称',
    '规格型号',
    '单&ensp;位',
    '数&ensp;量',
    '单&ensp;价',
    '金&ensp;额',
    '税率/征收率',
    '税&ensp;额',
  ];
  const values = [
    ...[line?.name ?? '', '', line?.unit ?? '', line?.quantity ?? '', yuanOf(line?.unitPrice as number)],
    ...[yuanOf(line?.amount as number), line?.rate ?? '', yuanOf(line?.tax as number)],
  ];
  const sums = ['合&emsp;计', '', '', '', '', `¥${yuanOf(FACE.net)}`, '', `¥${yuanOf(FACE.tax)}`];
  return `<!doctype html><meta charset=utf-8><style>
    @page { margin: 6mm } body { font: 9.5pt 'Noto Sans CJK SC', sans-serif; color: #222 }
    table { border-collapse: collapse; width: 100%; border: 1px solid #933 } p { margin: 1.5mm 0 }
    .side { width: 1.1em; border: 1px solid #933; word-break: break-all } .party { width: 48%; border: 1px solid #933 }
    .lines th { font-weight: normal; color: #933 } .lines td { text-align: right } .lines td:first-child { text-align: left }
    .head { display: flex; justify-content: space-between } h1 { font-size: 15pt; color: #933 } .lines tr:last-child td { padding-top: 9mm }
  </style>
  <div class=head><img src="${picture}" width=86 height=86><h1>电子发票（普通发票）</h1>
    <div><p>发票号码：${FACE.number}</p><p>开票日期：2026年11月20日</p></div></div>
  <table><tr>${party('购买方信息', FACE.buyer)}${party('销售方信息', FACE.seller)}</tr></table>
  <table class=lines>${cells('th', heads)}${cells('td', values)}${cells('td', sums)}</table>
  <table><tr><td>价税合计（大写）</td><td>ⓧ 壹佰零陆圆整</td><td>（小写）¥${yuanOf(FACE.gross)}</td></tr></table>
  <table><tr><td class=side>备注</td><td>&nbsp;</td></tr></table><p>开票人：示例</p>`;
}
