import type { FaceLine, InvoiceFace } from './invoice-face';
import { BRICK, heightOf, Pdf, put, putWrapped } from './pdf-document';
import { yuan } from './qr-payload';
import { LEFT, RIGHT } from './sheet';

const HEAD_HEIGHT = 18;
const SUMS_HEIGHT = 18;
const NAME_WIDTH = 142;
const SPEC_WIDTH = 72;

/** Where each column stands: x is its left end, middle or right end, as it is aligned. */
const COLUMNS = {
  name: { label: '项目名称', x: LEFT + NAME_WIDTH / 2 },
  spec: { label: '规格型号', x: LEFT + 154 },
  unit: { label: '单位', x: LEFT + 250, align: 'center' },
  quantity: { label: '数量', x: LEFT + 312, align: 'right' },
  unitPrice: { label: '单价', x: LEFT + 378, align: 'right' },
  amount: { label: '金额', x: LEFT + 446, align: 'right' },
  rate: { label: '税率/征收率', x: LEFT + 480, align: 'center' },
  tax: { label: '税额', x: RIGHT - 5, align: 'right' },
} as const;

/** How high the table must be for every line of the invoice. */
export function tableHeight(doc: Pdf, face: InvoiceFace): number {
  return HEAD_HEIGHT + face.lines.reduce((sum, line) => sum + lineHeight(doc, line), 0) + SUMS_HEIGHT + 4;
}

/** Draws the item table from y down: heads, lines, and 合计 at the bottom of its height. */
export function drawTable(doc: Pdf, face: InvoiceFace, y: number, height: number): void {
  for (const column of Object.values(COLUMNS)) {
    const align = column.label === '项目名称' ? 'center' : 'align' in column ? column.align : 'left';
    put(doc, column.label, column.x, y + 5, { color: BRICK, align });
  }
  let top = y + HEAD_HEIGHT;
  for (const line of face.lines) {
    drawLine(doc, line, top);
    top += lineHeight(doc, line);
  }
  drawSums(doc, face, y + height - SUMS_HEIGHT);
}

function lineHeight(doc: Pdf, line: FaceLine): number {
  return Math.max(heightOf(doc, line.name, NAME_WIDTH), heightOf(doc, line.spec ?? ' ', SPEC_WIDTH)) + 2;
}

function drawLine(doc: Pdf, line: FaceLine, y: number): void {
  putWrapped(doc, line.name, LEFT + 5, y, NAME_WIDTH);
  if (line.spec) putWrapped(doc, line.spec, COLUMNS.spec.x, y, SPEC_WIDTH);
  if (line.unit) put(doc, line.unit, COLUMNS.unit.x, y, COLUMNS.unit);
  if (line.quantity !== undefined) put(doc, String(line.quantity), COLUMNS.quantity.x, y, COLUMNS.quantity);
  if (line.unitPrice !== undefined) put(doc, yuan(line.unitPrice), COLUMNS.unitPrice.x, y, COLUMNS.unitPrice);
  put(doc, yuan(line.amount), COLUMNS.amount.x, y, COLUMNS.amount);
  put(doc, line.rate, COLUMNS.rate.x, y, COLUMNS.rate);
  put(doc, isTaxed(line) ? yuan(line.tax) : '***', COLUMNS.tax.x, y, COLUMNS.tax);
}

function drawSums(doc: Pdf, face: InvoiceFace, y: number): void {
  put(doc, '合        计', COLUMNS.name.x, y + 4, { color: BRICK, align: 'center' });
  put(doc, `¥${yuan(face.net)}`, COLUMNS.amount.x, y + 4, COLUMNS.amount);
  put(doc, face.lines.some(isTaxed) ? `¥${yuan(face.tax)}` : '***', COLUMNS.tax.x, y + 4, COLUMNS.tax);
}

/** 免税 and 不征税 lines print `***` where the tax would stand. */
function isTaxed(line: FaceLine): boolean {
  return line.rate.endsWith('%');
}
