import { invoiceFaceOf, SampleOptions, sampleOrder } from '../../src/demo/sample-order';
import { renderInvoicePdf } from '../../src/demo/invoice-pdf';
import { Json } from './world';

let serial = 0;

/** A valid order with an id and an invoice number of its own, without PDF. */
export function orderWithoutPdf(options: Partial<SampleOptions> = {}): Json & { order_id: string } {
  serial += 1;
  const seed = (process.pid % 10_000) * 100_000 + serial;
  const order = sampleOrder({ issuedAt: new Date(), seed, ...options });
  return { ...order, order_id: options.orderId ?? `T${seed}` };
}

/** A small file that has a PDF's head and foot: enough where nobody looks inside. */
export function tinyPdf(mark = ''): Buffer {
  return Buffer.from(`%PDF-1.4\n% ${mark}\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n`);
}

export function order(options: Partial<SampleOptions> = {}): Json & { order_id: string } {
  const made = orderWithoutPdf(options);
  return { ...made, pdf: tinyPdf(made.order_id).toString('base64') };
}

/** An order with the PDF that its invoice would really have. */
export async function orderWithRealPdf(options: Partial<SampleOptions> = {}): Promise<Json & { order_id: string }> {
  const made = orderWithoutPdf(options);
  const pdf = await renderInvoicePdf(invoiceFaceOf(made as never));
  return { ...made, pdf: pdf.toString('base64') };
}
