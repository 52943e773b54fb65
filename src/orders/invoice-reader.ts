import { Fault, fault, hasErrors } from '../domain/fault';
import { RequestBody } from '../http/body-parser';
import { readForm } from '../http/multipart-body';
import { faultViews } from '../http/fault-views';
import { Problem } from '../http/problems';
import { SchemaChecks } from '../http/schema-check';
import { FileReader, ReaderLimits } from '../invoice-files/file-reader';
import { formatOf } from '../invoice-files/read-file';
import { Reading } from '../invoice-files/read-pdf';
import { filledInvoice } from './filled-invoice';
import { InvoiceRequest } from './invoice.api';
import { ReadRequest, ReadView } from './invoice-read.api';
import { decodeBase64, notBase64 } from './order-body';

/**
 * While a sender waits, files are read in a thread of its own with less patience: what is posted never takes a thread
 * from what is on its way to WeChat.
 */
const AT_THE_DOOR: ReaderLimits = { threads: 1, deadlineMs: 3000, queue: 64, patienceMs: 8000, lentAfterMs: 0 };

/** What files say, asked for by callers. */
export class InvoiceReader {
  private readonly files: FileReader;

  constructor(
    private readonly checks: SchemaChecks,
    private readonly limits: { maxPdfBytes: number },
    patience = AT_THE_DOOR,
  ) {
    this.files = new FileReader(patience);
  }

  /** Everything that a file tells; a problem where it is none that is read. */
  async readFile(body: RequestBody | undefined, owner: string): Promise<ReadView> {
    const file = await this.fileOf(body);
    const { facts, faults } = await this.read(file, owner);
    if (hasErrors(faults)) throw new Problem('invalid_request', { faults: faults.map(ofFile) });
    const { document, journey, invoice, provenance, doubts, lacks } = filledInvoice(facts);
    // Of a paper that is no invoice nothing is missed.
    const missed = document ? [] : lacks.map((lack): Fault => ({ ...lack, severity: 'warning' }));
    const told = [...faults.map(ofFile), ...doubts, ...missed];
    const format = formatOf(file) as ReadView['format'];
    return {
      format,
      ...(document ? { document } : {}),
      ...(journey ? { journey } : {}),
      ...{ invoice, provenance, faults: faultViews(told) },
    };
  }

  /** The invoice of an order that leaves it to its PDF; a problem that names what the file lacks. */
  async invoiceOf(pdf: Buffer, owner: string): Promise<InvoiceRequest> {
    const { facts, faults, unread } = await this.read(pdf, owner);
    // Of what was given up nothing is lacking: it was not read.
    if (unread)
      throw new Problem('invalid_order', { faults: faults.map((one): Fault => ({ ...one, severity: 'error' })) });
    const { invoice, doubts, lacks } = filledInvoice(facts);
    const severe = doubts.map((doubt): Fault => ({ ...doubt, severity: 'error' }));
    const all = [...faults, ...severe, ...lacks];
    if (hasErrors(all)) throw new Problem('invalid_order', { faults: all });
    return invoice as InvoiceRequest;
  }

  /** `owner`: the merchant. A problem where no thread was free: nothing is said of the file then. */
  async read(file: Buffer, owner: string): Promise<Reading> {
    const reading = await this.files.read(file, owner);
    if (reading.unread === 'busy') throw new Problem('unavailable');
    return reading;
  }

  close(): Promise<void> {
    return this.files.close();
  }

  private async fileOf(body: RequestBody | undefined): Promise<Buffer> {
    if (body?.kind === 'form') {
      const parts = await readForm(body.stream, body.headers, { bytes: { file: this.limits.maxPdfBytes } });
      const file = parts.get('file');
      if (file) return file;
      throw new Problem('invalid_request', { faults: [missing()] });
    }
    const file = decodeBase64(this.checks.read(ReadRequest, body).file);
    if (!file) throw new Problem('invalid_request', { faults: [notBase64('/file')] });
    if (file.length > this.limits.maxPdfBytes) throw new Problem('body_too_large');
    return file;
  }
}

/** The reader speaks of an order's PDF; here it is whatever was sent. */
function ofFile(one: Fault): Fault {
  return { ...one, pointer: '/file' };
}

function missing(): Fault {
  return fault('PART-MISSING', '/file', '缺少 file 部分。', 'The part file is missing.');
}
