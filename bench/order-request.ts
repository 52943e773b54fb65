import { BenchOrder } from './order-source';

/** The two ways in of POST /v1/orders. */
export type Door = 'multipart' | 'json';

export interface OrderRequest {
  contentType: string;
  body: Buffer;
}

const BOUNDARY = '----bench7d91c04a5be8f23640';
const MULTIPART_HEAD = Buffer.from(
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="order"\r\nContent-Type: application/json\r\n\r\n`,
);
const MULTIPART_PDF = Buffer.from(
  `\r\n--${BOUNDARY}\r\nContent-Disposition: form-data; name="pdf"; filename="invoice.pdf"\r\n` +
    'Content-Type: application/pdf\r\n\r\n',
);
const MULTIPART_END = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);

export function orderRequest({ order, pdf }: BenchOrder, door: Door): OrderRequest {
  const json = JSON.stringify(order);
  if (door === 'json') {
    const body = Buffer.from(`${json.slice(0, -1)},"pdf":"${pdf.toString('base64')}"}`);
    return { contentType: 'application/json', body };
  }
  return {
    contentType: `multipart/form-data; boundary=${BOUNDARY}`,
    body: Buffer.concat([MULTIPART_HEAD, Buffer.from(json), MULTIPART_PDF, pdf, MULTIPART_END]),
  };
}
