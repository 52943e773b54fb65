import { agree } from './agreement';
import { Fault, hasErrors } from './fault';
import { Invoice } from './invoice';
import { Fact } from './invoice-facts';

/** How an order's PDF is checked; see PDF_CHECK. */
export type PdfCheck = 'full' | 'fast' | 'warn' | 'off';

/** Warnings about a PDF that a merchant may want as errors. */
export const STRICT_FILE_CODES: readonly string[] = [
  'PDF-KIND-02',
  'PDF-TITLE-01',
  'PDF-SAFE-04',
  'PDF-QR-02',
  'PDF-SHAPE-03',
  'PDF-SIZE-02',
  'FILE-READ-01',
  'FILE-READ-02',
];

/**
 * What was read against what was ordered: all faults, as severe as the check wants them. `strict`: codes of warnings that
 * the merchant wants as errors.
 */
export function pdfFaults(
  reading: { facts: readonly Fact[]; faults: readonly Fault[] },
  invoice: Invoice,
  check: PdfCheck,
  strict: readonly string[],
): Fault[] {
  if (check === 'off') return [];
  const faults = [...reading.faults, ...agree(reading.facts, invoice)];
  if (check === 'warn') return faults.map((fault) => ({ ...fault, severity: 'warning' }));
  return faults.map((fault) => (strict.includes(fault.code) ? { ...fault, severity: 'error' } : fault));
}

/** Why such faults stop an order before anything is sent; null: they do not. */
export function refusalOf(faults: readonly Fault[]): 'pdf_unsafe' | 'pdf_contradicts' | null {
  const errors = faults.filter(({ severity }) => severity === 'error');
  if (!hasErrors(errors)) return null;
  return errors.some(({ pointer }) => pointer === '/pdf') ? 'pdf_unsafe' : 'pdf_contradicts';
}
