import { guessBits, LEAST_BITS } from './key-strength';

/** What secrets must look like; each throws a sentence where one does not. */

export function checkKey(value: string): void {
  if (Buffer.from(value, 'base64').length !== 32)
    throw new Error('must be 32 bytes in base64 (openssl rand -base64 32)');
}

export function checkCallbackToken(value: string): void {
  if (!/^[0-9A-Za-z]{3,32}$/.test(value)) throw new Error('must be 3 to 32 letters and digits, as WeChat takes them');
}

export function checkCallbackKey(value: string): void {
  if (!/^[0-9A-Za-z]{43}$/.test(value)) throw new Error('must be 43 letters and digits, as WeChat gives them');
}

export function checkBootstrapKey(value: string): void {
  if (!/^[\x21-\x7e]{32,256}$/.test(value))
    throw new Error('must be 32 to 256 printable ASCII characters without blanks');
  const bits = Math.floor(guessBits(value));
  if (bits < LEAST_BITS) {
    throw new Error(`is too easy to guess (about ${bits} bits of ${LEAST_BITS}); make one: openssl rand -hex 24`);
  }
}
