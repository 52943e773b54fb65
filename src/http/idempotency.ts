import {
  applyDecorators,
  CallHandler,
  createParamDecorator,
  ExecutionContext,
  Injectable,
  NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { from, lastValueFrom, Observable } from 'rxjs';
import { v7 as uuidv7 } from 'uuid';
import { RequestBody } from './body-parser';
import { Problem } from './problems';

export interface IdempotentRequest {
  caller: Buffer;
  key: string;
  requestSha256: Buffer;
}

export interface IdempotentAnswer {
  status: number;
  location?: string;
  body: unknown;
}

/** Where answers are remembered. `id` is the same at every repetition of one request. */
export abstract class IdempotencyStore {
  abstract begin(
    request: IdempotentRequest,
  ): Promise<
    | { kind: 'begun'; id: string }
    | { kind: 'answered'; answer: IdempotentAnswer }
    | { kind: 'running' }
    | { kind: 'other_request' }
  >;
  abstract finish(request: IdempotentRequest, id: string, answer: IdempotentAnswer): Promise<void>;
  abstract forget(request: IdempotentRequest, id: string): Promise<void>;
}

/**
 * Takes `Idempotency-Key` on a route that makes a resource without a natural key: within 24 hours a repeat gets the first
 * answer again. What failed is not remembered. JSON bodies only. The route gives its resource the id of `NewId`, so that a
 * request whose process died after the commit finds its resource again.
 */
export const Idempotent = () =>
  applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: '1 to 255 printable ASCII characters; within 24 hours a repeat gets the first answer again',
      schema: { type: 'string', maxLength: 255 },
    }),
    ApiResponse({ status: 409, description: 'idempotency_key_running: the first request is still running' }),
    ApiResponse({ status: 422, description: 'idempotency_key_reused: the key came with another request before' }),
  );

/** The id for the resource that this request makes. */
export const NewId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  return context.switchToHttp().getRequest<Keyed>().newId ?? uuidv7();
});

type Keyed = FastifyRequest & { newId?: string };

@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly store: IdempotencyStore) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<Keyed>();
    const key = keyOf(request);
    if (key === null) return next.handle();
    return from(this.once(key, request, http.getResponse<FastifyReply>(), next));
  }

  private async once(key: string, request: Keyed, reply: FastifyReply, next: CallHandler): Promise<unknown> {
    const identity = identityOf(key, request);
    const begun = await this.store.begin(identity);
    switch (begun.kind) {
      case 'running':
        throw new Problem('idempotency_key_running');
      case 'other_request':
        throw new Problem('idempotency_key_reused');
      case 'answered':
        return replayed(begun.answer, reply);
      case 'begun':
        break;
    }
    request.newId = begun.id;
    let body: unknown;
    try {
      body = await lastValueFrom(next.handle(), { defaultValue: undefined });
    } catch (error) {
      // A failure that is not a clear refusal may have done the deed: its key waits until it may be begun again.
      if (error instanceof Problem && error.status < 500) await this.store.forget(identity, begun.id);
      throw error;
    }
    const location = reply.getHeader('location');
    await this.store.finish(identity, begun.id, {
      status: reply.statusCode,
      ...(typeof location === 'string' ? { location } : {}),
      body,
    });
    return body;
  }
}

function keyOf(request: FastifyRequest): string | null {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return null;
  if (typeof header === 'string' && /^[\x20-\x7e]{1,255}$/.test(header)) return header;
  throw new Problem('idempotency_key_invalid');
}

/** A caller is told by its credentials: another's key with the same words is another key. */
function identityOf(key: string, request: FastifyRequest): IdempotentRequest {
  const body = request.body as RequestBody | undefined;
  const json = body?.kind === 'json' ? JSON.stringify(body.value) : '';
  return {
    caller: sha256(request.headers.authorization ?? request.headers.cookie ?? ''),
    key,
    requestSha256: sha256(`${request.method} ${request.url}\n${json}`),
  };
}

function replayed({ status, location, body }: IdempotentAnswer, reply: FastifyReply): unknown {
  void reply.status(status).header('idempotent-replayed', 'true');
  if (location) void reply.header('location', location);
  return body;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
