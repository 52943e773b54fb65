import { FastifyInstance, FastifyRequest } from 'fastify';
import { fault } from '../domain/fault';
import { Problem } from './problems';
import { parseStrictJson } from './strict-json';

/** A parsed body with the length of its text: the order route limits what is not PDF. */
export interface JsonBody {
  value: unknown;
  length: number;
}

/** JSON in UTF-8 is the only body taken; a byte order mark is ignored, as RFC 8259 §8.1 allows. */
export function registerBodyParser(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, parseBody(request, body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

function parseBody(request: FastifyRequest, bytes: Buffer): JsonBody {
  const charset = /charset\s*=\s*"?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset && !/^utf-?8$/i.test(charset)) throw new Problem('unsupported_media_type');
  if (bytes.length === 0) throw malformed('JSON-EMPTY', '请求体为空。', 'The body is empty.');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('JSON-ENCODING', '请求体不是有效的 UTF-8。', 'The body is not valid UTF-8.');
  }
  const parsed = parseStrictJson(text);
  if ('faults' in parsed) throw new Problem('malformed_json', { faults: parsed.faults });
  return { value: parsed.value, length: bytes.length };
}

function malformed(code: string, message: string, messageEn: string): Problem {
  return new Problem('malformed_json', { faults: [fault(code, '', message, messageEn)] });
}
