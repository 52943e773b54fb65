import { Pdfium } from './pdfium';
import { TextPiece } from './text-lines';

const MOST_CHARACTERS = 20_000;
/** What PDFium gives for a hyphen at the end of a line. */
const LINE_END_HYPHEN = 2;
/** The text render mode (ISO 32000-1 §9.3.6) of what a scanner recognised and laid over its picture. */
const INVISIBLE = 3;
/** Text that leans or runs more than this from the horizontal, as a share of its size, is a seal's or a watermark's. */
const LEAN = 0.05;

export interface PageText {
  pieces: TextPiece[];
  /** False: it is what a scanner recognised, and lies unseen over its picture; nothing else is on the page. */
  seen: boolean;
}

interface Rectangle {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** From the page's own coordinates to the page as it is seen, turned clockwise by so many quarters; y upwards in both. */
const TURNS: ((x: number, y: number) => [x: number, y: number])[] = [
  (x, y) => [x, y],
  (x, y) => [y, -x],
  (x, y) => [-x, -y],
  (x, y) => [-y, x],
];

/**
 * The characters of a page that are seen, stand upright and inside its crop box, in the order in which they are drawn; `run` tells
 * which were drawn as one text.
 */
export function charactersOf(pdfium: Pdfium, page: number): PageText {
  const { calls, scratch } = pdfium;
  const text = calls.FPDFText_LoadPage(page);
  if (text === 0) return { pieces: [], seen: true };
  const turn = TURNS[calls.FPDFPage_GetRotation(page) % 4] as (typeof TURNS)[number];
  const crop = cropBox(pdfium, page);
  const pieces: TextPiece[] = [];
  const unseen: TextPiece[] = [];
  const count = Math.min(MOST_CHARACTERS, calls.FPDFText_CountChars(text));
  let run = -1;
  let object = 0;
  let height = 0;
  let into = pieces;
  for (let n = 0; n < count; n += 1) {
    // Of no text: a blank or line end that PDFium puts in by its own judgement.
    const drawnIn = calls.FPDFText_GetTextObject(text, n);
    if (drawnIn === 0) continue;
    if (drawnIn !== object || run < 0) {
      object = drawnIn;
      run += 1;
      height = uprightHeight(pdfium, text, n, turn);
      into = calls.FPDFTextObj_GetTextRenderMode(drawnIn) === INVISIBLE ? unseen : pieces;
    }
    if (height === 0) continue;
    calls.FPDFText_GetCharOrigin(text, n, scratch, scratch + 8);
    const [originX, originY] = [pdfium.double(0), pdfium.double(1)];
    if (originX < crop.left || originX > crop.right || originY < crop.bottom || originY > crop.top) continue;
    calls.FPDFText_GetLooseCharBox(text, n, scratch);
    // FS_RECTF: left, top, right, bottom.
    const [ax] = turn(pdfium.float(0), pdfium.float(1));
    const [bx] = turn(pdfium.float(2), pdfium.float(3));
    const [x, y] = turn(originX, originY);
    const along = Math.max(ax, bx) - x;
    const width = Number.isFinite(along) ? Math.max(0, along) : 0;
    into.push({ text: characterOf(calls.FPDFText_GetUnicode(text, n)), x, y, width, height, run });
  }
  calls.FPDFText_ClosePage(text);
  return pieces.length > 0 ? { pieces, seen: true } : { pieces: unseen, seen: unseen.length === 0 };
}

function characterOf(code: number): string {
  if (code === LINE_END_HYPHEN) return '-';
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}

/** The size of the text of one object, in points; 0: it does not run from left to right. */
function uprightHeight(pdfium: Pdfium, text: number, n: number, turn: (typeof TURNS)[number]): number {
  const { calls, scratch } = pdfium;
  if (!calls.FPDFText_GetMatrix(text, n, scratch)) return 0;
  const [a, b, c, d] = [pdfium.float(0), pdfium.float(1), pdfium.float(2), pdfium.float(3)];
  const [alongX, alongY] = turn(a, b);
  const [, upY] = turn(c, d);
  if (!(alongX > 0) || Math.abs(alongY) > LEAN * alongX || !(upY > 0)) return 0;
  return upY * calls.FPDFText_GetFontSize(text, n);
}

/** What PDFium makes of media and crop box; its top and bottom may come swapped. */
function cropBox(pdfium: Pdfium, page: number): Rectangle {
  const everything = { left: -Infinity, right: Infinity, bottom: -Infinity, top: Infinity };
  if (!pdfium.calls.FPDF_GetPageBoundingBox(page, pdfium.scratch)) return everything;
  const [left, top, right, bottom] = [0, 1, 2, 3].map((n) => pdfium.float(n)) as [number, number, number, number];
  if (left === right || top === bottom) return everything;
  return {
    ...{ left: Math.min(left, right), right: Math.max(left, right) },
    ...{ bottom: Math.min(top, bottom), top: Math.max(top, bottom) },
  };
}
