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

/** What a genuine push says; `unreadable`: its text, where that is no document of fields. */
export type Push = { fields: CallbackFields } | { unreadable: string };

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
export function openCallback(door: CallbackDoor, query: CallbackQuery, body: string, now: number): Push | null {
  if (!isInTime(query, now)) return null;
  return door.mode === 'plain' ? openPlain(door, query, body) : openEncrypted(door, query, body);
}

export function isInTime({ timestamp = '' }: CallbackQuery, now: number): boolean {
  return /^\d{1,12}$/.test(timestamp) && Math.abs(now - Number(timestamp)) <= WINDOW_SECONDS;
}

/** Whether an encrypted push says the same in the clear beside it. */
export function isPlainToo(body: string): boolean {
  const outer = readCallbackFields(body);
  return outer.kind === 'fields' && saysMore(outer.fields);
}

function saysMore(outer: CallbackFields): boolean {
  return Object.keys(outer).some((name) => !OUTSIDE_ENCRYPT.includes(name));
}

function openPlain(door: CallbackDoor, query: CallbackQuery, body: string): Push | null {
  const { timestamp = '', nonce = '', signature = '', encrypt_type: encryption } = query;
  if (encryption === 'aes' || !signatureFits(signature, door.token, timestamp, nonce, null)) return null;
  const push = contentOf(body);
  return push && 'fields' in push && push.fields.Encrypt !== undefined ? null : push;
}

function openEncrypted(door: CallbackDoor, query: CallbackQuery, body: string): Push | null {
  const { timestamp = '', nonce = '', msg_signature: signature = '', encrypt_type: encryption } = query;
  const outer = readCallbackFields(body);
  if (outer.kind !== 'fields' || encryption !== 'aes') return null;
  const { Encrypt: encrypt } = outer.fields;
  if (!encrypt || !signatureFits(signature, door.token, timestamp, nonce, encrypt)) return null;
  if (saysMore(outer.fields) !== (door.mode === 'compatible')) return null;
  for (const key of [door.aesKey, door.previousAesKey]) {
    const clear = key && decryptCallback(encrypt, key, door.appid);
    if (clear) return contentOf(clear);
  }
  return null;
}

/** Null for a document that declares something. */
function contentOf(text: string): Push | null {
  const reading = readCallbackFields(text);
  if (reading.kind === 'fields') return { fields: reading.fields };
  return reading.kind === 'unreadable' ? { unreadable: text } : null;
}
