import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { MicroBatch } from '../data/micro-batch';
import { keyIdOf, Sealer, StoredFile } from '../data/sealed';
import { run } from '../data/statement';
import { LostValue } from '../domain/lost-value';
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

/**
 * What became of an order's PDFs. damaged: they are not the bytes that were accepted, and must not be sent; key_missing:
 * another process has the key that sealed them.
 */
export type ReadPdfs = Pdfs | 'damaged' | 'key_missing';

/** Where an order's PDFs are read from. */
export interface PdfStore {
  read(reference: PdfReference): Promise<ReadPdfs>;
}

/** A stored PDF as `PDFS` returns it. */
export interface StoredPdf extends StoredFile {
  id: string;
  part: 'pdf' | 'trip_pdf';
}

/** What binds a sealed PDF to its order; that it is the one of this revision its digest says. */
export function pdfAad(id: string, part: StoredPdf['part']): string {
  return `pdfs|${id}|${part}`;
}

/** Of one order; null: not stored, or damaged. Throws a LostValue where another process has the key. */
export function openedPdfs(
  sealer: Sealer,
  id: string,
  rows: StoredPdf[],
): { pdf: Buffer | null; tripPdf: Buffer | null } {
  const open = (part: StoredPdf['part']) => {
    const row = rows.find((one) => one.id === id && one.part === part);
    try {
      return row ? sealer.fileOf(row, pdfAad(id, part)) : null;
    } catch (error) {
      if (error instanceof LostValue && error.why === 'damaged') return null;
      throw error;
    }
  };
  return { pdf: open('pdf'), tripPdf: open('trip_pdf') };
}

/** Bytes in PostgreSQL, read for many orders at once. */
export class DatabasePdfs implements PdfStore {
  private readonly reads: MicroBatch<PdfReference, ReadPdfs>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    /** Looks which keys are in use; the sealer then knows those that it lacks. */
    private readonly keysInUse: () => Promise<void>,
  ) {
    this.reads = new MicroBatch((references) => this.readTogether(references), { size: 16, parallel: 1 });
  }

  read(reference: PdfReference): Promise<ReadPdfs> {
    return this.reads.add(reference);
  }

  private async readTogether(references: PdfReference[]): Promise<ReadPdfs[]> {
    const keys = [references.map(({ merchantId }) => merchantId), references.map(({ id }) => id)];
    const rows = await run<StoredPdf>(this.dataSource, PDFS, keys);
    // Perhaps one of a key that came into use a moment ago.
    if (rows.some(({ body, sealed }) => sealed && !this.sealer.hasKey(keyIdOf(body)))) await this.keysInUse();
    return references.map((reference) => this.opened(reference, rows));
  }

  private opened({ id, pdfSha256, tripPdfSha256 }: PdfReference, rows: StoredPdf[]): ReadPdfs {
    try {
      const { pdf, tripPdf } = openedPdfs(this.sealer, id, rows);
      return pdf && intact(pdf, pdfSha256) && intact(tripPdf, tripPdfSha256) ? { pdf, tripPdf } : 'damaged';
    } catch (error) {
      if (error instanceof LostValue) return 'key_missing';
      throw error;
    }
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

  read(reference: PdfReference): Promise<ReadPdfs> {
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
