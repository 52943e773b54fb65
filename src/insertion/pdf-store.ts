import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { MicroBatch } from '../data/micro-batch';
import { run } from '../data/statement';
import { PDFS } from './insertion.queue';

/** Which files an order has: the digests pinned at acceptance. */
export interface PdfReference {
  merchantId: string;
  id: string;
  pdfSha256: Buffer;
  tripPdfSha256: Buffer | null;
}

export interface Pdfs {
  pdf: Buffer;
  tripPdf: Buffer | null;
}

/** Where an order's PDFs are read from. `null`: they are not the bytes that were accepted, and must not be sent. */
export interface PdfStore {
  read(reference: PdfReference): Promise<Pdfs | null>;
}

/** Bytes in PostgreSQL, read for many orders at once. */
export class DatabasePdfs implements PdfStore {
  private readonly reads: MicroBatch<PdfReference, Pdfs | null>;

  constructor(private readonly dataSource: DataSource) {
    this.reads = new MicroBatch((references) => this.readTogether(references), { size: 16, parallel: 1 });
  }

  read(reference: PdfReference): Promise<Pdfs | null> {
    return this.reads.add(reference);
  }

  private async readTogether(references: PdfReference[]): Promise<(Pdfs | null)[]> {
    const keys = [references.map(({ merchantId }) => merchantId), references.map(({ id }) => id)];
    const rows = await run<{ id: string; part: string; body: Buffer }>(this.dataSource, PDFS, keys);
    const bodies = new Map(rows.map(({ id, part, body }) => [`${id}/${part}`, body]));
    return references.map((reference) => {
      const pdf = bodies.get(`${reference.id}/pdf`) ?? null;
      const tripPdf = bodies.get(`${reference.id}/trip_pdf`) ?? null;
      return intact(pdf, reference.pdfSha256) && intact(tripPdf, reference.tripPdfSha256) && pdf
        ? { pdf, tripPdf }
        : null;
    });
  }
}

/** Hands PDFs over in memory when the process that accepted an order also inserts it; everything else is read below. */
export class RecentPdfs implements PdfStore {
  private readonly recent = new Map<string, Recent>();
  private bytes = 0;

  constructor(
    private readonly below: PdfStore,
    private readonly maxBytes: number,
  ) {}

  /** Called after the commit; the oldest make room. */
  keep(pdfs: Pdfs, { id, pdfSha256, tripPdfSha256 }: Omit<PdfReference, 'merchantId'>): void {
    if (this.maxBytes === 0) return;
    this.recent.set(id, { ...pdfs, pdfSha256, tripPdfSha256 });
    this.bytes += sizeOf(pdfs);
    for (const oldest of this.recent.keys()) {
      if (this.bytes <= this.maxBytes) break;
      this.take(oldest);
    }
  }

  read(reference: PdfReference): Promise<Pdfs | null> {
    const pdfs = this.take(reference.id);
    // The order may have been revised since, here or by another process.
    const current =
      pdfs?.pdfSha256.equals(reference.pdfSha256) && sameDigest(pdfs.tripPdfSha256, reference.tripPdfSha256);
    return pdfs && current ? Promise.resolve(pdfs) : this.below.read(reference);
  }

  private take(id: string): Recent | undefined {
    const pdfs = this.recent.get(id);
    if (pdfs && this.recent.delete(id)) this.bytes -= sizeOf(pdfs);
    return pdfs;
  }
}

/** The digests are those of the acceptance. */
type Recent = Pdfs & Pick<PdfReference, 'pdfSha256' | 'tripPdfSha256'>;

/** Null is a file that an order does not have. */
export function sameDigest(one: Buffer | null, other: Buffer | null): boolean {
  return one === null || other === null ? one === other : one.equals(other);
}

function sizeOf({ pdf, tripPdf }: Pdfs): number {
  return pdf.length + (tripPdf?.length ?? 0);
}

/** Bit rot, a short write, a stray update: what differs from its digest is never uploaded. */
export function intact(pdf: Buffer | null, sha256: Buffer | null): boolean {
  if (sha256 === null) return pdf === null;
  return pdf !== null && createHash('sha256').update(pdf).digest().equals(sha256);
}
