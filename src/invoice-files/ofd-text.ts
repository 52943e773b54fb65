import { Element, find, findAll } from './safe-xml';
import { TextPiece } from './text-lines';

/** OFD measures in millimetres, and downwards; the reading of lines in points, and upwards. */
const POINTS = 72 / 25.4;
const MOST_CHARACTERS = 20_000;
/** Of one line. */
const LONGEST = 2000;
/** Text that leans more than this, as a share of its size, is a seal's or a watermark's. */
const LEAN = 0.05;

/** The characters of a page's layers (GB/T 33190-2016 §11), each where it stands. */
export function charactersIn(layers: readonly Element[]): TextPiece[] {
  const pieces: TextPiece[] = [];
  let run = 0;
  for (const object of layers.flatMap((layer) => findAll(layer, 'TextObject'))) {
    if (object.attributes.Visible === 'false') continue;
    // A TextCode that does not say where it begins begins where the one before it did (§11.3).
    const begin = { x: 0, y: 0 };
    for (const code of findAll(object, 'TextCode')) {
      run += 1;
      if (run > MOST_CHARACTERS || pieces.length > MOST_CHARACTERS) return pieces;
      begin.x = Number(code.attributes.X ?? begin.x) || 0;
      begin.y = Number(code.attributes.Y ?? begin.y) || 0;
      pieces.push(...charactersOf(object, code, begin, run));
    }
  }
  const [width, height] = sizeOf(layers);
  return pieces.filter(({ x, y }) => x >= 0 && x <= width && y <= 0 && y >= -height);
}

/** The whole text of every object by its ID. */
export function textsById(layers: readonly Element[]): Map<string, string> {
  return new Map(
    layers
      .flatMap((layer) => findAll(layer, 'TextObject'))
      .map((object) => [
        object.attributes.ID ?? '',
        findAll(object, 'TextCode')
          .map(({ text }) => text)
          .join(''),
      ]),
  );
}

/** The page's own area in points; a template has that of the page. */
function sizeOf(layers: readonly Element[]): [width: number, height: number] {
  const box = layers.map((layer) => find(layer, 'PhysicalBox')?.text).findLast((text) => text);
  const [, , width = 0, height = 0] = numbers(box);
  return width > 0 && height > 0 ? [width * POINTS, height * POINTS] : [Infinity, Infinity];
}

function charactersOf(
  { attributes }: Element,
  code: Element,
  begin: { x: number; y: number },
  run: number,
): TextPiece[] {
  const [left = 0, top = 0] = numbers(attributes.Boundary);
  const [a = 1, b = 0, , d = 1, e = 0, f = 0] = attributes.CTM ? numbers(attributes.CTM) : [];
  if (!(a > 0) || !(d > 0) || Math.abs(b) > LEAN * a) return [];
  const scaleX = a * (Number(attributes.HScale) || 1);
  const size = Number(attributes.Size) || 3;
  const text = [...code.text.slice(0, LONGEST)];
  const advances = advancesOf(code.attributes.DeltaX, text.length);
  let { x } = begin;
  const y = top + d * begin.y + f;
  return text.map((char, n) => {
    const own = size * (char.charCodeAt(0) < 0x2000 ? 0.5 : 1);
    const piece = {
      text: char,
      x: (left + scaleX * x + e) * POINTS,
      y: -y * POINTS,
      width: Math.min(advances[n] ?? own, Math.max(own, 1.1 * size)) * scaleX * POINTS,
      height: size * d * POINTS,
      run,
    };
    x += advances[n] ?? own;
    return piece;
  });
}

/** `3.2 g 4 1.6`: 3.2, then four times 1.6. */
function advancesOf(deltas: string | undefined, most: number): number[] {
  const words = (deltas ?? '').trim().split(/\s+/);
  const advances: number[] = [];
  for (let n = 0; n < words.length && advances.length < most; n += 1) {
    if (words[n] !== 'g') {
      if (words[n] !== '') advances.push(Number(words[n]) || 0);
      continue;
    }
    const times = Math.min(most - advances.length, Math.max(0, Math.trunc(Number(words[n + 1]) || 0)));
    advances.push(...new Array<number>(times).fill(Number(words[n + 2]) || 0));
    n += 2;
  }
  return advances;
}

function numbers(text: string | undefined): number[] {
  return (text ?? '')
    .trim()
    .split(/\s+/)
    .map((word) => Number(word) || 0);
}
