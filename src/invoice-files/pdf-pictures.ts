import { Pdfium } from './pdfium';
import { Picture } from './picture';

/** FPDF_PAGEOBJ_* of public/fpdf_edit.h. */
const TEXT = 1;
const PATH = 2;
const IMAGE = 3;
const SHADING = 4;
const FORM = 5;
/** FPDFBitmap_* of public/fpdfview.h: bytes a pixel by format. */
const PIXEL_BYTES: Record<number, number> = { 1: 1, 2: 3, 3: 4, 4: 4, 5: 4 };
const GREY = 1;
const DRAW_GREY = 0x08;
const WHITE = 0xffffffff;

const MOST_OBJECTS = 20_000;
const MOST_IMAGES = 8;
const DEEPEST_FORM = 4;
/** A QR code's side in pixels: 21 modules at least. */
const LEAST_SIDE = 21;
const MOST_SIDE = 1600;
const SQUARE = 0.05;
/** The smallest code has some hundred modules of four lines each; the rules of a form have a few dozen. */
const LEAST_SEGMENTS = 300;

/** Pixels per point. A module of an invoice's code is about two points wide; three pixels are read without fail. */
const SCALES = { corner: 1.5, all: 2 };
const MOST_PIXELS_PER_SIDE = 2400;

/** Every object of a page, those inside forms too. */
function* objectsOf(pdfium: Pdfium, page: number): Generator<{ object: number; type: number }> {
  const { calls } = pdfium;
  const inside = [{ form: page, count: calls.FPDFPage_CountObjects(page), next: 0 }];
  for (let seen = 0; seen < MOST_OBJECTS; seen += 1) {
    const level = inside.at(-1);
    if (!level) return;
    if (level.next >= level.count) {
      inside.pop();
      continue;
    }
    const onPage = inside.length === 1;
    const object = onPage
      ? calls.FPDFPage_GetObject(level.form, level.next)
      : calls.FPDFFormObj_GetObject(level.form, level.next);
    level.next += 1;
    const type = calls.FPDFPageObj_GetType(object);
    yield { object, type };
    if (type === FORM && inside.length <= DEEPEST_FORM)
      inside.push({ form: object, count: calls.FPDFFormObj_CountObjects(object), next: 0 });
  }
}

export interface Pictures {
  square: Picture[];
  /** Something else is drawn that may be a QR code: an image of another shape, or a drawing of very many lines. */
  others: boolean;
}

export function picturesOn(pdfium: Pdfium, page: number): Pictures {
  const { calls } = pdfium;
  const square: Picture[] = [];
  let images = 0;
  let segments = 0;
  for (const { object, type } of objectsOf(pdfium, page)) {
    if (type === IMAGE) {
      images += 1;
      const picture = square.length < MOST_IMAGES ? squareImage(pdfium, object) : null;
      if (picture) square.push(picture);
    } else if (type === PATH) {
      segments += calls.FPDFPath_CountSegments(object);
    } else if (type === SHADING) {
      images += 1;
    }
  }
  return { square, others: images > square.length || segments >= LEAST_SEGMENTS };
}

/** Null: it is no square, or cannot be unpacked. */
function squareImage(pdfium: Pdfium, image: number): Picture | null {
  const { calls, scratch } = pdfium;
  if (!calls.FPDFImageObj_GetImagePixelSize(image, scratch, scratch + 4)) return null;
  const [width, height] = [pdfium.int(0), pdfium.int(1)];
  if (width < LEAST_SIDE || width > MOST_SIDE || Math.abs(width / height - 1) > SQUARE) return null;
  const bitmap = calls.FPDFImageObj_GetBitmap(image);
  if (bitmap === 0) return null;
  const picture = pictureOf(pdfium, bitmap);
  calls.FPDFBitmap_Destroy(bitmap);
  return picture;
}

export function drawn(pdfium: Pdfium, page: number, part: 'corner' | 'all'): Picture {
  const { calls } = pdfium;
  // A page is drawn for its QR code alone: its letters' outlines would be more than half of the work.
  for (const { object, type } of objectsOf(pdfium, page)) {
    if (type === TEXT) calls.FPDFPageObj_SetIsActive(object, 0);
  }
  const [wide, high] = sizeOf(pdfium, page);
  const scale = Math.min(SCALES[part], MOST_PIXELS_PER_SIDE / Math.max(wide, high, 1));
  const share = part === 'corner' ? 0.5 : 1;
  const [pageWidth, pageHeight] = [pixels(wide * scale), pixels(high * scale)];
  const [width, height] = [pixels(pageWidth * share), pixels(pageHeight * share)];
  const bitmap = calls.FPDFBitmap_CreateEx(width, height, GREY, 0, 0);
  calls.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE);
  calls.FPDF_RenderPageBitmap(bitmap, page, 0, 0, pageWidth, pageHeight, 0, DRAW_GREY);
  const picture = pictureOf(pdfium, bitmap);
  calls.FPDFBitmap_Destroy(bitmap);
  return picture;
}

/** In points, as it is seen. */
function sizeOf(pdfium: Pdfium, page: number): [width: number, height: number] {
  pdfium.calls.FPDF_GetPageBoundingBox(page, pdfium.scratch);
  const [left, top, right, bottom] = [0, 1, 2, 3].map((n) => pdfium.float(n)) as [number, number, number, number];
  const [width, height] = [Math.abs(right - left), Math.abs(top - bottom)];
  return pdfium.calls.FPDFPage_GetRotation(page) % 2 === 1 ? [height, width] : [width, height];
}

function pixels(length: number): number {
  return Math.max(1, Math.ceil(length));
}

/** Green stands for the grey of a coloured pixel. */
function pictureOf(pdfium: Pdfium, bitmap: number): Picture {
  const { calls } = pdfium;
  const [width, height] = [calls.FPDFBitmap_GetWidth(bitmap), calls.FPDFBitmap_GetHeight(bitmap)];
  const stride = calls.FPDFBitmap_GetStride(bitmap);
  const step = PIXEL_BYTES[calls.FPDFBitmap_GetFormat(bitmap)] ?? 1;
  const pixels = pdfium.bytes(calls.FPDFBitmap_GetBuffer(bitmap), stride * height);
  const grey = new Uint8Array(width * height);
  const green = step === 1 ? 0 : 1;
  for (let row = 0, out = 0; row < height; row += 1) {
    let from = row * stride + green;
    for (let column = 0; column < width; column += 1, out += 1, from += step) grey[out] = pixels[from] as number;
  }
  return { width, height, grey };
}
