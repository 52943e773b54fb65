import { chineseCapitals } from './chinese-capitals';
import type { FaceParty, InvoiceFace } from './invoice-face';
import { drawHead, drawWatermark } from './invoice-head';
import { drawTable, tableHeight } from './invoice-table';
import { addSheet, BRICK, finishPdf, heightOf, INK, openPdf, Pdf, put, putWrapped, rule } from './pdf-document';
import { yuan } from './qr-payload';
import { LABEL_WIDTH, LEFT, MIDDLE, PAGE_HEIGHT, PAGE_WIDTH, RIGHT, TOP } from './sheet';

const TOTAL_HEIGHT = 22;
const FOOT_HEIGHT = 34;
const PARTY_NAME_WIDTH = MIDDLE - LEFT - LABEL_WIDTH - 40;
const REMARKS_WIDTH = RIGHT - LEFT - LABEL_WIDTH - 16;

/**
 * Draws a 数电 invoice (电子发票) on one page, marked across its face as a sample. The document information dictionary
 * carries the six keys that 数电 PDFs carry, amounts in yuan. The same face and date give the same bytes.
 * @param createdAt the date the file claims for itself; where absent the start of the day of issue in China
 */
export async function renderInvoicePdf(face: InvoiceFace, createdAt = startOfDay(face.issuedOn)): Promise<Buffer> {
  const doc = openPdf(createdAt, info(face));
  const partiesHeight = Math.max(58, nameHeight(doc, face.buyer) + 34, nameHeight(doc, face.seller) + 34);
  const remarksHeight = Math.max(52, heightOf(doc, face.remarks ?? '', REMARKS_WIDTH) + 14);
  const others = TOP + partiesHeight + TOTAL_HEIGHT + remarksHeight + FOOT_HEIGHT;
  const tableSpace = Math.max(PAGE_HEIGHT - others, tableHeight(doc, face));

  addSheet(doc, PAGE_WIDTH, others + tableSpace);
  drawWatermark(doc, others + tableSpace);
  drawHead(doc, face);
  drawParties(doc, face, partiesHeight);
  drawTable(doc, face, TOP + partiesHeight, tableSpace);
  const total = TOP + partiesHeight + tableSpace;
  drawTotal(doc, face, total);
  drawRemarks(doc, face, total + TOTAL_HEIGHT, remarksHeight);
  drawFoot(doc, face, total + TOTAL_HEIGHT + remarksHeight);
  return finishPdf(doc);
}

/** Midnight in China of a day `yyyy-MM-dd`. */
export function startOfDay(day: string): Date {
  return new Date(`${day}T00:00:00+08:00`);
}

function info(face: InvoiceFace): Record<string, string> {
  return {
    Title: face.number,
    InvoiceNumber: face.number,
    SellerIdNum: face.seller.taxId ?? '',
    IssueTime: face.issuedOn,
    TotalAmWithoutTax: yuan(face.net),
    TotalTaxAm: yuan(face.tax),
    'TotalTax-includedAmount': yuan(face.gross),
  };
}

function nameHeight(doc: Pdf, party: FaceParty): number {
  return heightOf(doc, party.name, PARTY_NAME_WIDTH);
}

function drawParties(doc: Pdf, face: InvoiceFace, height: number): void {
  drawParty(doc, '购买方信息', face.buyer, LEFT, height);
  drawParty(doc, '销售方信息', face.seller, MIDDLE, height);
  rule(doc, MIDDLE, TOP, MIDDLE, TOP + height);
  rule(doc, LEFT, TOP + height, RIGHT, TOP + height);
}

function drawParty(doc: Pdf, label: string, party: FaceParty, x: number, height: number): void {
  drawSideLabel(doc, label, x, TOP, height);
  const textX = x + LABEL_WIDTH + 6;
  put(doc, '名称：', textX, TOP + 9, { color: BRICK });
  putWrapped(doc, party.name, textX + doc.widthOfString('名称：'), TOP + 9, PARTY_NAME_WIDTH);
  putField(doc, '统一社会信用代码/纳税人识别号：', party.taxId ?? '', textX, TOP + height - 20);
}

function drawSideLabel(doc: Pdf, label: string, x: number, y: number, height: number): void {
  const pitch = Math.min(16, (height - 6) / label.length);
  const start = y + (height - pitch * label.length) / 2 + (pitch - 9) / 2;
  [...label].forEach((char, i) =>
    put(doc, char, x + LABEL_WIDTH / 2, start + i * pitch, { color: BRICK, align: 'center' }),
  );
  rule(doc, x + LABEL_WIDTH, y, x + LABEL_WIDTH, y + height);
}

function drawTotal(doc: Pdf, face: InvoiceFace, y: number): void {
  const labelEnd = LEFT + 132;
  rule(doc, LEFT, y, RIGHT, y);
  put(doc, '价税合计（大写）', (LEFT + labelEnd) / 2, y + 6.5, { color: BRICK, align: 'center', size: 9 });
  rule(doc, labelEnd, y, labelEnd, y + TOTAL_HEIGHT);
  drawCrossedCircle(doc, labelEnd + 14, y + TOTAL_HEIGHT / 2);
  putShrunk(doc, chineseCapitals(face.gross), labelEnd + 22, y + 6, RIGHT - 154 - labelEnd - 22);
  put(doc, '（小写）', RIGHT - 150, y + 6.5, { color: BRICK, size: 9 });
  put(doc, `¥${yuan(face.gross)}`, RIGHT - 112, y + 6, { size: 10 });
  rule(doc, LEFT, y + TOTAL_HEIGHT, RIGHT, y + TOTAL_HEIGHT);
}

/** The words of the largest amounts are wider than their place at the usual size. */
function putShrunk(doc: Pdf, text: string, x: number, y: number, width: number): void {
  const size = Math.min(10, (10 * width) / doc.fontSize(10).widthOfString(text));
  put(doc, text, x, y + (10 - size) / 2, { size });
}

/** ⊗, which stops anybody from writing digits before the amount; the embedded font has no such glyph. */
function drawCrossedCircle(doc: Pdf, x: number, y: number): void {
  const arm = 4.5 * Math.SQRT1_2;
  doc
    .strokeColor(INK)
    .circle(x, y, 4.5)
    .moveTo(x - arm, y - arm)
    .lineTo(x + arm, y + arm);
  doc
    .moveTo(x - arm, y + arm)
    .lineTo(x + arm, y - arm)
    .stroke()
    .strokeColor(BRICK);
}

function drawRemarks(doc: Pdf, face: InvoiceFace, y: number, height: number): void {
  drawSideLabel(doc, '备注', LEFT, y, height);
  if (face.remarks) putWrapped(doc, face.remarks, LEFT + LABEL_WIDTH + 8, y + 7, REMARKS_WIDTH);
}

function drawFoot(doc: Pdf, face: InvoiceFace, y: number): void {
  doc.rect(LEFT, TOP, RIGHT - LEFT, y - TOP).stroke();
  putField(doc, '开票人：', face.drawer ?? '', LEFT + 36, y + 9);
  put(doc, '样例 SAMPLE，非真实发票，不作任何凭证', RIGHT, y + 9, { color: BRICK, align: 'right' });
}

function putField(doc: Pdf, label: string, value: string, x: number, y: number): void {
  put(doc, label, x, y, { color: BRICK });
  put(doc, value, x + doc.widthOfString(label), y);
}
