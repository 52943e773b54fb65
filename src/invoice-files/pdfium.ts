import { readFileSync } from 'node:fs';
import { init } from '@embedpdf/pdfium';

/** What is called of PDFium's C interface (public/fpdfview.h, fpdf_text.h, fpdf_edit.h …); handles and addresses are numbers. */
interface PdfiumCalls {
  malloc(size: number): number;
  free(at: number): void;
  FPDF_GetLastError(): number;
  FPDF_LoadMemDocument(bytes: number, size: number, password: number): number;
  FPDF_CloseDocument(document: number): void;
  FPDF_GetPageCount(document: number): number;
  FPDF_GetMetaText(document: number, key: number, out: number, size: number): number;
  FPDF_GetSecurityHandlerRevision(document: number): number;
  FPDF_GetFormType(document: number): number;
  FPDFDoc_GetJavaScriptActionCount(document: number): number;
  FPDFDoc_GetAttachmentCount(document: number): number;
  FPDFDoc_GetAttachment(document: number, index: number): number;
  FPDFAttachment_GetFile(attachment: number, out: number, size: number, outSize: number): number;
  FPDF_LoadPage(document: number, index: number): number;
  FPDF_ClosePage(page: number): void;
  FPDF_GetPageBoundingBox(page: number, out: number): number;
  FPDFPage_GetRotation(page: number): number;
  FPDFText_LoadPage(page: number): number;
  FPDFText_ClosePage(text: number): void;
  FPDFText_CountChars(text: number): number;
  FPDFText_GetUnicode(text: number, index: number): number;
  FPDFText_GetTextObject(text: number, index: number): number;
  FPDFTextObj_GetTextRenderMode(object: number): number;
  FPDFText_GetFontSize(text: number, index: number): number;
  FPDFText_GetMatrix(text: number, index: number, out: number): number;
  FPDFText_GetCharOrigin(text: number, index: number, x: number, y: number): number;
  FPDFText_GetLooseCharBox(text: number, index: number, out: number): number;
  FPDFPage_CountObjects(page: number): number;
  FPDFPage_GetObject(page: number, index: number): number;
  FPDFPageObj_GetType(object: number): number;
  FPDFPageObj_GetBounds(object: number, left: number, bottom: number, right: number, top: number): number;
  FPDFPageObj_SetIsActive(object: number, active: number): number;
  FPDFPath_CountSegments(path: number): number;
  FPDFFormObj_CountObjects(form: number): number;
  FPDFFormObj_GetObject(form: number, index: number): number;
  FPDFImageObj_GetImagePixelSize(image: number, width: number, height: number): number;
  FPDFImageObj_GetBitmap(image: number): number;
  FPDFBitmap_CreateEx(width: number, height: number, format: number, buffer: number, stride: number): number;
  FPDFBitmap_FillRect(bitmap: number, left: number, top: number, width: number, height: number, colour: number): number;
  FPDFBitmap_Destroy(bitmap: number): void;
  FPDFBitmap_GetFormat(bitmap: number): number;
  FPDFBitmap_GetWidth(bitmap: number): number;
  FPDFBitmap_GetHeight(bitmap: number): number;
  FPDFBitmap_GetStride(bitmap: number): number;
  FPDFBitmap_GetBuffer(bitmap: number): number;
  FPDF_RenderPageBitmap(
    bitmap: number,
    page: number,
    left: number,
    top: number,
    width: number,
    height: number,
    rotation: number,
    flags: number,
  ): void;
}

/** WebAssembly's unit of memory. */
const PAGE = 65_536;
/** An invoice leaves the memory as it was at the start, 18 MB; a page scanned in colour takes 60 MB. */
export const PDFIUM_BYTES = 192 * 1024 * 1024;
/** For the answers that PDFium writes to an address. */
const SCRATCH_BYTES = 256;

/** PDFium's code, compiled once for all threads of a reader. */
export async function compilePdfium(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(readFileSync(require.resolve('@embedpdf/pdfium/pdfium.wasm')));
}

/** The file needed more memory than one may have, or broke PDFium. The instance is of no more use. */
export class PdfiumFailure extends Error {
  constructor(readonly why: 'memory' | 'lost') {
    super(why);
  }
}

/** The scratch memory as the types that PDFium writes there. */
interface Answers {
  ints: Int32Array;
  floats: Float32Array;
  doubles: Float64Array;
}

/** One instance of PDFium: memory of its own, which no file can leave. */
export class Pdfium {
  /** An address for what PDFium answers there; read it by `int`, `float` and `double`. */
  readonly scratch: number;
  private readonly atStart: number;
  private refused = false;
  private views: Answers | null = null;

  private constructor(
    readonly calls: PdfiumCalls,
    private readonly memory: WebAssembly.Memory,
    mostBytes: number,
  ) {
    this.scratch = calls.malloc(SCRATCH_BYTES);
    this.atStart = memory.buffer.byteLength;
    const grow = memory.grow.bind(memory);
    // What asks for more is told that there is none, which ends its file.
    memory.grow = (pages: number) => {
      if (memory.buffer.byteLength + pages * PAGE > mostBytes) {
        this.refused = true;
        throw new RangeError('no more memory for this file');
      }
      return grow(pages);
    };
  }

  static async start(module: WebAssembly.Module, mostBytes = PDFIUM_BYTES): Promise<Pdfium> {
    let memory: WebAssembly.Memory | undefined;
    const wrapped = await init({
      // Its own words about a file that asks for too much memory say nothing that the outcome does not.
      printErr: () => undefined,
      instantiateWasm: (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => {
        const instance = new WebAssembly.Instance(module, imports);
        memory = instance.exports.memory as WebAssembly.Memory;
        done(instance);
        return instance.exports;
      },
    });
    wrapped.PDFiumExt_Init();
    return new Pdfium(wrapped.pdfium.wasmExports as unknown as PdfiumCalls, memory as WebAssembly.Memory, mostBytes);
  }

  /** A file made the memory grow, and memory never shrinks: the next file gets another instance. */
  get grown(): boolean {
    return this.memory.buffer.byteLength > this.atStart;
  }

  /** Runs what may break PDFium. */
  guarded<T>(work: () => T): T {
    let result: T;
    try {
      result = work();
    } catch (error) {
      if (this.refused) throw new PdfiumFailure('memory');
      // A trap, or nesting deeper than the stack.
      if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) throw new PdfiumFailure('lost');
      throw error;
    }
    // PDFium goes on without what it had no memory for.
    if (this.refused) throw new PdfiumFailure('memory');
    return result;
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, at, length);
  }

  /** The address of a copy in PDFium's memory, until it is freed. */
  copied(bytes: Uint8Array): number {
    const at = this.calls.malloc(Math.max(1, bytes.length));
    if (at === 0) throw new PdfiumFailure('memory');
    this.bytes(at, bytes.length).set(bytes);
    return at;
  }

  int(n = 0): number {
    return this.answers().ints[n] as number;
  }

  float(n = 0): number {
    return this.answers().floats[n] as number;
  }

  double(n = 0): number {
    return this.answers().doubles[n] as number;
  }

  /** Memory that grows is another buffer. */
  private answers(): Answers {
    if (this.views?.ints.buffer !== this.memory.buffer) {
      const { buffer } = this.memory;
      this.views = {
        ints: new Int32Array(buffer, this.scratch, SCRATCH_BYTES / 4),
        floats: new Float32Array(buffer, this.scratch, SCRATCH_BYTES / 4),
        doubles: new Float64Array(buffer, this.scratch, SCRATCH_BYTES / 8),
      };
    }
    return this.views;
  }
}
