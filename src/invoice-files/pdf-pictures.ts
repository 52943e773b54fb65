import { Pdfium } from './pdfium';
import { Picture } from './picture';

/** FPDF_PAGEOBJ_* of public/fpdf_edit.h. */
export const TEXT = 1;
const PATH = 2;
const IMAGE = 3;
const SHADING = 4;
const FORM = 5;
/** FPDFBitmap_* of public/fpdfview.h: bytes a pixel by format. */
const PIXEL_BYTES: Record<number, number> = { 1: 1, 2: 3, 3: 4, 4: 4, 5: 4 };

const MOST_OBJECTS = 20_000;
const MOST_IMAGES = 8;
const DEEPEST_FORM = 4;
/** A QR code's side in pixels: 21 modules at least. */
const LEAST_SIDE = 21;
const MOST_SIDE = 1600;
const SQUARE = 0.05;
/** The smallest code has some hundred modules of four lines each; the rules of a form have a few dozen. */
const LEAST_SEGMENTS = 300;
/** Points: modules, and runs of them, are no larger. */
const SMALL_SHAPE = 16;
const MOST_DRAWINGS = 3;

export interface PageObject {
  object: number;
  type: number;
  /** Within no form: its bounds are those on the page. */
  onPage: boolean;
}

/** Every object of a page, those inside forms too. */
export function* objectsOf(pdfium: Pdfium, page: number): Generator<PageObject> {
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
    yield { object, type, onPage };
    if (type === FORM && inside.length <= DEEPEST_FORM)
      inside.push({ form: object, count: calls.FPDFFormObj_CountObjects(object), next: 0 });
  }
}

export interface Pictures {
  square: Picture[];
  /** Where very many small shapes make a square on a page that is not turned: a code that is drawn. */
  drawings: Box[];
  /** Something else is drawn that may be a QR code: an image of another shape, or a drawing of very many lines. */
  others: boolean;
}

/** Points from the page's lower left corner. */
export interface Box {
  left: number;
  bottom: number;
  right: number;
  top: number;
}

export function picturesOn(pdfium: Pdfium, page: number): Pictures {
  const { calls } = pdfium;
  const square: Picture[] = [];
  const drawings = new Drawings(calls.FPDFPage_GetRotation(page) === 0);
  let images = 0;
  let segments = 0;
  for (const { object, type, onPage } of objectsOf(pdfium, page)) {
    if (type === IMAGE) {
      images += 1;
      const picture = square.length < MOST_IMAGES ? squareImage(pdfium, object) : null;
      if (picture) square.push(picture);
    } else if (type === PATH) {
      const own = calls.FPDFPath_CountSegments(object);
      segments += own;
      if (onPage) drawings.add(own, boundsOf(pdfium, object));
    } else if (type === SHADING) {
      images += 1;
    }
  }
  return { square, drawings: drawings.squares(), others: images > square.length || segments >= LEAST_SEGMENTS };
}

/** Finds squares that are made of very many segments: one path, or small ones drawn one after the other. */
class Drawings {
  private readonly found: Box[] = [];
  private box: Box | null = null;
  private segments = 0;

  constructor(private readonly upright: boolean) {}

  add(segments: number, bounds: Box | null): void {
    if (!bounds) return;
    const small = Math.max(bounds.right - bounds.left, bounds.top - bounds.bottom) <= SMALL_SHAPE;
    if (!small) {
      this.close();
      this.box = bounds;
      this.segments = segments;
      this.close();
      return;
    }
    this.segments += segments;
    this.box = this.box
      ? {
          ...{ left: Math.min(this.box.left, bounds.left), right: Math.max(this.box.right, bounds.right) },
          ...{ bottom: Math.min(this.box.bottom, bounds.bottom), top: Math.max(this.box.top, bounds.top) },
        }
      : bounds;
  }

  squares(): Box[] {
    this.close();
    return this.upright ? this.found : [];
  }

  private close(): void {
    const { box, segments } = this;
    this.box = null;
    this.segments = 0;
    if (!box || segments < LEAST_SEGMENTS || this.found.length === MOST_DRAWINGS) return;
    const [width, height] = [box.right - box.left, box.top - box.bottom];
    if (width > SMALL_SHAPE && Math.abs(width / height - 1) <= 2 * SQUARE) this.found.push(box);
  }
}

function boundsOf(pdfium: Pdfium, object: number): Box | null {
  const { calls, scratch } = pdfium;
  if (!calls.FPDFPageObj_GetBounds(object, scratch, scratch + 4, scratch + 8, scratch + 12)) return null;
  const [left, bottom, right, top] = [0, 1, 2, 3].map((n) => pdfium.float(n)) as [number, number, number, number];
  return { left, bottom, right, top };
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

/** Green stands for the grey of a coloured pixel. */
export function pictureOf(pdfium: Pdfium, bitmap: number): Picture {
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
