import { FastifyInstance, FastifyRequest } from 'fastify';
import { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { fault } from '../domain/fault';
import { Hold } from './held-bodies';
import { Problem } from './problems';
import { cutIdleBody } from './read-bytes';
import { parseStrictJson } from './strict-json';

/** A body as it reaches a controller. Streams are read there, where their limits are known. */
export type RequestBody =
  | { kind: 'json'; value: unknown; length: number }
  /** WeChat's pushes, whatever type they name: read where their signature is. */
  | { kind: 'raw'; text: string }
  | { kind: 'form'; stream: Readable; headers: IncomingHttpHeaders }
  | { kind: 'ndjson' | 'csv'; stream: Readable; headers: IncomingHttpHeaders; hold: Hold };

/** A body as it comes: nothing of it is read before its caller is known (body-reader.ts). */
export interface UnreadBody {
  kind: RequestBody['kind'];
  stream: Readable;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function isPush({ url }: FastifyRequest): boolean {
  return url.startsWith('/wechat/');
}

/** Other types are refused with 415 before anything is read. */
export function registerBodyParser(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('onRequest', (request, _reply, done) => {
    // A push may name any type, or none.
    if (isPush(request)) request.headers['content-type'] = 'text/plain';
    cutIdleBody(request);
    done();
  });
  fastify.addHook('onResponse', ({ raw }, _reply, done) => {
    // What an answer did not wait for would keep the next request of its connection waiting.
    if (!raw.readableEnded) raw.unpipe().resume();
    done();
  });
  for (const [type, kind] of [
    ['application/json', 'json'],
    ['text/plain', 'raw'],
    ['multipart/form-data', 'form'],
    ['application/x-ndjson', 'ndjson'],
    ['text/csv', 'csv'],
  ] as const) {
    fastify.addContentTypeParser(
      type,
      (_request: FastifyRequest, stream: Readable, done: (e: null, b: UnreadBody) => void) => {
        done(null, { kind, stream });
      },
    );
  }
}

export function compressed(encoding: string): Problem {
  return new Problem('unsupported_media_type', {
    detail: [
      `请求体经 ${encoding} 压缩，不受支持。请不压缩发送，也不要带 Content-Encoding。`,
      `The body is compressed (${encoding}), which is not taken. Send it as it is, without Content-Encoding.`,
    ],
  });
}

/** JSON in UTF-8; a byte order mark is ignored, as RFC 8259 §8.1 allows. Throws the problem that says what is wrong. */
export function parseJsonBytes(bytes: Buffer, contentType = ''): { value: unknown; length: number } {
  const charset = /charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1];
  if (charset && !/^utf-?8$/i.test(charset)) throw otherCharset(charset.slice(0, 32));
  if (bytes.length === 0) throw malformed('JSON-EMPTY', '请求体为空。', 'The body is empty.');
  // Some clients compress and do not say so.
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) throw compressed('gzip');
  const parsed = parseStrictJson(decode(bytes));
  if ('faults' in parsed) throw new Problem('malformed_json', { faults: parsed.faults });
  return { value: parsed.value, length: bytes.length };
}

function otherCharset(charset: string): Problem {
  const shown = JSON.stringify(charset);
  return new Problem('unsupported_media_type', {
    detail: [`字符集是 ${shown}，须为 UTF-8。`, `The charset is ${shown}; it must be UTF-8.`],
  });
}

function decode(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw malformed('JSON-ENCODING', '请求体不是有效的 UTF-8。', 'The body is not valid UTF-8.');
  }
}

function malformed(code: string, message: string, messageEn: string): Problem {
  return new Problem('malformed_json', { faults: [fault(code, '', message, messageEn)] });
}
