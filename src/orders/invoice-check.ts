import { Fault, hasErrors } from '../domain/fault';
import { Invoice } from '../domain/invoice';
import { PdfCheck, pdfFaults } from '../domain/pdf-verdict';
import { parseJsonBytes, RequestBody } from '../http/body-parser';
import { filledPart, readFormParts } from '../http/multipart-body';
import { Problem } from '../http/problems';
import { SchemaChecks } from '../http/schema-check';
import { checkPdf } from '../invoice-files/pdf-shape';
import { CheckRequest } from './invoice-check.api';
import { InvoiceReader } from './invoice-reader';
import { Strictness } from './judge-invoice';
import { judgeWellFormed } from './judge-well-formed';
import { decodeBase64, notBase64, ORDER_JSON_BYTES } from './order-body';
import { checkOrderPdf } from './order-pdf';

/** What is to be checked, as far as it could be read. */
interface Given {
  value: unknown;
  /** null: none was given, which is no fault of an invoice. */
  pdf: Buffer | null;
  faults: Fault[];
}

/** How strictly; `pdfCheck` null: as the installation does. */
type Terms = Strictness & { pdfCheck: PdfCheck | null; merchantId?: string };

/**
 * Judges an invoice, and its PDF where there is one, as an order with it would be judged until it is sent; nothing is
 * stored.
 */
export class InvoiceCheck {
  constructor(
    private readonly checks: SchemaChecks,
    private readonly reader: InvoiceReader,
    private readonly limits: { maxPdfBytes: number; pdfCheck: PdfCheck },
  ) {}

  /** `now` is Unix seconds. A body that cannot be read at all is a problem; whatever can be read gets its faults. */
  async check(body: RequestBody | undefined, terms: Terms, now: number): Promise<Fault[]> {
    const { value, pdf, faults } = await this.read(body);
    const ofShape = this.checks.faults(CheckRequest.name, value);
    const given = (value as { invoice?: unknown } | null)?.invoice;
    const judged = judgeWellFormed(given, ofShape, terms, now);
    faults.push(...ofShape, ...judged.faults);
    if (pdf) faults.push(...judged.certain(await this.compare(pdf, judged.invoice, terms)));
    return faults;
  }

  /** What acceptance sees at once, and where the check is a full one also what would be found later. */
  private async compare(
    pdf: Buffer,
    invoice: Invoice | null,
    { pdfCheck, strict, merchantId: owner = '' }: Terms,
  ): Promise<Fault[]> {
    const ofShape = checkPdf(pdf, '/pdf', this.limits.maxPdfBytes);
    if (!invoice) return ofShape;
    const check = pdfCheck ?? this.limits.pdfCheck;
    const quick = checkOrderPdf(pdf, invoice, this.limits.maxPdfBytes, check, strict);
    if (check === 'off' || check === 'fast' || hasErrors(ofShape)) return quick;
    const full = pdfFaults(await this.reader.read(pdf, owner), invoice, check, strict);
    const found = new Set(full.map(({ code }) => code));
    return [...quick.filter(({ code }) => !found.has(code)), ...full];
  }

  private async read(body: RequestBody | undefined): Promise<Given> {
    if (body?.kind === 'json') return readJson(body.value);
    if (body?.kind !== 'form') throw new Problem('unsupported_media_type');
    const limits = { bytes: { invoice: ORDER_JSON_BYTES, pdf: this.limits.maxPdfBytes } };
    const { parts, faults } = await readFormParts(body.stream, body.headers, limits);
    const invoice = parts.get('invoice');
    return {
      value: invoice ? { invoice: parseJsonBytes(invoice).value } : {},
      pdf: filledPart(parts, 'pdf'),
      faults,
    };
  }
}

function readJson(value: unknown): Given {
  const text = (value as { pdf?: unknown } | null)?.pdf;
  if (typeof text !== 'string' || text === '') return { value, pdf: null, faults: [] };
  const pdf = decodeBase64(text);
  return { value, pdf, faults: pdf ? [] : [notBase64('/pdf')] };
}
