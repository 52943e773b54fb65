import { getSignature } from '@wecom/crypto';
import { createDecipheriv, timingSafeEqual } from 'node:crypto';

const BLOCK = 32;

/** sha1 of the sorted parts, compared in constant time. `encrypt` is left out where only the URL or a plain body is signed. */
export function signatureFits(
  given: string,
  token: string,
  timestamp: string,
  nonce: string,
  encrypt: string | null,
): boolean {
  const expected = Buffer.from(getSignature(token, timestamp, nonce, encrypt ?? ''));
  const actual = Buffer.from(given);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

/**
 * AES-256-CBC, the key's first half as IV, padding to 32 bytes: 16 random bytes · length · message · appid. Null for
 * whatever is wrong: one answer, so that nobody learns which part it was.
 */
export function decryptCallback(encrypt: string, aesKey: string, appid: string): string | null {
  const opened = open(encrypt, aesKey);
  if (!opened) return null;
  const wanted = Buffer.from(appid);
  if (opened.tail.length !== wanted.length || !timingSafeEqual(opened.tail, wanted)) return null;
  return opened.text.toString('utf8');
}

/** Whether this key opens it, and it was meant for another account. For our own people only. */
export function isSealedForAnother(encrypt: string, aesKey: string, appid: string): boolean {
  const tail = open(encrypt, aesKey)?.tail.toString('latin1') ?? '';
  return /^[\w-]{1,64}$/.test(tail) && tail !== appid;
}

function open(encrypt: string, aesKey: string): { text: Buffer; tail: Buffer } | null {
  const key = Buffer.from(`${aesKey}=`, 'base64');
  const sealed = Buffer.from(encrypt, 'base64');
  if (key.length !== 32 || sealed.length === 0 || sealed.length % 16 !== 0) return null;
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const clear = withoutPadding(Buffer.concat([decipher.update(sealed), decipher.final()]));
  if (!clear || clear.length < 20) return null;
  const end = 20 + clear.readUInt32BE(16);
  if (end > clear.length) return null;
  return { text: clear.subarray(20, end), tail: clear.subarray(end) };
}

function withoutPadding(clear: Buffer): Buffer | null {
  const pad = clear.at(-1) ?? 0;
  if (pad < 1 || pad > BLOCK || pad > clear.length) return null;
  const padding = clear.subarray(clear.length - pad);
  return padding.equals(Buffer.alloc(pad, pad)) ? clear.subarray(0, clear.length - pad) : null;
}
