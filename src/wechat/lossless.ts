import { isSafeNumber, parse } from 'lossless-json';
import { refuseDoubledNames } from './doubled-name';

const LONG_NUMBER = /[:[,]\s*-?\d{16}/;
/** Escapes of what PostgreSQL stores in no text: U+0000, and halves of surrogate pairs. */
const UNSTORABLE = /\\u(0000|d[89a-f])/i;

/**
 * JSON.parse that keeps every digit: an unquoted s_media_id (up to 2^63) becomes a string, because a double would round
 * it. Raw control characters inside strings, which WeChat has been seen to send, are read as blanks. U+0000 and halves of
 * surrogate pairs are read as U+FFFD: whatever the answer says can be stored. An object that names a field twice is refused.
 */
export function parseLossless(text: string): unknown {
  const value = read(text);
  return UNSTORABLE.test(text) ? storable(value) : value;
}

function read(text: string): unknown {
  if (!LONG_NUMBER.test(text)) {
    refuseDoubledNames(text);
    try {
      return JSON.parse(text);
    } catch {
      return JSON.parse(withoutControls(text));
    }
  }
  // This parser takes `__proto__` at its word: an object would have there whatever it does not name itself.
  refuseDoubledNames(text, ['__proto__']);
  return parse(withoutControls(text), undefined, (number) => (isSafeNumber(number) ? Number(number) : number));
}

function withoutControls(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f]/g, ' ');
}

/** PostgreSQL keeps neither U+0000 nor half a surrogate pair, which JSON can escape. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [storableText(name), storable(one)]));
}
