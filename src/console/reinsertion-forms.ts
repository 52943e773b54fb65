import { CallHandler, ExecutionContext, Injectable, NestInterceptor } from '@nestjs/common';
import { FastifyRequest } from 'fastify';
import { Observable } from 'rxjs';
import { fault } from '../domain/fault';
import { parseJsonBytes, RequestBody } from '../http/body-parser';
import { filledPart, readForm } from '../http/multipart-body';
import { Problem } from '../http/problems';
import { ORDER_JSON_BYTES } from '../orders/order-body';
import { OrderLimits } from '../orders/orders.controller';

/**
 * Turns a reinsertion's form into its JSON before anything looks at it, so that there is one shape to check, and an
 * Idempotency-Key covers the files as well.
 */
@Injectable()
export class ReinsertionForms implements NestInterceptor {
  constructor(private readonly limits: OrderLimits) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const body = request.body as RequestBody | undefined;
    if (body?.kind === 'form') request.body = await this.asJson(body);
    return next.handle();
  }

  private async asJson({ stream, headers }: Exclude<RequestBody, { kind: 'json' | 'raw' }>): Promise<RequestBody> {
    const { maxPdfBytes } = this.limits;
    const bytes = { reinsertion: ORDER_JSON_BYTES, pdf: maxPdfBytes, trip_pdf: maxPdfBytes };
    const parts = await readForm(stream, headers, { bytes });
    const json = parts.get('reinsertion');
    if (!json) {
      const [zh, en] = ['缺少 reinsertion 部分。', 'The part reinsertion is missing.'];
      throw new Problem('invalid_request', { faults: [fault('PART-MISSING', '/reinsertion', zh, en)] });
    }
    const { value, length } = parseJsonBytes(json);
    if (!isObject(value)) return { kind: 'json', value, length };
    const files = ['pdf', 'trip_pdf'].flatMap((name) => {
      const bytes = filledPart(parts, name);
      return bytes ? [[name, bytes.toString('base64')]] : [];
    });
    if (files.length === 0) return { kind: 'json', value, length };
    const changes = isObject(value.changes) || value.changes === undefined ? { ...value.changes } : value.changes;
    const whole = isObject(changes) ? { ...changes, ...Object.fromEntries(files) } : changes;
    return { kind: 'json', value: { ...value, changes: whole }, length };
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
