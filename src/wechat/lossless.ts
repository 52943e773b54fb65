import { isSafeNumber, parse } from 'lossless-json';

const LONG_NUMBER = /[:[,]\s*-?\d{16}/;

/**
 * JSON.parse that keeps every digit: an unquoted s_media_id (up to 2^63) becomes a string, because a double would round
 * it. Raw control characters inside strings, which WeChat has been seen to send, are read as blanks.
 */
export function parseLossless(text: string): unknown {
  if (!LONG_NUMBER.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      return JSON.parse(withoutControls(text));
    }
  }
  return parse(withoutControls(text), undefined, (number) => (isSafeNumber(number) ? Number(number) : number));
}

function withoutControls(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f]/g, ' ');
}
