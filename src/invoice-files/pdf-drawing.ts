import { Box, objectsOf, pictureOf, TEXT } from './pdf-pictures';
import { Pdfium } from './pdfium';
import { Picture } from './picture';

/** What of a page is drawn: the upper left quarter, where an invoice has its QR code, all of it, or a square on it. */
export type Part = 'corner' | 'all' | Box;

/** Of public/fpdfview.h. */
const GREY = 1;
const DRAW_GREY = 0x08;
const WHITE = 0xffffffff;

/** Pixels per point. A module of an invoice's code is about two points wide; three pixels are read without fail. */
const SCALES = { corner: 1.5, all: 2 };
const MOST_PIXELS_PER_SIDE = 2400;
/** Pixels of the side of a square that is drawn for itself, and of the margin around it. */
const SQUARE_SIDE = 180;
const MARGIN = 12;

/** A part of a page as a picture, without its text. */
export function drawn(pdfium: Pdfium, page: number, part: Part): Picture {
  const { calls } = pdfium;
  // A page is drawn for its QR code alone: its letters' outlines would be more than half of the work.
  for (const { object, type } of objectsOf(pdfium, page)) {
    if (type === TEXT) calls.FPDFPageObj_SetIsActive(object, 0);
  }
  const sheet = sheetOf(pdfium, page);
  const { width, height, scale, left, top } = frameOf(part, sheet);
  const bitmap = calls.FPDFBitmap_CreateEx(width, height, GREY, 0, 0);
  calls.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE);
  const [pageWidth, pageHeight] = [pixels(sheet.width * scale), pixels(sheet.height * scale)];
  calls.FPDF_RenderPageBitmap(bitmap, page, left, top, pageWidth, pageHeight, 0, DRAW_GREY);
  const picture = pictureOf(pdfium, bitmap);
  calls.FPDFBitmap_Destroy(bitmap);
  return picture;
}

interface Sheet {
  /** In points, as it is seen. */
  width: number;
  height: number;
  /** Its upper left corner in its own coordinates. */
  left: number;
  top: number;
}

interface Frame {
  /** Pixels of the picture. */
  width: number;
  height: number;
  /** Pixels a point, and where in the picture the page begins. */
  scale: number;
  left: number;
  top: number;
}

function frameOf(part: Part, sheet: Sheet): Frame {
  if (typeof part === 'string') {
    const scale = Math.min(SCALES[part], MOST_PIXELS_PER_SIDE / Math.max(sheet.width, sheet.height, 1));
    const share = part === 'corner' ? 0.5 : 1;
    const [width, height] = [pixels(sheet.width * scale * share), pixels(sheet.height * scale * share)];
    return { width, height, scale, left: 0, top: 0 };
  }
  const scale = Math.min(SQUARE_SIDE / (part.right - part.left), MOST_PIXELS_PER_SIDE / Math.max(sheet.width, 1));
  const side = pixels((part.right - part.left) * scale) + 2 * MARGIN;
  const left = Math.round(MARGIN - (part.left - sheet.left) * scale);
  return { width: side, height: side, scale, left, top: Math.round(MARGIN - (sheet.top - part.top) * scale) };
}

function sheetOf(pdfium: Pdfium, page: number): Sheet {
  pdfium.calls.FPDF_GetPageBoundingBox(page, pdfium.scratch);
  const [x1, y1, x2, y2] = [0, 1, 2, 3].map((n) => pdfium.float(n)) as [number, number, number, number];
  const [wide, high] = [Math.abs(x2 - x1), Math.abs(y2 - y1)];
  const turned = pdfium.calls.FPDFPage_GetRotation(page) % 2 === 1;
  const [width, height] = turned ? [high, wide] : [wide, high];
  return { width, height, left: Math.min(x1, x2), top: Math.max(y1, y2) };
}

function pixels(length: number): number {
  return Math.max(1, Math.ceil(length));
}
