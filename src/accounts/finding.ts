/** One thing that was seen about an account, and what to do about it. Never a secret, never a token. */
export interface Finding {
  code: string;
  severity: 'ok' | 'warning' | 'error';
  errcode?: number;
  advice: string;
  advice_en: string;
}
