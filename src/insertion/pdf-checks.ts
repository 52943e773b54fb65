import { DataSource } from 'typeorm';
import { asEngine } from '../data/statement';
import { Fault } from '../domain/fault';
import { Outcome } from '../domain/outcome';
import { PdfCheck, pdfFaults, refusalOf } from '../domain/pdf-verdict';
import { FileReader } from '../invoice-files/file-reader';
import { Claimed } from './claimed';

const CACHE_MS = 5000;
const BUSY_SECONDS = 5;

/** What the full check came to. `stop`: the outcome to record instead of an upload. */
export interface PdfChecked {
  stop: Outcome | null;
  /** What it left in doubt, for the timeline. */
  warnings: readonly Fault[];
}

const UNCHECKED: PdfChecked = { stop: null, warnings: [] };

/**
 * The full check of a PDF before it is sent: WeChat compares it with the data, and a difference burns the user's
 * authorisation. A file that cannot be read is sent all the same, and the timeline says so; one for which no reading
 * thread was free waits.
 */
export class PdfChecks {
  private readonly merchants = new Map<string, { check: PdfCheck; until: number }>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly files: FileReader,
    private readonly standard: PdfCheck,
  ) {}

  async check(claimed: Claimed, pdf: Buffer): Promise<PdfChecked> {
    // A card may exist already: what is sent to settle that must be what was sent before.
    if (claimed.insertion.doubtSince) return UNCHECKED;
    const check = await this.checkFor(claimed.merchantId);
    if (check === 'off' || check === 'fast') return UNCHECKED;
    const reading = await this.files.read(pdf, claimed.pdfSha256);
    if (reading.unread === 'busy') return { stop: later(), warnings: [] };
    const faults = pdfFaults(reading, claimed.invoice, check);
    const code = refusalOf(faults);
    return code ? { stop: { kind: 'refused', code, faults }, warnings: [] } : { stop: null, warnings: faults };
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

function later(): Outcome {
  return { kind: 'later', reason: 'pdf_check_busy', wait: BUSY_SECONDS, counted: false };
}
