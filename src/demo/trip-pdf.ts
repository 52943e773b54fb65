import { startOfDay } from './invoice-pdf';
import type { TripFace } from './invoice-face';
import { addSheet, BRICK, finishPdf, openPdf, put, rule } from './pdf-document';
import { yuan } from './qr-payload';

const [WIDTH, LINE, LEFT] = [420, 18, 30];

/**
 * Draws a trip sheet (行程单), the optional second file of a passenger transport order. It is no invoice and carries
 * none of the invoice keys.
 * @param createdAt the date the file claims for itself; where absent the start of the first trip's day in China
 */
export async function renderTripPdf(face: TripFace, createdAt?: Date): Promise<Buffer> {
  const first = face.trips[0];
  if (!first) throw new RangeError('a trip sheet has at least one trip');
  const doc = openPdf(createdAt ?? startOfDay(first.on), { Title: `行程单 ${face.orderId}` });
  addSheet(doc, WIDTH, 120 + face.trips.length * LINE);

  put(doc, '行程单（样例 SAMPLE）', WIDTH / 2, 20, { size: 15, color: BRICK, align: 'center' });
  put(doc, `订单号：${face.orderId}`, LEFT, 48);
  rule(doc, LEFT, 62, WIDTH - LEFT, 62);
  let y = drawRow(doc, ['日期', '出发地', '目的地', '金额（元）'], 68, BRICK);
  for (const trip of face.trips) y = drawRow(doc, [trip.on, trip.from, trip.to, yuan(trip.fare)], y);
  rule(doc, LEFT, y, WIDTH - LEFT, y);
  const total = face.trips.reduce((sum, trip) => sum + trip.fare, 0);
  put(doc, `共 ${face.trips.length} 次行程，合计 ¥${yuan(total)}`, WIDTH - LEFT, y + 8, { align: 'right' });
  return finishPdf(doc);
}

function drawRow(doc: PDFKit.PDFDocument, cells: [string, string, string, string], y: number, color?: string): number {
  const [on, from, to, fare] = cells;
  put(doc, on, LEFT, y, { color });
  put(doc, from, LEFT + 80, y, { color });
  put(doc, to, LEFT + 190, y, { color });
  put(doc, fare, WIDTH - LEFT, y, { color, align: 'right' });
  return y + LINE;
}
