import { DoubledName } from './doubled-name';
import { isAbsent } from './plain-id';

/** What became of one call to WeChat: exactly one of these, never an exception. */
export type Answer =
  /** JSON with an errcode (0 when a success field stands in for it). */
  | {
      kind: 'answered';
      httpStatus: number;
      errcode: number;
      errmsg: string;
      /** WeChat's reference for its support: `hint: […]` or `rid: …`. */
      hint: string | null;
      body: Record<string, unknown>;
    }
  /** Something came back, but not WeChat's JSON. */
  | { kind: 'garbled'; httpStatus: number; reason: string }
  /** Nothing came back. `sent` is proof: false only when not a byte of the request had been written. */
  | { kind: 'no_answer'; sent: boolean; reason: string };

/** It names a field twice, so that each reader could understand another thing. */
const DOUBLED = 'doubled_field';
const HINT = /hint: \[([^\]]+)\]|rid: ([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8})/;

/**
 * Reads a response body. `successField` is the field by which a success is known where WeChat leaves errcode out;
 * null: without errcode nothing is known. errcode may be a number or a numeric string.
 */
export function readAnswer(
  httpStatus: number,
  text: string,
  successField: string | null,
  parse: (text: string) => unknown,
): Answer {
  if (httpStatus < 300) return readBody(httpStatus, text, successField, parse);
  // WeChat says no with HTTP 200; but where a 4xx carries an errcode of its own, that says more than the status.
  const told = httpStatus >= 400 && httpStatus < 500 ? readBody(httpStatus, text, null, parse) : null;
  const isSaid = told?.kind === 'answered' ? told.errcode !== 0 : told?.kind === 'garbled' && told.reason === DOUBLED;
  return told && isSaid ? told : { kind: 'garbled', httpStatus, reason: `http_${httpStatus}` };
}

function readBody(
  httpStatus: number,
  text: string,
  successField: string | null,
  parse: (text: string) => unknown,
): Answer {
  if (text.trim() === '') return { kind: 'garbled', httpStatus, reason: 'empty_body' };
  let body: unknown;
  try {
    body = parse(text);
  } catch (error) {
    return { kind: 'garbled', httpStatus, reason: error instanceof DoubledName ? DOUBLED : 'not_json' };
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { kind: 'garbled', httpStatus, reason: 'not_an_object' };
  }
  const fields = body as Record<string, unknown>;
  const errcode = errcodeOf(fields, successField);
  if (errcode === undefined) return { kind: 'garbled', httpStatus, reason: 'no_errcode' };
  const errmsg = typeof fields.errmsg === 'string' ? fields.errmsg : '';
  const hint = HINT.exec(errmsg);
  return { kind: 'answered', httpStatus, errcode, errmsg, hint: hint?.[1] ?? hint?.[2] ?? null, body: fields };
}

function errcodeOf(fields: Record<string, unknown>, successField: string | null): number | undefined {
  const { errcode } = fields;
  // WeChat's codes have five to seven digits; one that no column holds is none.
  if (typeof errcode === 'number' && (errcode | 0) === errcode) return errcode;
  if (typeof errcode === 'string' && /^-?\d{1,9}$/.test(errcode)) return Number(errcode);
  return errcode === undefined && successField !== null && !isAbsent(fields[successField]) ? 0 : undefined;
}

/**
 * An edge that refused the request before WeChat saw it; 408 and 499 say that somebody gave up waiting, and no edge speaks
 * in errcodes.
 */
export function edgeRefused({ httpStatus, reason }: { httpStatus: number; reason: string }): boolean {
  return reason !== DOUBLED && httpStatus >= 400 && httpStatus < 500 && httpStatus !== 408 && httpStatus !== 499;
}
