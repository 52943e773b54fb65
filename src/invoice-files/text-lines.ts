import { mended, plain } from './printed';

/** A character or a run of text as it stands on a page: points, y upwards, x and y of its baseline's beginning. */
export interface TextPiece {
  text: string;
  x: number;
  y: number;
  width: number;
  height: number;
  /** Pieces with the same number were drawn as one text. */
  run: number;
}

/** Text without a gap in it: a label, a cell, a column's share of a line. */
export interface Segment {
  /** As printed. */
  raw: string;
  /** For matching: as long as `raw`, full-width signs as ASCII. */
  text: string;
  left: number;
  right: number;
  y: number;
  height: number;
  /** Where each sign of `text` begins. */
  places: number[];
  /** The text it was first drawn in. */
  run: number;
}

/** Segments side by side, from left to right. */
export interface Line {
  y: number;
  segments: Segment[];
  /** All segments with a blank between two, for matching. */
  text: string;
  /** Where each segment begins in `text`. */
  starts: number[];
}

/** In heights: a gap that parts what was drawn as one text, and what was drawn apart. */
const GAP_WITHIN = 0.75;
const GAP_BETWEEN = 0.15;
/** Template and entries are drawn apart and may overlap so far. */
const OVERLAP = 0.3;
/** A gap that a blank would leave, between letters and between digits, which are spaced wider. */
const BLANK = 0.24;
const BLANK_IN_DIGITS = 0.45;
/** In heights: the same character so near was drawn twice. */
const TWICE = 0.25;
/** Letters so many times as large as the usual ones are a watermark; a title's are twice as large. */
const HUGE = 3.2;
/** Baselines of one line differ by less than these heights: a form and what is filled in seldom stand level. */
const LEVEL = 0.45;

/** The lines of a page from top to bottom, in whatever order a program has drawn their pieces. */
export function linesOf(pieces: readonly TextPiece[]): Line[] {
  const words: Segment[] = [];
  for (const piece of onceEach(pieces)) {
    const last = words.at(-1);
    if (last && follows(last, piece)) append(last, piece);
    else words.push(wordOf(piece));
  }
  const usual = middleOf(words.map(({ height }) => height));
  const drawn = words
    .filter(({ height }) => height <= HUGE * usual)
    .map(withoutBlankEnds)
    .filter(({ raw }) => raw !== '')
    .sort((a, b) => b.y - a.y || a.left - b.left);
  const rows: Segment[][] = [];
  for (const word of drawn) {
    const row = rows.at(-1);
    const first = row?.[0];
    if (row && first && first.y - word.y <= LEVEL * Math.min(first.height, word.height)) row.push(word);
    else rows.push([word]);
  }
  return rows.map((row) => lineOf(row));
}

/** Words of a line; between Latin ones a blank was left out. */
export function glued(words: readonly string[]): string {
  return words.reduce(
    (all, word) => (/[A-Za-z.,]$/.test(all) && /^[A-Za-z(]/.test(word) ? `${all} ${word}` : all + word),
    '',
  );
}

/** Without what is drawn twice at the same place, to look bold. */
function onceEach(pieces: readonly TextPiece[]): TextPiece[] {
  const drawn = new Map<string, TextPiece[]>();
  return pieces.filter((piece) => {
    const same = drawn.get(piece.text);
    if (!same) {
      drawn.set(piece.text, [piece]);
      return true;
    }
    const near = TWICE * piece.height;
    if (same.some(({ x, y }) => Math.abs(x - piece.x) < near && Math.abs(y - piece.y) < near)) return false;
    same.push(piece);
    return true;
  });
}

function middleOf(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Where a place in a line's text stands: its segment, the place in it, and x. */
export function placeIn(line: Line, index: number): { segment: number; at: number; x: number } {
  let segment = line.starts.findLastIndex((start) => start <= index);
  let at = index - (line.starts[segment] ?? 0);
  // The blank between two segments belongs to neither.
  if (at >= (line.segments[segment]?.text.length ?? 0) && segment + 1 < line.segments.length) {
    segment += 1;
    at = 0;
  }
  const own = line.segments[segment];
  return { segment, at, x: own?.places[at] ?? own?.right ?? 0 };
}

/** A pattern for a label whose characters may stand apart: `名 称`. */
export function spaced(label: string): string {
  return [...label].map((char) => (/[\\()*+.[\]{}|^$?/]/.test(char) ? `\\${char}` : char)).join('\\s*');
}

function lineOf(row: Segment[]): Line {
  const segments: Segment[] = [];
  for (const word of row.sort((a, b) => a.left - b.left)) {
    const last = segments.at(-1);
    const gap = last ? (word.left - last.right) / Math.max(last.height, word.height) : Infinity;
    // Characters that were drawn one by one in whatever order.
    if (last && gap <= GAP_BETWEEN && gap >= -OVERLAP && alike(last, word)) join(last, word);
    else segments.push(word);
  }
  const starts: number[] = [];
  let length = 0;
  for (const { text } of segments) {
    starts.push(length);
    length += text.length + 1;
  }
  return { y: row[0]?.y ?? 0, segments, text: segments.map(({ text }) => text).join(' '), starts };
}

/** Whether a piece goes on where a word ends. */
function follows(word: Segment, piece: TextPiece): boolean {
  const height = word.height || piece.height;
  if (Math.abs(word.y - piece.y) > 0.15 * height) return false;
  const gap = (piece.x - word.right) / height;
  if (piece.run === word.run) return gap <= GAP_WITHIN && gap >= -1;
  return gap <= GAP_BETWEEN && gap >= -OVERLAP && alike(word, piece);
}

function alike(one: { height: number }, other: { height: number }): boolean {
  const ratio = one.height / other.height;
  return ratio > 0.6 && ratio < 1.7;
}

function wordOf({ text, x, y, width, height, run }: TextPiece): Segment {
  const raw = mended(text);
  const empty = { raw: '', text: '', places: [], left: x, right: x, y, height: height || 8, run };
  return put(empty, raw, x, width);
}

function append(word: Segment, { text, x, width, run }: TextPiece): void {
  const gap = (x - word.right) / word.height;
  const raw = mended(text);
  if (gap > BLANK) {
    const edge = `${word.raw.at(-1) ?? ''}${raw[0] ?? ''}`;
    const wide = gap > (/^\d\d$/.test(edge) ? BLANK_IN_DIGITS : BLANK);
    if (wide && /^[\x21-\x7e]{2}$/.test(edge)) put(word, ' ', word.right, 0);
  }
  put(word, raw, x, width);
  // What is drawn next as part of the same text may lie further away.
  word.run = run;
}

function join(one: Segment, other: Segment): void {
  one.raw += other.raw;
  one.text += other.text;
  one.places.push(...other.places);
  one.right = Math.max(one.right, other.right);
}

/** A piece of several characters tells no place of each: every one is taken to be as wide as it usually is. */
function put(word: Segment, raw: string, x: number, width: number): Segment {
  if (raw.length === 1) {
    // One blank stands for many: patterns then have no two ways to match a row of them.
    if (word.text.endsWith(' ') && plain(raw) === ' ') return word;
    word.places.push(x);
    word.raw += raw;
    word.text += plain(raw);
    if (raw !== ' ' && raw.trim() !== '') word.right = Math.max(word.right, x + width);
    return word;
  }
  const shares = [...raw].map((char) => (char.charCodeAt(0) < 0x2e80 ? 0.55 : 1));
  const unit = width / (shares.reduce((sum, share) => sum + share, 0) || 1);
  let at = x;
  [...raw].forEach((char, n) => {
    for (let half = 0; half < char.length; half += 1) word.places.push(at);
    at += (shares[n] ?? 1) * unit;
  });
  word.raw += raw;
  word.text += plain(raw);
  // A blank at the end is no part of what is printed: a gap behind it is one of the text.
  if (raw.trim() !== '') word.right = Math.max(word.right, x + width);
  return word;
}

function withoutBlankEnds(word: Segment): Segment {
  const from = word.raw.length - word.raw.trimStart().length;
  const to = word.raw.trimEnd().length;
  if (from === 0 && to === word.raw.length) return word;
  const places = word.places.slice(from, to);
  return {
    ...word,
    raw: word.raw.slice(from, to),
    text: word.text.slice(from, to),
    places,
    left: places[0] ?? word.left,
  };
}
