import { Fault, fault } from '../domain/fault';
import { parseJsonBytes, RequestBody } from '../http/body-parser';
import { readForm } from '../http/multipart-body';
import { Problem } from '../http/problems';
import { SchemaChecks } from '../http/schema-check';
import { OrderFiles } from './order-draft';
import { OrderData, OrderDataFromFile, OrderRequest, OrderRequestFromFile } from './orders.api';

/** What an order's JSON may weigh beside its PDFs. */
export const ORDER_JSON_BYTES = 64 * 1024;

export interface GivenOrder {
  order: OrderData | OrderDataFromFile;
  files: OrderFiles;
}

/** The order and its files from either kind of body; throws the problem that names every fault of its shape. */
export async function readOrder(
  body: RequestBody | undefined,
  checks: SchemaChecks,
  maxPdfBytes: number,
): Promise<GivenOrder> {
  if (body?.kind === 'json') return readOrderJson(body.value, body.length, checks);
  if (body?.kind !== 'form') throw new Problem('unsupported_media_type');
  const limits = { bytes: { order: ORDER_JSON_BYTES, pdf: maxPdfBytes, trip_pdf: maxPdfBytes } };
  const parts = await readForm(body.stream, body.headers, limits);
  const missing = ['order', 'pdf'].filter((name) => !parts.has(name));
  if (missing.length > 0) throw new Problem('invalid_order', { faults: missing.map(missingPart) });
  const { value } = parseJsonBytes(parts.get('order') as Buffer);
  requireShape(checks, (leftToItsFile(value) ? OrderDataFromFile : OrderData).name, value);
  return {
    order: value as OrderData | OrderDataFromFile,
    files: { pdf: parts.get('pdf') as Buffer, tripPdf: parts.get('trip_pdf') ?? null },
  };
}

/** The JSON form, where the PDFs are base64. `length` in bytes. */
export function readOrderJson(value: unknown, length: number, checks: SchemaChecks): GivenOrder {
  requireShape(checks, (leftToItsFile(value) ? OrderRequestFromFile : OrderRequest).name, value);
  const { pdf: pdfText, trip_pdf: tripText, ...order } = value as OrderRequest | OrderRequestFromFile;
  if (length - pdfText.length - (tripText?.length ?? 0) > ORDER_JSON_BYTES) {
    throw new Problem('body_too_large', {
      detail: ['除 PDF 外，订单 JSON 最大 64 KiB。', 'Beside its PDFs an order’s JSON has at most 64 KiB.'],
    });
  }
  const pdf = decodeBase64(pdfText);
  const tripPdf = tripText === undefined ? null : decodeBase64(tripText);
  if (pdf && (tripPdf || tripText === undefined)) return { order, files: { pdf, tripPdf } };
  throw new Problem('invalid_order', {
    faults: [
      ...(pdf ? [] : [notBase64('/pdf')]),
      ...(tripPdf || tripText === undefined ? [] : [notBase64('/trip_pdf')]),
    ],
  });
}

/** Only the exact word: any other text in an invoice's place is a fault of an ordinary order. */
function leftToItsFile(value: unknown): boolean {
  return (value as { invoice?: unknown } | null)?.invoice === 'from_file';
}

function requireShape(checks: SchemaChecks, className: string, value: unknown): void {
  const faults = checks.faults(className, value);
  if (faults.length > 0) throw new Problem('invalid_order', { faults });
}

/** RFC 4648 with padding. Buffer.from silently drops what is not base64; the length tells. */
export function decodeBase64(text: string): Buffer | null {
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === (text.length / 4) * 3 - padding ? bytes : null;
}

export function notBase64(pointer: string): Fault {
  return fault(
    'PDF-BASE64-01',
    pointer,
    '不是有效的 base64（标准字母表、带填充、无换行）。',
    'Not valid base64 (standard alphabet, padded, no line breaks).',
  );
}

function missingPart(name: string): Fault {
  return fault('PART-MISSING', `/${name}`, `缺少 ${name} 部分。`, `The part ${name} is missing.`);
}
