import { Operator } from '../data/entities/operator';
import { RequestBody } from '../http/body-parser';
import { Problem } from '../http/problems';
import { SchemaChecks } from '../http/schema-check';

/** A JSON body that fits its class; else the problem that names every fault. */
export function readBody<T extends object>(body: RequestBody | undefined, checks: SchemaChecks, shape: new () => T): T {
  if (body?.kind !== 'json') throw new Problem('unsupported_media_type');
  const faults = checks.faults(shape.name, body.value);
  if (faults.length > 0) throw new Problem('invalid_request', { faults });
  return body.value as T;
}

/** An act on the installation, for the audit trail. `data` says which fields, never a secret. */
export function act(operator: Operator, action: string, object: string, data: Record<string, unknown> = {}) {
  return { merchantId: null, actor: operator.name, action, object, reason: null, data };
}
