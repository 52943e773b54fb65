import { agree } from './agreement';
import { Fault, hasErrors } from './fault';
import { Invoice } from './invoice';
import { Fact } from './invoice-facts';

/** How an order's PDF is checked; see PDF_CHECK. */
export type PdfCheck = 'full' | 'fast' | 'warn' | 'off';

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
