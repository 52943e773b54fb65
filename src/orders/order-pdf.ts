import { Fault, hasErrors } from '../domain/fault';
import { Invoice } from '../domain/invoice';
import { PdfCheck, pdfFaults } from '../domain/pdf-verdict';
import { quickReading } from '../invoice-files/pdf-quick';
import { checkPdf } from '../invoice-files/pdf-shape';

/** What can be said of an order's PDF while its sender waits: whole, harmless, and its Info keys agree. */
export function checkOrderPdf(
  pdf: Buffer,
  invoice: Invoice,
  maxBytes: number,
  check: PdfCheck,
  strict: readonly string[],
): Fault[] {
  const ofShape = checkPdf(pdf, '/pdf', maxBytes);
  if (hasErrors(ofShape) || check === 'off') return ofShape;
  return [...ofShape, ...pdfFaults(quickReading(pdf), invoice, check, strict)];
}
