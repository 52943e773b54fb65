import { Outcome } from '../domain/outcome';

/** There is no token or ticket just now: the order waits, and burns no try. `wait` in seconds. */
export function later(reason: string, wait: number): Outcome {
  return { kind: 'later', reason, wait, counted: false };
}

/** The account waits for somebody who gives its secret anew: the stored one cannot be opened. */
export const SECRET_LOST: Outcome = {
  kind: 'held',
  reason: 'account_secret_lost',
  errcode: null,
  errmsg: null,
  until: null,
};
