import { Fault, fault } from '../domain/fault';
import { JsonBody } from '../http/body-parser';
import { Problem } from '../http/problems';
import { SchemaChecks } from '../http/schema-check';
import { OrderFiles } from './order-draft';
import { OrderRequest } from './orders.api';

/** What an order's JSON may weigh beside its PDFs. */
const JSON_BYTES = 64 * 1024;

/** The order and its files from a JSON body; throws the problem that names every fault of its shape. */
export function readOrderBody(
  body: JsonBody | undefined,
  checks: SchemaChecks,
): { order: OrderRequest; files: OrderFiles } {
  if (!body) throw new Problem('unsupported_media_type');
  const faults = checks.faults(OrderRequest.name, body.value);
  if (faults.length > 0) throw new Problem('invalid_order', { faults });
  const order = body.value as OrderRequest;
  if (body.length - order.pdf.length - (order.trip_pdf?.length ?? 0) > JSON_BYTES) {
    throw new Problem('body_too_large', {
      detail: ['除 PDF 外，订单 JSON 最大 64 KiB。', 'Beside its PDFs an order’s JSON has at most 64 KiB.'],
    });
  }
  const pdf = decodeBase64(order.pdf);
  const tripPdf = order.trip_pdf === undefined ? null : decodeBase64(order.trip_pdf);
  const broken = [
    ...(pdf ? [] : [notBase64('/pdf')]),
    ...(tripPdf || order.trip_pdf === undefined ? [] : [notBase64('/trip_pdf')]),
  ];
  if (!pdf || broken.length > 0) throw new Problem('invalid_order', { faults: broken });
  return { order, files: { pdf, tripPdf } };
}

/** RFC 4648 §4 with padding; Buffer.from would silently drop what is not base64. */
function decodeBase64(text: string): Buffer | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  return Buffer.from(text, 'base64');
}

function notBase64(pointer: string): Fault {
  return fault(
    'PDF-BASE64-01',
    pointer,
    '不是有效的 base64（标准字母表、带填充、无换行）。',
    'Not valid base64 (standard alphabet, padded, no line breaks).',
  );
}
