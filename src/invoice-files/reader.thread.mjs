// A thread that reads invoice files. Plain ES module: pdfjs-dist and zxing-wasm are, and cannot be required.
// What the files mean is decided in read-file.ts; here are only the libraries.
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { inflateSync } from 'node:zlib';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

// The legacy build replaces `push` by a slower one, for a strictness that nothing here needs: a tenth of all the work.
const { push } = Array.prototype;
const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs');
await import('pdfjs-dist/legacy/build/pdf.worker.mjs');
Object.defineProperty(Array.prototype, 'push', { value: push, writable: true, configurable: true });

const require = createRequire(import.meta.url);
const { readFile } = require('./read-file.js');
const pdfjs = dirname(require.resolve('pdfjs-dist/package.json'));
const wasmBinary = readFileSync(require.resolve('zxing-wasm/reader/zxing_reader.wasm'));
prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });

// Without it, on a platform it is not built for, QR codes stay unread; keys and text are read all the same.
const canvas = await import('@napi-rs/canvas').catch(() => null);

// A page is drawn for its QR code alone. Its letters stay undrawn: their outlines would be more than half of the work.
globalThis.FontFace = class {
  loaded = Promise.resolve(this);
};
const ownerDocument = { fonts: new Set() };
if (canvas) {
  const context = Object.getPrototypeOf(canvas.createCanvas(1, 1).getContext('2d'));
  context.fillText = context.strokeText = () => undefined;
  Object.defineProperty(context, 'font', { value: '', writable: true });
}

// pdf.js unpacks through web streams, which take longer than the unpacking does.
globalThis.DecompressionStream = class {
  #bytes = null;
  writable = {
    getWriter: () => ({
      ready: Promise.resolve(),
      write: async (bytes) => void (this.#bytes = bytes),
      close: async () => undefined,
    }),
  };
  readable = { [Symbol.asyncIterator]: () => this.#unpacked() };

  constructor(format) {
    if (format !== 'deflate') throw new TypeError(`no ${format} here`);
  }

  async *#unpacked() {
    yield inflateSync(this.#bytes, { maxOutputLength: MOST_UNPACKED });
  }
};

const MOST_UNPACKED = 1 << 26;
const PIXELS_PER_SIDE = 2400;
/** Pixels per point. A module of an invoice's code is about two points wide; three pixels are read without fail. */
const SCALES = { corner: 1.5, all: 2 };

const FORMATS = { formats: ['QRCode'], maxNumberOfSymbols: 4, tryInvert: false };

async function codesOn(image, more) {
  const found = await readBarcodes(image, { ...FORMATS, ...more });
  return found.filter(({ isValid }) => isValid).map(({ text }) => text);
}

const tools = {
  openPdf: (data) =>
    getDocument({
      data,
      // Without these, text in a Chinese font that is not embedded comes out empty.
      cMapUrl: join(pdfjs, 'cmaps', '/'),
      cMapPacked: true,
      standardFontDataUrl: join(pdfjs, 'standard_fonts', '/'),
      wasmUrl: join(pdfjs, 'wasm', '/'),
      iccUrl: join(pdfjs, 'iccs', '/'),
      isEvalSupported: false,
      enableXfa: false,
      ownerDocument,
      disableFontFace: false,
      useSystemFonts: false,
      maxImageSize: 1 << 24,
      canvasMaxAreaInBytes: 1 << 26,
      verbosity: 0,
    }).promise,

  async qrCodes(page, part) {
    if (!canvas) return [];
    const plain = page.getViewport({ scale: 1 });
    const scale = Math.min(SCALES[part], PIXELS_PER_SIDE / Math.max(plain.width, plain.height, 1));
    const viewport = page.getViewport({ scale });
    const share = part === 'corner' ? 0.5 : 1;
    const width = Math.max(1, Math.ceil(viewport.width * share));
    const height = Math.max(1, Math.ceil(viewport.height * share));
    const canvasContext = canvas.createCanvas(width, height).getContext('2d');
    await page.render({ canvas: null, canvasContext, viewport, intent: 'print' }).promise;
    const image = canvasContext.getImageData(0, 0, width, height);
    const thorough = part === 'all';
    return codesOn(image, { tryHarder: thorough, tryRotate: thorough, tryDownscale: thorough });
  },

  codesIn({ width, height, grey }) {
    const pixels = new Uint32Array(grey.length);
    for (let n = 0; n < grey.length; n += 1) pixels[n] = grey[n] * 0x010101;
    const data = new Uint8ClampedArray(pixels.buffer);
    return codesOn({ width, height, data }, { tryHarder: false, tryRotate: false, tryDownscale: false });
  },
};

parentPort.postMessage({ job: 0 });
parentPort.on('message', async ({ job, bytes }) => {
  try {
    const reading = await readFile(Buffer.from(bytes), tools);
    parentPort.postMessage({ job, reading });
  } catch {
    parentPort.postMessage({ job, reading: null });
  }
});
