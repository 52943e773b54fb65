import { readFileSync } from 'node:fs';
import { prepareZXingModule, readBarcodes, ReaderOptions } from 'zxing-wasm/reader';
import { Picture } from './picture';

/** As a browser's canvas has them: red, green, blue and opacity of each. */
interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray;
  colorSpace: 'srgb';
}

const FORMATS: ReaderOptions = { formats: ['QRCode'], maxNumberOfSymbols: 4, tryInvert: false };
const QUICK: ReaderOptions = { ...FORMATS, tryHarder: false, tryRotate: false, tryDownscale: false };
const THOROUGH: ReaderOptions = { ...FORMATS, tryHarder: true, tryRotate: true, tryDownscale: true, tryInvert: true };

/** An image that is a code and nothing else, straight and without noise: what almost every issuer draws. */
const PURE: ReaderOptions = { ...QUICK, isPure: true };

/** An image with a pixel a module is read once it is enlarged, a large one as well and sooner when it is made small. */
const READABLE_SIDE = 120;
const SMALL_SIDE = 110;
const MARGIN = 0.1;

export async function loadQrReader(): Promise<void> {
  const wasmBinary = new Uint8Array(readFileSync(require.resolve('zxing-wasm/reader/zxing_reader.wasm'))).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
}

/** Texts of the QR codes in a picture; `thorough`: of any size and however it is turned, for more work. */
export async function codesIn(picture: Picture, thorough: boolean): Promise<string[]> {
  if (thorough) return textsIn(pixelsOf(picture), THOROUGH);
  const texts = await textsIn(pixelsOf(sampled(picture)), PURE);
  return texts.length > 0 ? texts : textsIn(framed(picture), QUICK);
}

async function textsIn(pixels: Pixels, options: ReaderOptions): Promise<string[]> {
  const found = await readBarcodes(pixels, options);
  return found.filter(({ isValid }) => isValid).map(({ text }) => text);
}

/** Every second, third … pixel of a large picture. */
function sampled(picture: Picture): Picture {
  const { width, height, grey } = picture;
  const step = Math.floor(width / SMALL_SIDE);
  if (step < 2) return picture;
  const [narrow, low] = [Math.floor(width / step), Math.floor(height / step)];
  const small = new Uint8Array(narrow * low);
  for (let row = 0, out = 0; row < low; row += 1) {
    let from = row * step * width;
    for (let column = 0; column < narrow; column += 1, out += 1, from += step) small[out] = grey[from] as number;
  }
  return { width: narrow, height: low, grey: small };
}

function pixelsOf({ width, height, grey }: Picture): Pixels {
  const pixels = new Uint32Array(grey.length);
  for (let n = 0; n < grey.length; n += 1) pixels[n] = (grey[n] as number) * 0x010101;
  return { width, height, data: new Uint8ClampedArray(pixels.buffer), colorSpace: 'srgb' };
}

function framed({ width, height, grey }: Picture): Pixels {
  const scale = Math.max(1, Math.ceil(READABLE_SIDE / width));
  const margin = Math.ceil(MARGIN * width * scale);
  const [wide, high] = [width * scale + 2 * margin, height * scale + 2 * margin];
  const pixels = new Uint32Array(wide * high).fill(0xffffff);
  for (let row = 0; row < height * scale; row += 1) {
    const from = Math.floor(row / scale) * width;
    let out = (row + margin) * wide + margin;
    for (let column = 0; column < width * scale; column += 1, out += 1) {
      pixels[out] = (grey[from + Math.floor(column / scale)] as number) * 0x010101;
    }
  }
  return { width: wide, height: high, data: new Uint8ClampedArray(pixels.buffer), colorSpace: 'srgb' };
}
