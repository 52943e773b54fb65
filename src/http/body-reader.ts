import { IncomingHttpHeaders } from 'node:http';
import { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { FastifyReply } from 'fastify';
import { Observable } from 'rxjs';
import { compressed, parseJsonBytes, RequestBody, UnreadBody } from './body-parser';
import { HeldBodies, KnownRequest } from './held-bodies';
import { Problem } from './problems';
import { ProcessorTurns } from './processor-turns';
import { boundedStream, readBytes } from './read-bytes';
import { TAKEN, Taken } from './takes';

/** What a body may weigh beside its files. */
const BESIDE_FILES = 256 * 1024;
const PUSH_BYTES = 64 * 1024;

/**
 * Reads bodies once the guards have let their callers in: nobody without a key makes this process hold a body. The type
 * and the length are judged first, by what the route takes. Forms and lines are read by the routes themselves.
 */
export class BodyReader implements NestInterceptor {
  private readonly reflector = new Reflector();

  constructor(
    private readonly bodies: HeldBodies,
    private readonly maxPdfBytes: number,
    private readonly turns: ProcessorTurns,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<KnownRequest>();
    const body = request.body as UnreadBody | undefined;
    if (body) {
      const taken = this.reflector.get<Taken | undefined>(TAKEN, context.getHandler()) ?? { kinds: ['json'] };
      request.body = await this.read(body, taken, request, http.getResponse());
    }
    return next.handle();
  }

  private async read(
    { kind, stream }: UnreadBody,
    { kinds, files = 0 }: Taken,
    { headers, knownAs }: KnownRequest,
    reply: FastifyReply,
  ): Promise<RequestBody> {
    const encoding = kind === 'raw' ? null : encodingOf(headers);
    if (encoding) {
      void reply.header('accept-encoding', 'identity');
      throw compressed(encoding);
    }
    if (!kinds.includes(kind)) throw new Problem('unsupported_media_type');
    const hold = this.bodies.open(knownAs ?? null, reply.raw);
    const most = BESIDE_FILES + files * Math.ceil((this.maxPdfBytes * 4) / 3);
    switch (kind) {
      case 'json': {
        const bytes = await readBytes(stream, headers, most, hold);
        await this.turns.take(knownAs ?? '');
        return { kind, ...parseJsonBytes(bytes, headers['content-type']) };
      }
      case 'raw':
        return { kind, text: (await readBytes(stream, headers, PUSH_BYTES, hold)).toString() };
      case 'form':
        return { kind, stream: boundedStream(stream, headers, most, hold), headers };
      case 'ndjson':
      case 'csv':
        return { kind, stream, headers, hold };
    }
  }
}

/** The longest body that a route takes whole. */
export function longestBody(maxPdfBytes: number): number {
  return BESIDE_FILES + 2 * Math.ceil((maxPdfBytes * 4) / 3);
}

/** What was done to the body on its way; null where it came as it is. */
function encodingOf(headers: IncomingHttpHeaders): string | null {
  const encoding = (headers['content-encoding'] ?? '').trim().toLowerCase();
  return encoding === '' || encoding === 'identity' ? null : encoding.replace(/[^a-z0-9, _-]/g, '').slice(0, 32);
}
