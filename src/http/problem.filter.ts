import { ArgumentsHost, Catch, ExceptionFilter, HttpException } from '@nestjs/common';
import { FastifyReply, FastifyRequest } from 'fastify';
import { databaseIsAway } from '../database-away';
import { LostValue } from '../domain/lost-value';
import { Log } from '../log';
import { Problem, ProblemCode } from './problems';
import { typesTaken } from './takes';

/** Whatever went wrong leaves as problem+json; only this knows status codes of what was not foreseen. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    answer(this.problemOf(error, request), request, http.getResponse());
  }

  problemOf(error: unknown, request: FastifyRequest): Problem {
    return problemOf(error, this.log, request);
  }
}

export function answer(given: Problem, request: FastifyRequest, reply: FastifyReply): void {
  const problem = given.extras.detail ? given : withDetail(given, request);
  if (problem.code === 'unauthorized' && !reply.hasHeader('www-authenticate')) {
    void reply.header('www-authenticate', 'Bearer realm="piaoka"');
  }
  if (problem.code === 'too_many_requests') void reply.header('retry-after', '1');
  if (problem.extras.retryAfter !== undefined) void reply.header('retry-after', String(problem.extras.retryAfter));
  if (problem.code === 'sealing_key_missing') void reply.header('retry-after', '15');
  if (problem.code === 'unavailable') void reply.header('retry-after', '2');
  if (problem.code === 'wechat_unavailable') void reply.header('retry-after', '30');
  void reply
    .status(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problem.body(request.id)));
}

/** What the route takes: whoever was refused for the type or the length of a body need not search for it. */
function withDetail(problem: Problem, request: FastifyRequest): Problem {
  if (problem.code === 'unsupported_media_type') {
    const types = typesTaken(request);
    const given = (request.headers['content-type'] ?? '').split(';')[0]?.trim().slice(0, 64) ?? '';
    const [zh, en] = given === '' ? ['没有', 'none'] : [JSON.stringify(given), JSON.stringify(given)];
    const detail: [string, string] = [
      `Content-Type 是 ${zh}，此地址接受：${types.join('、')}。`,
      `Content-Type is ${en}; this address takes: ${types.join(', ')}.`,
    ];
    return new Problem(problem.code, { ...problem.extras, detail });
  }
  return problem;
}

export function problemOf(error: unknown, log: Log, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error;
  const code = codeOf(error);
  if (code === 'rate_limited') return new Problem(code, { retryAfter: 1 });
  if (code === 'internal' || code === 'unavailable') log.error({ request: request.id, err: error }, 'request failed');
  return new Problem(code);
}

function codeOf(error: unknown): ProblemCode {
  if (error instanceof LostValue) return error.why === 'damaged' ? 'sealed_value_lost' : 'sealing_key_missing';
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: number }).statusCode;
  switch (status) {
    case 404:
      return 'not_found';
    case 405:
      return 'method_not_allowed';
    case 413:
      return 'body_too_large';
    case 415:
      return 'unsupported_media_type';
    case 429:
      return 'rate_limited';
    default:
      break;
  }
  if (status && status >= 400 && status < 500) return 'malformed_json';
  return databaseIsAway(error) ? 'unavailable' : 'internal';
}
