import { OpenAPIObject } from '@nestjs/swagger';
import { SAMPLES } from './api-samples';

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  maxLength?: number;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  example?: unknown;
}
interface Content {
  schema?: Schema;
  example?: unknown;
}
interface Operation {
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, { content?: Record<string, Content> }>;
}

const DEEPEST = 6;

/** The document with an example beside every JSON body, put together from `SAMPLES` by the names of its members. */
export function withExamples(document: OpenAPIObject): OpenAPIObject {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path) as Operation[]);
  for (const { requestBody, responses } of operations) {
    const bodies = [requestBody, ...Object.values(responses)];
    for (const content of bodies.map((body) => body?.content?.['application/json'])) {
      if (content?.schema) content.example = exampleOf(content.schema, '', schemas);
    }
  }
  return document;
}

function exampleOf(schema: Schema, name: string, schemas: Record<string, Schema>, depth = 0): unknown {
  if (schema.$ref) return exampleOf(schemas[schema.$ref.split('/').at(-1) as string] ?? {}, name, schemas, depth);
  if (schema.example !== undefined) return schema.example;
  const choice = (schema.allOf ?? schema.oneOf ?? schema.anyOf)?.[0];
  if (choice) return exampleOf(choice, name, schemas, depth);
  const types = [schema.type ?? []].flat();
  const sample = SAMPLES[name];
  if (sample !== undefined && fits(sample, types, schema)) return sample;
  if (schema.enum) return schema.enum[0];
  switch (types[0]) {
    case 'object':
      return objectOf(schema, schemas, depth);
    case 'array':
      return schema.items && depth < DEEPEST ? [exampleOf(schema.items, singular(name), schemas, depth + 1)] : [];
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    default:
      return types.includes('null') ? null : textOf(name);
  }
}

/** What is required, what is optional and has a sample, and the lines of an invoice. */
function objectOf({ properties = {}, required = [] }: Schema, schemas: Record<string, Schema>, depth: number): object {
  if (depth > DEEPEST) return {};
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => required.includes(name) || name in SAMPLES || name === 'items')
      .map(([name, schema]) => [name, exampleOf(schema, name, schemas, depth + 1)]),
  );
}

function fits(sample: unknown, types: string[], schema: Schema): boolean {
  if (schema.enum) return schema.enum.includes(sample);
  if (typeof sample === 'string' && sample.length > (schema.maxLength ?? Infinity)) return false;
  const type = Array.isArray(sample) ? 'array' : typeof sample;
  return types.includes(type) || (type === 'number' && types.includes('integer'));
}

function singular(name: string): string {
  return name.replace(/s$/, '');
}

function textOf(name: string): string {
  return /_(at|from|to)$/.test(name) ? '2026-11-20T10:00:00+08:00' : '…';
}
