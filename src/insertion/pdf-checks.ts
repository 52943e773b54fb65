import { DataSource } from 'typeorm';
import { asEngine } from '../data/statement';
import { Fault } from '../domain/fault';
import { Outcome } from '../domain/outcome';
import { PdfCheck, pdfFaults, refusalOf } from '../domain/pdf-verdict';
import { FileReader } from '../invoice-files/file-reader';
import { Claimed } from './claimed';

const CACHE_MS = 5000;

/**
 * The full check of a PDF before it is sent: WeChat compares it with the data, and a difference burns the user's
 * authorisation. What cannot be read is sent all the same.
 */
export class PdfChecks {
  private readonly merchants = new Map<string, { check: PdfCheck; until: number }>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly files: FileReader,
    private readonly standard: PdfCheck,
  ) {}

  /** The refusal to record instead of an upload; null: nothing contradicts. */
  async refusal(claimed: Claimed, pdf: Buffer): Promise<(Outcome & { kind: 'refused' }) | null> {
    const { doubtSince } = claimed.insertion;
    // A card may exist already: what is sent to settle that must be what was sent before.
    if (doubtSince) return null;
    const check = await this.checkFor(claimed.merchantId);
    if (check !== 'full') return null;
    const faults: Fault[] = pdfFaults(await this.files.read(pdf), claimed.invoice, check);
    const code = refusalOf(faults);
    return code && { kind: 'refused', code, faults };
  }

  private async checkFor(merchantId: string): Promise<PdfCheck> {
    const known = this.merchants.get(merchantId);
    if (known && known.until > performance.now()) return known.check;
    const check = await asEngine(this.dataSource, async (client) => {
      const { rows } = await client.query<{ pdf_check: PdfCheck | null }>(
        'SELECT pdf_check FROM merchants WHERE id = $1',
        [merchantId],
      );
      return rows[0]?.pdf_check ?? this.standard;
    });
    this.merchants.set(merchantId, { check, until: performance.now() + CACHE_MS });
    return check;
  }
}
