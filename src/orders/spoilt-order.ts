import { Fault } from '../domain/fault';
import { PdfCheck } from '../domain/pdf-verdict';
import { checkPdf } from '../invoice-files/pdf-shape';
import { MerchantTerms } from '../merchants/merchants';
import { judgeWellFormed } from './judge-well-formed';
import { missingCardId } from './order-draft';
import { checkOrderPdf } from './order-pdf';

/** An order that cannot be one, because a field, a part or a file is not in its shape; what is, is kept to be judged. */
export interface SpoiltOrder {
  ofShape: Fault[];
  /** The order's JSON, whatever it is. */
  value: unknown;
  pdf: Buffer | null;
  tripPdf: Buffer | null;
}

/** Every fault of it at once: of its shape, and those that the well-formed rest has. `now` is Unix seconds. */
export function faultsOfSpoilt(
  { ofShape, value, pdf, tripPdf }: SpoiltOrder,
  caller: MerchantTerms,
  limits: { maxPdfBytes: number; pdfCheck: PdfCheck },
  now: number,
): Fault[] {
  const { invoice: given, card_id: cardId } = (value ?? {}) as { invoice?: unknown; card_id?: unknown };
  const { invoice, faults, certain } = judgeWellFormed(given, ofShape, caller, now);
  const ofPdf = (bytes: Buffer) =>
    invoice
      ? checkOrderPdf(bytes, invoice, limits.maxPdfBytes, caller.pdfCheck ?? limits.pdfCheck, caller.strict)
      : checkPdf(bytes, '/pdf', limits.maxPdfBytes);
  return [
    ...ofShape,
    ...(cardId === undefined && !caller.cardId ? [missingCardId()] : []),
    ...faults,
    ...(pdf ? certain(ofPdf(pdf)) : []),
    ...(tripPdf ? checkPdf(tripPdf, '/trip_pdf', limits.maxPdfBytes) : []),
  ];
}
