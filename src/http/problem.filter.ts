import { ArgumentsHost, Catch, ExceptionFilter, HttpException } from '@nestjs/common';
import { FastifyReply, FastifyRequest } from 'fastify';
import { databaseIsAway } from '../data/statement';
import { Log } from '../log';
import { Problem, ProblemCode } from './problems';

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

export function answer(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  if (problem.code === 'unauthorized') void reply.header('www-authenticate', 'Bearer realm="piaoka"');
  if (problem.code === 'too_many_requests') void reply.header('retry-after', '1');
  if (problem.code === 'unavailable') void reply.header('retry-after', '2');
  if (problem.code === 'wechat_unavailable') void reply.header('retry-after', '30');
  void reply
    .status(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problem.body(request.id)));
}

export function problemOf(error: unknown, log: Log, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error;
  const code = codeOf(error);
  if (code === 'internal' || code === 'unavailable') log.error({ request: request.id, err: error }, 'request failed');
  return new Problem(code);
}

function codeOf(error: unknown): ProblemCode {
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
    default:
      break;
  }
  if (status && status >= 400 && status < 500) return 'malformed_json';
  return databaseIsAway(error) ? 'unavailable' : 'internal';
}
