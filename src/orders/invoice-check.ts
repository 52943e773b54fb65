import { Fault } from '../domain/fault';
import { parseJsonBytes, RequestBody } from '../http/body-parser';
import { readForm } from '../http/multipart-body';
import { Problem } from '../http/problems';
import { SchemaChecks } from '../http/schema-check';
import { checkPdf } from '../invoice-files/pdf-shape';
import { CheckRequest } from './invoice-check.api';
import { judgeInvoice, Strictness } from './judge-invoice';
import { decodeBase64, notBase64, ORDER_JSON_BYTES } from './order-body';

/** What is to be checked, as far as it could be read. */
interface Given {
  value: unknown;
  /** null: none was given, which is no fault of an invoice. */
  pdf: Buffer | null;
  faults: Fault[];
}

/** Judges an invoice, and its PDF where there is one, as an order with it would be judged; nothing is stored. */
export class InvoiceCheck {
  constructor(
    private readonly checks: SchemaChecks,
    private readonly limits: { maxPdfBytes: number },
  ) {}

  /** `now` is Unix seconds. A body that cannot be read at all is a problem; whatever can be read gets its faults. */
  async check(body: RequestBody | undefined, strictness: Strictness, now: number): Promise<Fault[]> {
    const { value, pdf, faults } = await this.read(body);
    const ofShape = this.checks.faults(CheckRequest.name, value);
    faults.push(...ofShape);
    // An unknown field beside a whole invoice keeps no rule from speaking.
    if (ofShape.every(({ code }) => code === 'FIELD-UNKNOWN')) {
      faults.push(...judgeInvoice((value as CheckRequest).invoice, strictness, now).faults);
    }
    if (pdf) faults.push(...checkPdf(pdf, '/pdf', this.limits.maxPdfBytes));
    return faults;
  }

  private async read(body: RequestBody | undefined): Promise<Given> {
    if (body?.kind === 'json') return readJson(body.value);
    if (body?.kind !== 'form') throw new Problem('unsupported_media_type');
    const limits = { bytes: { invoice: ORDER_JSON_BYTES, pdf: this.limits.maxPdfBytes } };
    const parts = await readForm(body.stream, body.headers, limits);
    const invoice = parts.get('invoice');
    return {
      value: invoice ? { invoice: parseJsonBytes(invoice).value } : {},
      pdf: parts.get('pdf') ?? null,
      faults: [],
    };
  }
}

function readJson(value: unknown): Given {
  const text = (value as { pdf?: unknown } | null)?.pdf;
  if (typeof text !== 'string' || text === '') return { value, pdf: null, faults: [] };
  const pdf = decodeBase64(text);
  return { value, pdf, faults: pdf ? [] : [notBase64('/pdf')] };
}
