import { encrypt, getSignature } from '@wecom/crypto';
import { createHash } from 'node:crypto';
import { CallbackDoor, CallbackMode, CallbackQuery, Push } from '../../src/wechat/callback-message';

export const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
export const OTHER_KEY = 'GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba';
export const ORDER = '1202933957956';
interface Made {
  query: CallbackQuery;
  body: string;
  /** The encrypted part; null in plain mode. */
  encrypt: string | null;
}

const MODES: CallbackMode[] = ['plain', 'compatible', 'safe'];
const LENGTH = 64 * 1024;

/** A request as it comes to a door, with how it came about; `genuine` is what it was made from. */
export interface Attempt {
  what: string;
  query: CallbackQuery;
  body: string;
  genuine: { query: CallbackQuery; encrypt: string | null };
}

/** Numbers that a seed gives: the same run again gives the same damage. */
export class Noise {
  private block: Buffer = Buffer.alloc(0);
  private used = 0;

  constructor(
    private readonly seed: string,
    private counter = 0,
  ) {}

  below(limit: number): number {
    if (this.used + 4 > this.block.length) {
      this.block = createHash('sha256')
        .update(`${this.seed} ${(this.counter += 1)}`)
        .digest();
      this.used = 0;
    }
    this.used += 4;
    return this.block.readUInt32BE(this.used - 4) % limit;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** Characters of all kinds that a parser may stumble over. */
  text(length: number): string {
    return Array.from({ length }, () => this.pick(STUMBLES)).join('');
  }
}

const STUMBLES = [
  '<',
  '>',
  '&',
  ']]>',
  '<![CDATA[',
  '<!--',
  '"',
  "'",
  '\\',
  '{',
  '[',
  ':',
  '=',
  '\u0000',
  '票',
  ' ',
  'a',
  '/',
  '\uD800',
  '%',
  '?',
];

/** A genuine push for this door, in its mode, as XML or as JSON. */
export function genuine(door: CallbackDoor, mode: CallbackMode, json: boolean, now: number, nonce: string): Made {
  const fields = {
    ToUserName: 'gh_test',
    FromUserName: 'ojZ8Ytz4lESgdWZ34L_R1TvB2Kds',
    CreateTime: String(now),
    MsgType: 'event',
    ...{ Event: 'user_authorize_invoice', SuccOrderId: ORDER, FailOrderId: '' },
  };
  const timestamp = String(now);
  const query: CallbackQuery = { timestamp, nonce, signature: getSignature(door.token, timestamp, nonce, '') };
  if (mode === 'plain') return { query, body: written(fields, json), encrypt: null };
  const sealed = encrypt(KEY, written(fields, json), door.appid);
  const signed = { encrypt_type: 'aes', msg_signature: getSignature(door.token, timestamp, nonce, sealed) };
  const outer = { ToUserName: 'gh_test', ...(mode === 'compatible' ? fields : {}), Encrypt: sealed };
  return { query: { ...query, ...signed }, body: written(outer, json), encrypt: sealed };
}

/** The n-th damaged, forged or misdirected request to this door. */
export function attempt(door: CallbackDoor, n: number, now: number): Attempt {
  const noise = new Noise(`attempt ${n}`);
  const json = noise.below(2) === 0;
  const made = genuine(door, door.mode, json, now, `nonce${n % 7}`);
  const from = { query: made.query, encrypt: made.encrypt };
  const kind = noise.pick(Object.keys(DAMAGES) as (keyof typeof DAMAGES)[]);
  return {
    what: `${n} ${door.mode} ${json ? 'json' : 'xml'} ${kind}`,
    ...DAMAGES[kind](made, noise, door, now),
    genuine: from,
  };
}

type Damage = (made: Made, noise: Noise, door: CallbackDoor, now: number) => { query: CallbackQuery; body: string };

const DAMAGES = {
  body: ({ query, body }, noise) => ({ query, body: bytesDamaged(body, noise) }),
  hostileBody: ({ query }, noise) => ({ query, body: hostile(noise) }),
  query: ({ query, body }, noise) => ({ query: queryDamaged(query, noise), body }),
  both: ({ query, body }, noise) => ({ query: queryDamaged(query, noise), body: bytesDamaged(body, noise) }),
  anotherMode: (_made, noise, door, now) => {
    return genuine(door, noise.pick(MODES.filter((mode) => mode !== door.mode)), noise.below(2) === 0, now, 'n');
  },
  anotherToken: (_made, noise, door, now) =>
    genuine({ ...door, token: `x${noise.below(9)}` }, door.mode, false, now, 'n'),
  anotherTime: (_made, noise, door, now) => {
    return genuine(door, door.mode, false, now + noise.pick([-1, 1]) * (601 + noise.below(1e6)), 'n');
  },
  /** The signature is right: what is signed is no text under our key, of any length. */
  signedGarbage: ({ query, encrypt: sealed }, noise, door) => {
    const bytes = Buffer.from(noise.text(1 + noise.below(300)));
    const garbage = noise.pick([
      bytes.toString('base64'),
      (sealed ?? '').slice(0, noise.below(200)),
      'A'.repeat(noise.below(2000)),
    ]);
    const { timestamp = '', nonce = '' } = query;
    const msg_signature = getSignature(door.token, timestamp, nonce, garbage);
    return {
      query: { ...query, encrypt_type: 'aes', msg_signature },
      body: JSON.stringify({ ToUserName: 'gh', Encrypt: garbage }),
    };
  },
  anotherKey: ({ query }, _noise, door) => {
    const sealed = encrypt(OTHER_KEY, '<xml><Event>x</Event></xml>', door.appid);
    const { timestamp = '', nonce = '' } = query;
    const msg_signature = getSignature(door.token, timestamp, nonce, sealed);
    return { query: { ...query, encrypt_type: 'aes', msg_signature }, body: JSON.stringify({ Encrypt: sealed }) };
  },
  anotherAccount: (_made, _noise, door, now) =>
    genuine({ ...door, appid: 'wx_somebody_else' }, 'safe', false, now, 'n'),
} satisfies Record<string, Damage>;

/** What a door may never do; null where it did well. */
export function hole(
  door: CallbackDoor,
  { what, query, body, genuine: from }: Attempt,
  push: Push | null,
): string | null {
  if (push === null) return null;
  const signed =
    door.mode === 'plain'
      ? (['timestamp', 'nonce', 'signature'] as const)
      : (['timestamp', 'nonce', 'msg_signature'] as const);
  if (signed.some((name) => query[name] !== from.query[name])) return `${what}: taken without a valid signature`;
  if (door.mode === 'plain') return null;
  if (!('fields' in push) || push.fields.SuccOrderId !== ORDER) return `${what}: taken with another content`;
  return from.encrypt !== null && body.replaceAll('\\/', '/').includes(from.encrypt)
    ? null
    : `${what}: taken though altered`;
}

/** Documents made to be slow or to break something, up to the longest body that is taken. */
export const HOSTILE: Record<string, (length: number) => string> = {
  flat: (length) => `<xml>${'<a>1</a>'.repeat(length / 8)}</xml>`,
  deep: (length) => `<xml>${'<a>'.repeat(length / 7)}${'</a>'.repeat(length / 7)}</xml>`,
  unclosed: (length) => `<xml>${'<a>'.repeat(length / 3)}`,
  sections: (length) => `<xml><a>${'<![CDATA[x]]>'.repeat(length / 13)}</a></xml>`,
  openSections: (length) => `<xml><a>${'<![CDATA['.repeat(length / 9)}`,
  comments: (length) => `<xml>${'<!---->'.repeat(length / 7)}</xml>`,
  openComments: (length) => `<xml>${'<!--'.repeat(length / 4)}`,
  angles: (length) => '<'.repeat(length),
  closing: (length) => `<xml>${'>'.repeat(length)}`,
  attributes: (length) => `<xml ${'a="1" '.repeat(length / 6)}></xml>`,
  quotes: (length) => `<xml a="${'x'.repeat(length)}`,
  blanks: (length) => `<xml>${' '.repeat(length)}</xml>`,
  blanksInTag: (length) => `<xml${' '.repeat(length)}></xml>`,
  ampersands: (length) => `<xml><a>${'&'.repeat(length)}</a></xml>`,
  instructions: (length) => `${'<?xml version="1.0"?>'.repeat(length / 21)}<xml></xml>`,
  longText: (length) => `<xml><Encrypt>${'A'.repeat(length)}</Encrypt></xml>`,
  longName: (length) => `<xml><${'a'.repeat(length)}>`,
  lists: (length) => `{"a":${'['.repeat(length)}`,
  keys: (length) => `{${Array.from({ length: length / 12 }, (_, n) => `"k${n}":"1"`).join()}}`,
  backslashes: (length) => `{"a":"${'\\'.repeat(length)}`,
  digits: (length) => `{"a":${'9'.repeat(length)}}`,
  colons: (length) => `{${':'.repeat(length)}`,
  blanksAfterColon: (length) => `{"a":${' '.repeat(length)}1}`,
};

function hostile(noise: Noise): string {
  const length = noise.pick([0, 10, 1000, LENGTH / 2]);
  return noise.below(4) === 0 ? noise.text(length / 10) : (HOSTILE[noise.pick(Object.keys(HOSTILE))]?.(length) ?? '');
}

function queryDamaged(query: CallbackQuery, noise: Noise): CallbackQuery {
  const name = noise.pick(['timestamp', 'nonce', 'signature', 'msg_signature', 'encrypt_type']);
  const value = query[name] ?? '';
  const other = noise.pick([
    undefined,
    '',
    value.slice(1),
    `${value}0`,
    value.toUpperCase(),
    'x'.repeat(10_000),
    noise.text(20),
  ]);
  const swapped = { ...query, signature: query.msg_signature, msg_signature: query.signature };
  return noise.below(8) === 0 ? swapped : { ...query, [name]: other };
}

/** One character changed, a piece cut out, doubled, put elsewhere, or something to stumble over put in. */
function bytesDamaged(text: string, noise: Noise): string {
  const at = noise.below(text.length);
  const length = 1 + noise.below(40);
  switch (noise.below(5)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(noise.below(256)) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + text.slice(at + length);
    case 2:
      return text.slice(0, at) + text.slice(at, at + length) + text.slice(at);
    case 3:
      return text.slice(0, at) + noise.text(3) + text.slice(at);
    default:
      return text.slice(at) + text.slice(0, at);
  }
}

function written(fields: Record<string, string>, json: boolean): string {
  if (json) return JSON.stringify(fields);
  const elements = Object.entries(fields).map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`);
  return `<xml>${elements.join('')}</xml>`;
}
