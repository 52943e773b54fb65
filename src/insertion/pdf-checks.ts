import { DataSource } from 'typeorm';
import { asEngine } from '../data/statement';
import { Fault } from '../domain/fault';
import { Outcome } from '../domain/outcome';
import { PdfCheck, pdfFaults, refusalOf } from '../domain/pdf-verdict';
import { GivenUp } from '../invoice-files/file-faults';
import { FileReader } from '../invoice-files/file-reader';
import { Claimed } from './claimed';

const CACHE_MS = 5000;
const BUSY_SECONDS = 5;
/** Readings that were given up: they count as failed tries, and after the last a person decides. */
const GIVEN_UP = ['deadline', 'memory', 'lost'] as const satisfies readonly GivenUp[];

/** What the full check came to. `stop`: the outcome to record instead of an upload. */
export interface PdfChecked {
  stop: Outcome | null;
  /** What it left in doubt, for the timeline. */
  warnings: readonly Fault[];
}

/** How a merchant wants PDFs checked, and which warnings as errors. */
interface Terms {
  check: PdfCheck;
  strict: readonly string[];
}

const UNCHECKED: PdfChecked = { stop: null, warnings: [] };

/**
 * The full check of a PDF before it is sent: WeChat compares it with the data, and a difference burns the user's
 * authorisation. A file that cannot be understood is sent all the same, and the timeline says so; one that could not be
 * read for lack of time or memory is not sent unchecked, but read again later.
 */
export class PdfChecks {
  private readonly merchants = new Map<string, Terms & { until: number }>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly files: FileReader,
    private readonly standard: PdfCheck,
  ) {}

  async check(claimed: Claimed, pdf: Buffer): Promise<PdfChecked> {
    // A card may exist already: what is sent to settle that must be what was sent before.
    if (claimed.insertion.doubtSince) return UNCHECKED;
    const { check, strict } = await this.termsOf(claimed.merchantId);
    if (check === 'off' || check === 'fast') return UNCHECKED;
    const reading = await this.files.read(pdf, claimed.merchantId, claimed.pdfSha256);
    if (reading.unread === 'busy') return { stop: later('pdf_check_busy', false), warnings: [] };
    const givenUp = GIVEN_UP.find((why) => why === reading.unread);
    if (givenUp && check === 'full') return { stop: later(`pdf_check_${givenUp}`, true), warnings: [] };
    const faults = pdfFaults(reading, claimed.invoice, check, strict);
    const code = refusalOf(faults);
    return code ? { stop: { kind: 'refused', code, faults }, warnings: [] } : { stop: null, warnings: faults };
  }

  private async termsOf(merchantId: string): Promise<Terms> {
    const known = this.merchants.get(merchantId);
    if (known && known.until > performance.now()) return known;
    const terms = await asEngine(this.dataSource, async (client) => {
      const { rows } = await client.query<{ pdf_check: PdfCheck | null; strict: string[] }>(
        'SELECT pdf_check, strict FROM merchants WHERE id = $1',
        [merchantId],
      );
      return { check: rows[0]?.pdf_check ?? this.standard, strict: rows[0]?.strict ?? [] };
    });
    this.merchants.set(merchantId, { ...terms, until: performance.now() + CACHE_MS });
    return terms;
  }
}

function later(reason: string, counted: boolean): Outcome {
  return { kind: 'later', reason, wait: BUSY_SECONDS, counted };
}
