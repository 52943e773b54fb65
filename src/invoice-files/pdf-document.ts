import { Pdfium, PdfiumFailure } from './pdfium';
import { Picture } from './picture';
import { charactersOf, PageText } from './pdf-text';
import { drawn, Part } from './pdf-drawing';
import { Pictures, picturesOn } from './pdf-pictures';

/** FPDF_GetLastError: a password is needed (public/fpdfview.h). */
const NEEDS_PASSWORD = 4;
const NOT_ENCRYPTED = -1;
/** FPDF_GetFormType: 0 none, 1 AcroForm, more XFA (public/fpdf_formfill.h). */
const ACRO_FORM = 1;
const MOST_ATTACHMENTS = 20;
/** Of all attachments. */
const MOST_ATTACHED_BYTES = 8 * 1024 * 1024;

/** A PDF that PDFium has open. Every call may throw `PdfiumFailure`. */
export class PdfDocument {
  /** The page that was used last; loading it again would parse it again, which is most of the work. */
  private loaded: { index: number; handle: number } | null = null;

  private constructor(
    private readonly pdfium: Pdfium,
    private readonly handle: number,
    private readonly bytes: number,
  ) {}

  /** A string says why it cannot be opened. */
  static open(pdfium: Pdfium, bytes: Uint8Array): PdfDocument | 'encrypted' | 'broken' {
    return pdfium.guarded(() => {
      const { calls } = pdfium;
      const at = pdfium.copied(bytes);
      const noPassword = 0;
      const handle = calls.FPDF_LoadMemDocument(at, bytes.length, noPassword);
      if (handle !== 0) return new PdfDocument(pdfium, handle, at);
      const why = calls.FPDF_GetLastError() === NEEDS_PASSWORD ? 'encrypted' : 'broken';
      calls.free(at);
      return why;
    });
  }

  get pages(): number {
    return this.pdfium.guarded(() => this.pdfium.calls.FPDF_GetPageCount(this.handle));
  }

  /** Scripts that run when it is opened. */
  get scripts(): number {
    return this.pdfium.guarded(() => this.pdfium.calls.FPDFDoc_GetJavaScriptActionCount(this.handle));
  }

  /** With whatever password, none among them. */
  get encrypted(): boolean {
    return this.pdfium.guarded(() => this.pdfium.calls.FPDF_GetSecurityHandlerRevision(this.handle)) !== NOT_ENCRYPTED;
  }

  /** A form of XFA, which draws what it likes. */
  get dynamicForm(): boolean {
    return this.pdfium.guarded(() => this.pdfium.calls.FPDF_GetFormType(this.handle)) > ACRO_FORM;
  }

  /** A value of the document information dictionary, by way of the cross-reference. */
  info(key: string): string {
    return this.pdfium.guarded(() => {
      const { calls } = this.pdfium;
      const name = this.pdfium.copied(Buffer.from(`${key}\0`, 'latin1'));
      const length = calls.FPDF_GetMetaText(this.handle, name, this.pdfium.scratch, 256);
      calls.free(name);
      // UTF-16LE with its final zero; what is longer is no value of ours.
      if (length <= 2 || length > 256) return '';
      return Buffer.from(this.pdfium.bytes(this.pdfium.scratch, length - 2)).toString('utf16le');
    });
  }

  /** The attached files' contents; those too many or too large are left out. */
  attachments(): Buffer[] {
    return this.pdfium.guarded(() => {
      const { calls, scratch } = this.pdfium;
      let left = MOST_ATTACHED_BYTES;
      const count = Math.min(MOST_ATTACHMENTS, calls.FPDFDoc_GetAttachmentCount(this.handle));
      return Array.from({ length: count }, (_, n) => {
        const attachment = calls.FPDFDoc_GetAttachment(this.handle, n);
        if (!attachment || !calls.FPDFAttachment_GetFile(attachment, 0, 0, scratch)) return Buffer.alloc(0);
        const size = this.pdfium.int() >>> 0;
        if (size > left) return Buffer.alloc(0);
        left -= size;
        const at = this.pdfium.copied(new Uint8Array(size));
        const read = calls.FPDFAttachment_GetFile(attachment, at, size, scratch);
        const content = read ? Buffer.from(this.pdfium.bytes(at, size)) : Buffer.alloc(0);
        calls.free(at);
        return content;
      });
    });
  }

  /** The page, until another is asked for. Null: it cannot be loaded. */
  page(index: number): PdfPage | null {
    const handle = this.pdfium.guarded(() => {
      if (this.loaded?.index === index) return this.loaded.handle;
      this.unload();
      const fresh = this.pdfium.calls.FPDF_LoadPage(this.handle, index);
      if (fresh !== 0) this.loaded = { index, handle: fresh };
      return fresh;
    });
    return handle === 0 ? null : new PdfPage(this.pdfium, handle);
  }

  private unload(): void {
    if (this.loaded) this.pdfium.calls.FPDF_ClosePage(this.loaded.handle);
    this.loaded = null;
  }

  close(): void {
    try {
      this.pdfium.guarded(() => {
        this.unload();
        this.pdfium.calls.FPDF_CloseDocument(this.handle);
        this.pdfium.calls.free(this.bytes);
      });
    } catch (error) {
      // An instance that broke is thrown away whole.
      if (!(error instanceof PdfiumFailure)) throw error;
    }
  }
}

/** A page as it is seen: turned as its `Rotate` wants it, and cut to its crop box. */
export class PdfPage {
  constructor(
    private readonly pdfium: Pdfium,
    private readonly handle: number,
  ) {}

  text(): PageText {
    return this.pdfium.guarded(() => charactersOf(this.pdfium, this.handle));
  }

  /** The square images on it, a QR code being one on most invoices, and what else may be such a code. */
  pictures(): Pictures {
    return this.pdfium.guarded(() => picturesOn(this.pdfium, this.handle));
  }

  /** A part of the page, drawn without its text. */
  drawn(part: Part): Picture {
    return this.pdfium.guarded(() => drawn(this.pdfium, this.handle, part));
  }
}
