import { decryptCallback, signatureFits } from './callback-crypto';
import { CallbackFields, readCallbackFields } from './callback-fields';

export type CallbackMode = 'plain' | 'compatible' | 'safe';

export interface CallbackDoor {
  appid: string;
  mode: CallbackMode;
  token: string;
  aesKey: string | null;
  previousAesKey: string | null;
}

export type CallbackQuery = Record<string, string | undefined>;

const WINDOW_SECONDS = 600;
const OUTSIDE_ENCRYPT = ['ToUserName', 'AppId', 'Encrypt'];

/** Whether the URL check (GET) is WeChat's: then its echostr is to be answered as it is. */
export function isUrlCheck(door: CallbackDoor, query: CallbackQuery): boolean {
  const { signature = '', timestamp = '', nonce = '' } = query;
  return signatureFits(signature, door.token, timestamp, nonce, null);
}

/**
 * What WeChat says in this push, if it is WeChat's and came in the mode that is set. Null: refused, whatever the reason. Of
 * a compatible push only the encrypted part counts. `now` in seconds: a push older or younger than ten minutes is none.
 */
export function openCallback(
  door: CallbackDoor,
  query: CallbackQuery,
  body: string,
  now: number,
): CallbackFields | null {
  const { timestamp = '', nonce = '', signature = '', msg_signature: messageSignature = '' } = query;
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > WINDOW_SECONDS) return null;
  const outer = readCallbackFields(body);
  if (!outer) return null;
  const { Encrypt: encrypt } = outer;
  const encrypted = encrypt !== undefined || query.encrypt_type === 'aes';
  if (door.mode === 'plain') {
    return !encrypted && signatureFits(signature, door.token, timestamp, nonce, null) ? outer : null;
  }
  if (!encrypt || query.encrypt_type !== 'aes') return null;
  if (!signatureFits(messageSignature, door.token, timestamp, nonce, encrypt)) return null;
  const alsoPlain = Object.keys(outer).some((name) => !OUTSIDE_ENCRYPT.includes(name));
  if (alsoPlain !== (door.mode === 'compatible')) return null;
  for (const key of [door.aesKey, door.previousAesKey]) {
    const clear = key && decryptCallback(encrypt, key, door.appid);
    if (clear) return readCallbackFields(clear);
  }
  return null;
}
