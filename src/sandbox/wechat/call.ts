import type { FastifyRequest } from 'fastify';
import type { Account } from '../state/accounts';
import type { RequestRecord } from '../state/ledger';
import type { Token } from '../state/tokens';
import type { World } from '../state/world';
import type { Answer } from './answers';
import { readPart, type UploadedPart } from './multipart';

/** One request as an endpoint sees it. */
export interface Call {
  world: World;
  record: RequestRecord;
  query: Record<string, string>;
  /** Undefined when the body is not JSON (47001). */
  json: Record<string, unknown> | undefined;
  part: UploadedPart | undefined;
  token: Token | undefined;
  tokenText: string | undefined;
  /** Where this sandbox was reached, for links in answers. */
  base: string;
  /** Holds an insert in flight this much longer. */
  flightMs: number;
}

/** A call whose token was good. */
export interface AccountCall extends Call {
  account: Account;
  json: Record<string, unknown>;
}

export interface Endpoint {
  method: 'GET' | 'POST' | 'any';
  body: 'json' | 'pdf' | 'none';
  /** What the token check asks for; `login` endpoints carry appid and secret instead. */
  door: 'login' | 'token' | 'invoice' | 'reimburse';
  handle(call: AccountCall): Answer | Promise<Answer>;
}

export function readCall(world: World, path: string, body: Endpoint['body'], request: FastifyRequest): Call {
  const query = readQuery(request.query);
  const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const record = world.ledger.open(world.clock.now(), request.method, path);
  const json = body === 'json' ? readJson(raw) : {};
  const part = body === 'pdf' ? readPart(raw, request.headers['content-type'] ?? '', 'pdf') : undefined;
  const tokenText = query['access_token'];
  const token = tokenText ? world.tokens.find(tokenText) : undefined;
  const base = `http://${request.headers.host ?? 'localhost'}`;
  const call: Call = { world, record, query, json, part, token, tokenText, base, flightMs: 0 };
  note(call, raw, body);
  return call;
}

/** JSON as the SDKs send it: without a type, with an empty body, or as a JSON string that holds the JSON. */
export function readJson(raw: Buffer): Record<string, unknown> | undefined {
  const text = raw
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim();
  if (text === '') return {};
  try {
    let value: unknown = JSON.parse(text);
    if (typeof value === 'string') value = JSON.parse(value.trim() || '{}');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text field; ids sent as numbers are taken as their digits, everything else counts as absent. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}

function readQuery(query: unknown): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [key, value] of Object.entries(query as Record<string, string | string[]>)) {
    out[key] = Array.isArray(value) ? (value.at(-1) ?? '') : value;
  }
  return out;
}

/** Writes down what arrived: never a token, never a secret, never the bytes of a file. */
function note(call: Call, raw: Buffer, body: Endpoint['body']): void {
  const { record, query, json, part, token, tokenText } = call;
  const { access_token: _token, secret: _secret, ...rest } = query;
  if (Object.keys(rest).length > 0) record.query = rest;
  record.appid = token?.appid ?? (text(query['appid'] ?? json?.['appid']) || undefined);
  record.order_id = text(json?.['order_id']) || undefined;
  if (token) record.token = `${token.family}#${token.gen}`;
  else if (tokenText) record.token = 'unknown';
  if (part)
    record.upload = { sha256: part.sha256, size: part.bytes.length, filename: part.filename, headers: part.headers };
  if (body === 'json' && raw.length > 0) {
    const received = json && 'secret' in json ? JSON.stringify({ ...json, secret: '***' }) : raw.toString('utf8');
    call.world.ledger.keepBody(record, received);
  }
}
