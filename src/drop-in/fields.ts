import { refusal, WechatAnswer } from '../token-gateway/wechat-door';
import { Errcode } from '../wechat/errcodes';

export type Fields = Record<string, unknown>;

/** The first of these fields that is not there, in WeChat's words; null: all are. */
export function missing(json: Fields, ...names: string[]): WechatAnswer | null {
  const absent = names.find((name) => isAbsent(json[name]));
  return absent === undefined ? null : refusal(Errcode.InvalidParams, `${absent} is empty`);
}

/** Optional fields come as null, or empty, from many programs. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An id or a word sent as a number is its digits; what is neither is "". */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Digits in a text are a number, as WeChat takes them. What is no whole number is left as it came. */
export function wholeOf(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}
