import { Fault, fault } from '../domain/fault';
import { parseJsonBytes, RequestBody } from '../http/body-parser';
import { filledPart, readFormParts } from '../http/multipart-body';
import { Problem } from '../http/problems';
import { SchemaChecks } from '../http/schema-check';
import { OrderFiles } from './order-draft';
import { OrderData, OrderDataFromFile, OrderRequest, OrderRequestFromFile } from './orders.api';
import { SpoiltOrder } from './spoilt-order';

/** What an order's JSON may weigh beside its PDFs. */
export const ORDER_JSON_BYTES = 64 * 1024;

export interface GivenOrder {
  order: OrderData | OrderDataFromFile;
  files: OrderFiles;
}

/** The order and its files from either kind of body, or what is left of them where they have faults of shape. */
export async function readOrder(
  body: RequestBody | undefined,
  checks: SchemaChecks,
  maxPdfBytes: number,
): Promise<GivenOrder | SpoiltOrder> {
  if (body?.kind === 'json') return readOrderJson(body.value, body.length, checks);
  if (body?.kind !== 'form') throw new Problem('unsupported_media_type');
  const limits = { bytes: { order: ORDER_JSON_BYTES, pdf: maxPdfBytes, trip_pdf: maxPdfBytes } };
  const { parts, faults } = await readFormParts(body.stream, body.headers, limits);
  const order = parts.get('order');
  const value = order && parseJsonBytes(order).value;
  const ofShape = [
    ...faults,
    ...['order', 'pdf'].filter((name) => !parts.has(name)).map(missingPart),
    ...(order ? checks.faults((leftToItsFile(value) ? OrderDataFromFile : OrderData).name, value) : []),
  ];
  const [pdf, tripPdf] = [parts.get('pdf') ?? null, filledPart(parts, 'trip_pdf')];
  if (ofShape.length > 0 || !pdf) return { ofShape, value, pdf, tripPdf };
  return { order: value as OrderData | OrderDataFromFile, files: { pdf, tripPdf } };
}

/** The JSON form, where the PDFs are base64. `length` in bytes. */
export function readOrderJson(value: unknown, length: number, checks: SchemaChecks): GivenOrder | SpoiltOrder {
  const { pdf: pdfText, trip_pdf: tripText, ...order } = isObject(value) ? value : {};
  if (length - lengthOf(pdfText) - lengthOf(tripText) > ORDER_JSON_BYTES) {
    throw new Problem('body_too_large', {
      detail: ['除 PDF 外，订单 JSON 最大 64 KiB。', 'Beside its PDFs an order’s JSON has at most 64 KiB.'],
    });
  }
  const pdf = fileOf(pdfText, '/pdf');
  const tripPdf = fileOf(tripText, '/trip_pdf');
  const ofShape = [
    ...checks.faults((leftToItsFile(value) ? OrderRequestFromFile : OrderRequest).name, value),
    ...pdf.faults,
    ...tripPdf.faults,
  ];
  if (ofShape.length > 0 || !pdf.bytes) return { ofShape, value, pdf: pdf.bytes, tripPdf: tripPdf.bytes };
  return {
    order: order as unknown as OrderData | OrderDataFromFile,
    files: { pdf: pdf.bytes, tripPdf: tripPdf.bytes },
  };
}

/** What is no text has a fault of its own already; an empty one is absent. */
function fileOf(text: unknown, pointer: string): { bytes: Buffer | null; faults: Fault[] } {
  if (typeof text !== 'string' || text === '') return { bytes: null, faults: [] };
  const bytes = decodeBase64(text);
  return { bytes, faults: bytes ? [] : [notBase64(pointer)] };
}

function lengthOf(text: unknown): number {
  return typeof text === 'string' ? text.length : 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Only the exact word: any other text in an invoice's place is a fault of an ordinary order. */
function leftToItsFile(value: unknown): boolean {
  return (value as { invoice?: unknown } | null)?.invoice === 'from_file';
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
