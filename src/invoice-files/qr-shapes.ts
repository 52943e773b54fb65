/** Grey pixels, 0 is black, row after row. */
export interface Picture {
  width: number;
  height: number;
  grey: Uint8Array;
}

/** A code of the smallest kind has some hundred runs of dark modules. */
const LEAST_RECTANGLES = 60;
const MOST_RECTANGLES = 20_000;
/** Pixels of a drawn code's side; an invoice's code has 30 to 60 modules. */
const SIDE = 200;
const QUIET = 12;
/** Characters between the operands of two rectangles of one drawing, at most: painting it, a colour. */
const NEAR = 40;
/** Four numbers are no longer. */
const OPERANDS = 80;

interface Rectangle {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Squares made of many rectangles in a page's drawing instructions, as pictures: QR codes are drawn so. */
export function squaresIn(instructions: string): Picture[] {
  const groups: Rectangle[][] = [];
  let end = 0;
  let count = 0;
  for (let at = instructions.indexOf(' re'); at >= 0; at = instructions.indexOf(' re', at + 3)) {
    const before = instructions
      .slice(Math.max(end, at - OPERANDS), at)
      .trimEnd()
      .split(/\s+/)
      .slice(-4);
    const [x = NaN, y = NaN, width = NaN, height = NaN] = before.map(Number);
    if (before.length < 4 || Number.isNaN(x + y + width + height)) continue;
    if (count === 0 || at - end > NEAR + OPERANDS) groups.push([]);
    end = at + 3;
    groups.at(-1)?.push({
      ...{ left: Math.min(x, x + width), right: Math.max(x, x + width) },
      ...{ top: Math.min(y, y + height), bottom: Math.max(y, y + height) },
    });
    count += 1;
    if (count > MOST_RECTANGLES) return [];
  }
  return groups.filter(({ length }) => length >= LEAST_RECTANGLES).flatMap(drawn);
}

function drawn(group: Rectangle[]): Picture[] {
  const left = least(group.map((one) => one.left));
  const top = least(group.map((one) => one.top));
  const width = -least(group.map((one) => -one.right)) - left;
  const height = -least(group.map((one) => -one.bottom)) - top;
  if (!(width > 0) || Math.abs(width / height - 1) > 0.03) return [];
  const side = SIDE + 2 * QUIET;
  const grey = new Uint8Array(side * side).fill(255);
  const pixel = (length: number, of: number) => QUIET + Math.round((length * SIDE) / of);
  for (const one of group) {
    // A ground of the whole code's size lies beneath it, and is white.
    if ((one.right - one.left) * (one.bottom - one.top) > 0.5 * width * height) continue;
    const [from, to] = [pixel(one.left - left, width), pixel(one.right - left, width)];
    for (let row = pixel(one.top - top, height); row < pixel(one.bottom - top, height); row += 1) {
      grey.fill(0, row * side + from, row * side + to);
    }
  }
  return [{ width: side, height: side, grey }];
}

function least(values: number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

/** The picture that an unpacked stream is: square, grey or RGB, without a predictor. Null: none, or one of another make. */
export function pictureIn(dictionary: string, bytes: Buffer): Picture | null {
  if (!/\/Subtype\s*\/Image\b/.test(dictionary) || /\/(Predictor|Decode|ImageMask|Indexed)\b/.test(dictionary))
    return null;
  const [width, height, bits] = ['Width', 'Height', 'BitsPerComponent'].map((name) =>
    Number(new RegExp(`/${name}\\s+(\\d{1,4})\\b`).exec(dictionary)?.[1]),
  ) as [number, number, number];
  if (!(width >= 21 && width <= 1500) || Math.abs(width / height - 1) > 0.05) return null;
  const size = width * height;
  if (bits === 1 && bytes.length >= Math.ceil(width / 8) * height)
    return { width, height, grey: ofBits(bytes, width, height) };
  if (bits !== 8) return null;
  if (bytes.length >= size * 3)
    return { width, height, grey: Uint8Array.from({ length: size }, (_, n) => bytes[n * 3 + 1] ?? 255) };
  return bytes.length >= size ? { width, height, grey: new Uint8Array(bytes.subarray(0, size)) } : null;
}

function ofBits(bytes: Buffer, width: number, height: number): Uint8Array {
  const stride = Math.ceil(width / 8);
  const bit = (x: number, y: number) => ((bytes[y * stride + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1;
  return Uint8Array.from({ length: width * height }, (_, n) => 255 * bit(n % width, Math.floor(n / width)));
}
