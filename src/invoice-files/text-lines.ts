import { mended, plain } from './printed';

/** A run of text as it stands on a page: points, y upwards. */
export interface TextPiece {
  text: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Text without a gap in it: a label, a cell, a column's share of a line. */
export interface Segment {
  /** As printed. */
  raw: string;
  /** For matching: as long as `raw`, full-width signs as ASCII. */
  text: string;
  left: number;
  right: number;
  height: number;
}

/** Segments side by side, from left to right. */
export interface Line {
  y: number;
  segments: Segment[];
  /** All segments, for matching. */
  text: string;
}

/** A gap of this many heights parts two segments. */
const GAP = 0.75;

/** The lines of a page from top to bottom, in whatever order a program has drawn their pieces. */
export function linesOf(pieces: readonly TextPiece[]): Line[] {
  const drawn = pieces.filter(({ text }) => text.trim() !== '').sort((a, b) => b.y - a.y || a.x - b.x);
  const rows: TextPiece[][] = [];
  for (const piece of drawn) {
    const row = rows.at(-1);
    const first = row?.[0];
    if (row && first && first.y - piece.y <= Math.max(2, Math.min(first.height, piece.height) * 0.45)) row.push(piece);
    else rows.push([piece]);
  }
  return rows.map((row) => {
    const segments = segmentsOf(row.sort((a, b) => a.x - b.x));
    return { y: row[0]?.y ?? 0, segments, text: segments.map(({ text }) => text).join(' ') };
  });
}

function segmentsOf(row: TextPiece[]): Segment[] {
  const segments: Segment[] = [];
  for (const { text, x, width, height } of row) {
    const raw = mended(text.trim());
    const last = segments.at(-1);
    const gap = last ? x - last.right : Infinity;
    const size = height || 8;
    if (last && gap <= GAP * size) {
      const blank = gap > 0.2 * size && /[\x21-\x7e]$/.test(last.raw) && /^[\x21-\x7e]/.test(raw) ? ' ' : '';
      last.raw += blank + raw;
      last.text += blank + plain(raw);
      last.right = Math.max(last.right, x + width);
    } else {
      segments.push({ raw, text: plain(raw), left: x, right: x + width, height: size });
    }
  }
  return segments;
}

/** A pattern for a label whose characters may stand apart: `名 称`. */
export function spaced(label: string): string {
  return [...label].map((char) => (/[\\()*+.[\]{}|^$?/]/.test(char) ? `\\${char}` : char)).join('\\s*');
}

/** Where a place in a segment's text stands on the page, every character taken to be as wide as it usually is. */
export function xAt({ text, left, right }: Segment, index: number): number {
  const width = (part: string) => [...part].reduce((sum, char) => sum + (char.charCodeAt(0) < 0x2e80 ? 0.55 : 1), 0);
  return left + ((right - left) * width(text.slice(0, index))) / (width(text) || 1);
}
