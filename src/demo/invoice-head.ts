import QRCode from 'qrcode';
import type { InvoiceFace } from './invoice-face';
import { BRICK, Pdf, put, putOutlines, rule } from './pdf-document';
import { digitalQrPayload } from './qr-payload';
import { LEFT, PAGE_WIDTH } from './sheet';

const CENTRE = PAGE_WIDTH / 2;
const QR_SIZE = 60;

/** Draws everything above the frame: QR code, title with its double underline, sample stamp, number and day of issue. */
export function drawHead(doc: Pdf, face: InvoiceFace): void {
  drawQr(doc, digitalQrPayload({ ...face, fee: face.gross }), LEFT + 4, 18);
  drawTitle(doc, face.kind === 'digital_special' ? '电子发票（增值税专用发票）' : '电子发票（普通发票）');
  drawStamp(doc, CENTRE, 66);
  const [year, month, day] = face.issuedOn.split('-');
  putPair(doc, '发票号码：', face.number, 28);
  putPair(doc, '开票日期：', `${year}年${month}月${day}日`, 46);
}

/** Writes 样例 SAMPLE pale across the whole page. */
export function drawWatermark(doc: Pdf, height: number): void {
  doc
    .save()
    .rotate(-24, { origin: [CENTRE, height / 2] })
    .fillOpacity(0.12);
  putOutlines(doc, '样例 • SAMPLE', CENTRE, height / 2 + 28, 76);
  doc.restore();
}

/** One filled path for the whole code, a rectangle for each run of dark modules in a row. */
function drawQr(doc: Pdf, text: string, x: number, y: number): void {
  const { size, data } = QRCode.create(text, { errorCorrectionLevel: 'M' }).modules;
  const module = QR_SIZE / size;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const start = column;
      while (column < size && data[row * size + column]) column++;
      if (column > start) doc.rect(x + start * module, y + row * module, (column - start) * module, module);
    }
  }
  doc.fill('#000000');
}

function drawTitle(doc: Pdf, title: string): void {
  put(doc, title, CENTRE, 22, { size: 17.5, color: BRICK, align: 'center' });
  const half = doc.widthOfString(title) / 2 + 6;
  rule(doc, CENTRE - half, 43.5, CENTRE + half, 43.5);
  rule(doc, CENTRE - half, 46, CENTRE + half, 46);
}

/** An oval where the genuine face has its 监制章; it says sample and nothing else, so that nobody takes it for one. */
function drawStamp(doc: Pdf, x: number, y: number): void {
  doc
    .save()
    .opacity(0.6)
    .lineWidth(1.1)
    .ellipse(x, y, 40, 21)
    .stroke()
    .lineWidth(0.4)
    .ellipse(x, y, 37.5, 18.5)
    .stroke();
  putOutlines(doc, '样例', x, y - 7, 8);
  putOutlines(doc, 'SAMPLE', x, y + 4.5, 11);
  putOutlines(doc, '非真实发票', x, y + 13, 6.5);
  doc.restore();
}

function putPair(doc: Pdf, label: string, value: string, y: number): void {
  put(doc, label, 436, y, { color: BRICK });
  put(doc, value, 436 + doc.widthOfString(label), y);
}
