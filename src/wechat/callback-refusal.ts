import { decryptCallback, isSealedForAnother, signatureFits } from './callback-crypto';
import { readCallbackFields } from './callback-fields';
import { CallbackDoor, CallbackQuery, isInTime, isPlainToo } from './callback-message';

export type RefusalReason =
  /** The address names no account that is here. */
  | 'account'
  /** The account's Token and key are not set here. */
  | 'unset'
  /** No signature, timestamp or nonce: no WeChat sends that. */
  | 'unsigned'
  | 'token'
  /** Signed, and more than ten minutes from our clock. */
  | 'clock'
  /** How it came, where the account is set to come otherwise. */
  | 'mode_plain'
  | 'mode_compatible'
  | 'mode_safe'
  /** Signed, and no key that is set opens it. */
  | 'key'
  /** Opened, and it ends with another appid. */
  | 'appid'
  /** Signed, and then altered or cut. */
  | 'damaged'
  /** This account's push, at an address that names another one. */
  | 'address'
  /** The check of the address, when somebody saves the settings in WeChat's console. */
  | 'url_check';

/**
 * Why this push, which was refused, was refused: for whoever looks after the account. Its sender is never told. What is
 * proved by a signature comes first, so that a wrong key is not taken for a wrong clock.
 */
export function whyRefused(door: CallbackDoor, query: CallbackQuery, body: string, now: number): RefusalReason {
  const encrypt = encryptedIn(body);
  if (!isSigned(query)) return 'unsigned';
  if (!isSignedBy(door.token, query, body)) return 'token';
  if (!isInTime(query, now)) return 'clock';
  if (encrypt === null && (door.mode === 'plain' || query.encrypt_type === 'aes')) return 'damaged';
  const came = encrypt === null ? 'plain' : isPlainToo(body) ? 'compatible' : 'safe';
  if (came !== door.mode) return `mode_${came}`;
  return encrypt === null ? 'damaged' : whySealed(door, query, encrypt);
}

/** Whether this Token signed it, be it the address alone or the encrypted part with it. */
export function isSignedBy(token: string, query: CallbackQuery, body: string): boolean {
  const { timestamp = '', nonce = '', signature = '', msg_signature: ofSealed = '' } = query;
  const encrypt = encryptedIn(body);
  if (encrypt !== null && signatureFits(ofSealed, token, timestamp, nonce, encrypt)) return true;
  return signatureFits(signature, token, timestamp, nonce, null);
}

export function isSigned({ timestamp, nonce, signature, msg_signature: ofSealed }: CallbackQuery): boolean {
  return Boolean(timestamp && nonce && (signature ?? ofSealed));
}

function whySealed(door: CallbackDoor, query: CallbackQuery, encrypt: string): RefusalReason {
  const { timestamp = '', nonce = '', msg_signature: ofSealed = '', encrypt_type: encryption } = query;
  const whole = signatureFits(ofSealed, door.token, timestamp, nonce, encrypt);
  if (!whole || encryption !== 'aes') return 'damaged';
  const keys = [door.aesKey, door.previousAesKey].filter((key) => key !== null);
  if (keys.some((key) => isSealedForAnother(encrypt, key, door.appid))) return 'appid';
  return keys.some((key) => decryptCallback(encrypt, key, door.appid)) ? 'damaged' : 'key';
}

function encryptedIn(body: string): string | null {
  const outer = readCallbackFields(body);
  return outer.kind === 'fields' ? (outer.fields.Encrypt ?? null) : null;
}
