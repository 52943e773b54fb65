import type { Chance } from './chance';
import type { SandboxClock } from './clock';
import type { Profile } from './profile';
import type { UploadedPart } from '../wechat/multipart';

/** An uploaded PDF: what is remembered of it for good. */
export interface Media {
  s_media_id: string;
  owner: string;
  sha256: string;
  size: number;
  filename: string;
  content_type: string;
  uploaded_at: number;
  is_pdf: boolean;
  /** The Info key InvoiceNumber of a 数电 PDF. */
  invoice_number?: string;
  linked_card?: string;
}

const KEEP_BYTES = 24 * 1024 * 1024;

export class MediaShelf {
  private readonly byId = new Map<string, Media>();
  /** The most recent uploads only: enough for getpdf, never enough to fill the memory. */
  private readonly bytes = new Map<string, Buffer>();
  private bytesHeld = 0;

  constructor(
    private readonly clock: SandboxClock,
    private readonly chance: Chance,
  ) {}

  put(owner: string, { bytes, sha256, filename, headers }: UploadedPart): Media {
    let s_media_id = this.chance.mediaId();
    while (this.byId.has(s_media_id)) s_media_id = this.chance.mediaId();
    const media: Media = {
      s_media_id,
      owner,
      sha256,
      size: bytes.length,
      filename,
      content_type: headers['content-type'] ?? '',
      uploaded_at: this.clock.now(),
      is_pdf: bytes.subarray(0, 1024).includes('%PDF-'),
      invoice_number: invoiceNumberOf(bytes),
    };
    this.byId.set(s_media_id, media);
    this.hold(s_media_id, bytes);
    return media;
  }

  /** The upload, unless its three days without a card are over. */
  alive(s_media_id: string, profile: Profile): Media | undefined {
    const media = this.byId.get(s_media_id);
    if (!media || media.linked_card) return media;
    return this.clock.now() - media.uploaded_at < profile.media_life_seconds * 1000 ? media : undefined;
  }

  link(ids: readonly string[], code: string): void {
    for (const id of ids) {
      const media = this.byId.get(id);
      if (media) media.linked_card = code;
    }
  }

  pdf(s_media_id: string): Buffer | undefined {
    return this.bytes.get(s_media_id);
  }

  all(): IterableIterator<Media> {
    return this.byId.values();
  }

  get count(): number {
    return this.byId.size;
  }

  reset(): void {
    this.byId.clear();
    this.bytes.clear();
    this.bytesHeld = 0;
  }

  private hold(id: string, pdf: Buffer): void {
    this.bytes.set(id, Buffer.from(pdf));
    this.bytesHeld += pdf.length;
    for (const [oldest, buffer] of this.bytes) {
      if (this.bytesHeld <= KEEP_BYTES) break;
      this.bytes.delete(oldest);
      this.bytesHeld -= buffer.length;
    }
  }
}

/** Reads `/InvoiceNumber (…)` or its UTF-16 hex form from an uncompressed Info dictionary. */
function invoiceNumberOf(pdf: Buffer): string | undefined {
  const at = pdf.indexOf('/InvoiceNumber');
  if (at < 0) return undefined;
  const text = pdf.subarray(at + 14, at + 130).toString('latin1');
  const literal = /^\s*\((?:\xfe\xff)?([\d\0]+)\)/.exec(text)?.[1]?.replaceAll('\0', '');
  const hex = /^\s*<(?:FEFF)?((?:003\d)+)>/i.exec(text)?.[1];
  return literal ?? (hex ? Buffer.from(hex, 'hex').toString('latin1').replaceAll('\0', '') : undefined);
}
