import { applyDecorators, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { FastifyRequest } from 'fastify';
import { RequestBody } from './body-parser';

type Kind = RequestBody['kind'];

const TYPES: Record<Exclude<Kind, 'raw'>, string> = {
  json: 'application/json',
  form: 'multipart/form-data',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
};

export interface Taken {
  kinds: readonly Kind[];
  /** How many files of an invoice it may carry, in base64 where it is JSON. */
  files?: number;
}

export const TAKEN = 'piaoka:body';

/** The bodies that a route takes; without it JSON that carries no file. Whoever sends another type is told these. */
export function TakesBody(taken: Taken): MethodDecorator {
  const takes = taken.kinds.flatMap((kind) => (kind === 'raw' ? [] : [TYPES[kind]]));
  return applyDecorators(SetMetadata(TAKEN, taken), RouteConfig({ takes }));
}

export function typesTaken({ routeOptions }: FastifyRequest): string[] {
  return (routeOptions.config as { takes?: string[] } | undefined)?.takes ?? [TYPES.json];
}
