import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { Chance } from './state/chance';
import type { CallbackTarget } from './state/profile';

export interface PushResult {
  attempts: number;
  /** Of the last attempt; absent when there was no answer. */
  status?: number;
  body?: string;
  error?: string;
}

export type EventFields = Record<string, string | number>;

const ATTEMPTS = 3;
const TIMEOUT_MS = 5000;

/** A push by itself, through whatever the target's weather does to it: lost, late, overtaken, sent twice. */
export async function announceEvent(
  target: CallbackTarget,
  event: EventFields,
  seconds: number,
  chance: Chance,
): Promise<void> {
  const { lost = 0, twice = 0, late_ms: late = 0 } = target;
  if (chance.next() < lost) return;
  const times = chance.next() < twice ? 2 : 1;
  for (let n = 0; n < times; n += 1) {
    if (late > 0) await sleep(chance.int(late));
    await pushEvent(target, event, seconds);
  }
}

/** Posts an event until the receiver says 200 with `success` or nothing, three times at most, 5 s each. */
export async function pushEvent(
  target: CallbackTarget,
  event: EventFields,
  seconds: number,
  attempts = ATTEMPTS,
): Promise<PushResult> {
  let result: PushResult = { attempts: 0 };
  while (result.attempts < attempts) {
    if (result.attempts > 0 && target.retry_ms) await sleep(target.retry_ms);
    result = { ...(await post(target, event, seconds)), attempts: result.attempts + 1 };
    if (result.status === 200 && ['', 'success'].includes((result.body ?? '').trim())) break;
  }
  return result;
}

async function post(
  target: CallbackTarget,
  event: EventFields,
  seconds: number,
): Promise<Omit<PushResult, 'attempts'>> {
  try {
    const { url, body, type } = envelope(target, event, String(seconds));
    const options = { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS, signal: AbortSignal.timeout(TIMEOUT_MS) };
    const answer = await request(url, { method: 'POST', headers: { 'content-type': type }, body, ...options });
    return { status: answer.statusCode, body: (await answer.body.text()).slice(0, 1000) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** Text in CDATA, numbers bare, as WeChat writes them; `spaced`: with the blanks of its old sample. */
export function eventXml(event: EventFields, spaced = false): string {
  const blank = spaced ? ' ' : '';
  const lines = Object.entries(event).map(([name, value]) =>
    typeof value === 'number'
      ? `<${name}>${value}</${name}>`
      : `<${name}>${blank}<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>${blank}</${name}>`,
  );
  return `<xml>${lines.join('')}</xml>`;
}

/** Page: 消息推送 签名与加解密. Signed when a token is given, encrypted when a key is given too. */
function envelope(target: CallbackTarget, given: EventFields, timestamp: string): Envelope {
  const url = new URL(target.url);
  const json = target.format === 'json';
  const event = target.old_style ? oldStyle(given) : given;
  const write = (fields: EventFields) => (json ? JSON.stringify(fields) : eventXml(fields, target.old_style));
  const type = json ? 'application/json' : 'text/xml';
  if (target.token === undefined) return { url: url.href, body: write(event), type };
  const nonce = String(randomBytes(4).readUInt32BE());
  const query: Record<string, string> = { timestamp, nonce, signature: sign(target.token, timestamp, nonce) };
  let body = write(event);
  if (target.encoding_aes_key !== undefined && target.mode !== 'plain') {
    const Encrypt = encrypt(body, target.encoding_aes_key, target.appid ?? '');
    Object.assign(query, { encrypt_type: 'aes', msg_signature: sign(target.token, timestamp, nonce, Encrypt) });
    body = write({ ToUserName: 'gh_fc0a06a20993', ...(target.mode === 'compatible' ? event : {}), Encrypt });
  }
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
  return { url: url.href, body, type };
}

interface Envelope {
  url: string;
  body: string;
  type: string;
}

function oldStyle({ AuthorizeAppId, SPAppId: _platform, Source: _source, ...event }: EventFields): EventFields {
  return AuthorizeAppId === undefined ? event : { ...event, AppId: '', Source: '' };
}

function sign(...parts: string[]): string {
  return createHash('sha1').update(parts.sort().join('')).digest('hex');
}

function encrypt(xml: string, encodingAesKey: string, appid: string): string {
  const key = Buffer.from(`${encodingAesKey}=`, 'base64');
  const message = Buffer.from(xml, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  const clear = Buffer.concat([randomBytes(16), length, message, Buffer.from(appid)]);
  const padding = 32 - (clear.length % 32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(clear), cipher.update(Buffer.alloc(padding, padding)), cipher.final()]).toString(
    'base64',
  );
}
