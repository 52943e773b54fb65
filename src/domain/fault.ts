/** One thing that is wrong with what a caller gave us. Faults are values; only `http/` turns them into an answer. */
export interface Fault {
  /** Stable, e.g. `INVOICE-NUMBER-02`; documented in `docs/errors`. */
  code: string;
  /** JSON pointer (RFC 6901) into the order, e.g. `/invoice/number`. */
  pointer: string;
  severity: 'error' | 'warning';
  /** 简体中文: what was found, what is expected, what to do. */
  message: string;
  /** The same in English. */
  messageEn: string;
}

export function fault(code: string, pointer: string, message: string, messageEn: string): Fault {
  return { code, pointer, severity: 'error', message, messageEn };
}

export function warning(code: string, pointer: string, message: string, messageEn: string): Fault {
  return { code, pointer, severity: 'warning', message, messageEn };
}

/** A warning stops nothing. */
export function hasErrors(faults: readonly Fault[]): boolean {
  return faults.some(({ severity }) => severity === 'error');
}
