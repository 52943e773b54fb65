import { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { answer as answerProblem } from '../http/problem.filter';
import { Problem } from '../http/problems';
import { HeldBodies } from '../http/held-bodies';
import { readBytes } from '../http/read-bytes';
import { parseStrictJson } from '../http/strict-json';
import { Log } from '../log';
import { Caller } from '../merchants/merchants';
import { Errcode, errcodeFact } from '../wechat/errcodes';

/** One request of a caller who speaks WeChat's dialect. */
export interface DoorCall {
  method: string;
  /** The peer's. */
  address: string;
  headers: IncomingHttpHeaders;
  query: Record<string, string>;
  /** The body, read now: a caller is looked at first. Undefined where it is not JSON; {} where it is empty. */
  json: (caller: Caller | null) => Promise<Record<string, unknown> | undefined>;
  /** The body as it is, read now; at most so long. */
  bytes: (caller: Caller | null, most: number) => Promise<Buffer>;
  /** Our own port, as the caller reached it. */
  port: number;
  /** Turns true when the caller has gone. */
  gone(): boolean;
}

const JSON_BYTES = 256 * 1024;
/** Of a body that comes before its caller is known. */
const LOGIN_BYTES = 16 * 1024;

/** HTTP 200 with errcode and errmsg, as WeChat answers. */
export type WechatAnswer = Record<string, unknown>;
export type DoorHandler = (call: DoorCall) => Promise<WechatAnswer>;

export function refusal(errcode: number, more = ''): WechatAnswer {
  return { errcode, errmsg: (errcodeFact(errcode)?.text ?? 'unknown error') + (more && `, ${more}`) };
}

/**
 * Opens the paths below `prefix` to callers that were written against WeChat. They are met as WeChat meets them: any
 * content type or none, an empty body, JSON inside a JSON string; whatever happens is HTTP 200 with an errcode, and a path
 * that is not there is 40066. What is uploaded to a `measured` path needs its Content-Length, as WeChat's edge wants it:
 * in chunks it is answered 412. Their parsers and handlers hold below this prefix only.
 */
export function openDoor(
  fastify: FastifyInstance,
  prefix: string,
  routes: Record<string, DoorHandler>,
  { bodies, log, measured = [] }: { bodies: HeldBodies; log: Log; measured?: readonly string[] },
): void {
  void fastify.register(
    (door, _options, done) => {
      door.removeAllContentTypeParsers();
      door.addContentTypeParser('*', (_request: FastifyRequest, body: Readable, parsed: Parsed) => parsed(null, body));
      door.addHook('onRequest', async (request, reply) => {
        const path = request.routeOptions.url?.slice(prefix.length) ?? '';
        const isMeasured = request.method !== 'POST' || request.headers['content-length'] !== undefined;
        if (isMeasured || !measured.includes(path)) return;
        await reply.status(412).header('connection', 'close').type('text/html').send(PRECONDITION_FAILED);
      });
      for (const [path, handle] of Object.entries(routes)) {
        door.all(path, async (request, reply) => say(reply, await handle(callOf(request, reply, bodies))));
      }
      door.setNotFoundHandler((_request, reply) => say(reply, refusal(Errcode.InvalidUrl)));
      door.setErrorHandler((error, request, reply) => {
        if (error instanceof Problem && NO_KEY.includes(error.code)) return answerProblem(error, request, reply);
        const { statusCode = 500 } = error instanceof Problem ? { statusCode: error.status } : (error as Failure);
        if (statusCode >= 500 && !(error instanceof Problem))
          log.error({ request: request.id, err: error }, 'request failed');
        return say(reply, refusal(errcodeOf(statusCode)));
      });
      done();
    },
    { prefix },
  );
}

/** Said with its HTTP status: whoever has no key is not known to speak WeChat's dialect. */
const NO_KEY = ['unauthorized', 'too_many_wrong_keys'];

const PRECONDITION_FAILED =
  '<html><head><title>412 Precondition Failed</title></head><body><h1>412 Precondition Failed</h1></body></html>\n';

type Parsed = (error: null, body: Readable) => void;
type Failure = { statusCode?: number };

function errcodeOf(statusCode: number): number {
  if (statusCode === 429) return Errcode.MinuteQuotaReached;
  if (statusCode === 413) return Errcode.MessageSizeOutOfLimit;
  return statusCode < 500 ? Errcode.DataFormatError : Errcode.SystemBusy;
}

function say(reply: FastifyReply, answer: WechatAnswer): FastifyReply {
  return reply
    .status(200)
    .header('content-type', 'application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(answer));
}

function callOf(request: FastifyRequest, reply: FastifyReply, bodies: HeldBodies): DoorCall {
  const query = lastOfEach(request.query as Record<string, string | string[]>);
  const bytes = async (caller: Caller | null, most: number) => {
    const stream = request.body as Readable | undefined;
    const hold = bodies.open(caller && caller.keyId, reply.raw);
    return stream ? readBytes(stream, request.headers, most, hold) : Buffer.alloc(0);
  };
  return {
    method: request.method,
    address: request.ip,
    headers: request.headers,
    query,
    json: async (caller) => lenientJson(await bytes(caller, caller ? JSON_BYTES : LOGIN_BYTES)),
    bytes,
    port: request.socket.localPort ?? 0,
    gone: () => request.raw.destroyed && !request.raw.complete,
  };
}

function lastOfEach(query: Record<string, string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? (value.at(-1) ?? '') : value]),
  );
}

/** An object, perhaps inside a JSON string, as some SDKs send it. What could not be stored as it is counts as malformed. */
function lenientJson(bytes: Buffer): Record<string, unknown> | undefined {
  const text = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim();
  if (text === '') return {};
  const { value } = parseStrictJson(text);
  const inner = typeof value === 'string' ? parseStrictJson(value.trim() || '{}').value : value;
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner)
    ? (inner as Record<string, unknown>)
    : undefined;
}
