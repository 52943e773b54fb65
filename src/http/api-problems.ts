import { getSchemaPath, OpenAPIObject } from '@nestjs/swagger';
import { ProblemAnswer } from './problem.api';
import { Problem, ProblemCode, PROBLEMS } from './problems';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Answers = Operation['responses'];
interface Parameter {
  in?: string;
  name?: string;
}

/** What any operation may answer, by what it takes; a controller names only what is its own. */
const ALWAYS = { 500: 'internal', 503: 'unavailable or sealing_key_missing: send it again after Retry-After' };
const WITH_KEY = {
  401: 'unauthorized: no valid key',
  403: 'forbidden: the key lacks the scope or role',
  429: 'too_many_requests, rate_limited, too_many_wrong_keys: send it again after Retry-After',
};
const WITH_BODY = {
  400: 'malformed_json, malformed_form or, with Idempotency-Key, idempotency_key_invalid',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  422: 'invalid_request: every fault by JSON pointer',
};
const WITH_QUERY = { 422: 'invalid_query: every fault by the name of its parameter' };
const WITH_PATH = { 400: 'malformed_json, also for an address that cannot be decoded', 404: 'not_found' };
const WITH_APPID = { 409: 'appid_required: the order_id is used under several appids' };
const WITH_CHANGE = { 409: 'what is there stands against it; `code` says what' };
const WITH_IDEMPOTENCY_KEY = { 400: 'idempotency_key_invalid' };

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The document with every problem that can be answered: its schema, and an example of each code. */
export function withProblems(document: OpenAPIObject): OpenAPIObject {
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method];
      if (operation) operation.responses = answersOf(operation, method);
    }
  }
  const examples = Object.fromEntries(
    (Object.keys(PROBLEMS) as ProblemCode[]).map((code) => [
      code,
      { summary: PROBLEMS[code][2], value: new Problem(code).body('0195f3a0-6d1e-7c55-9a52-3f2b8f0f6c11') },
    ]),
  );
  return { ...document, components: { ...document.components, examples } };
}

function answersOf(operation: Operation, method: string): Answers {
  const common = commonAnswers(operation, method);
  const own = operation.responses as Record<string, { description?: string; content?: object; headers?: object }>;
  const statuses = [...new Set([...Object.keys(own), ...Object.keys(common)])].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const answer = { ...own[status], description: own[status]?.description || (common[status] ?? '') };
      return [status, Number(status) < 400 || answer.content ? answer : asProblem(answer, status)];
    }),
  ) as Answers;
}

function commonAnswers(operation: Operation, method: string): Record<string, string> {
  const parameters = (operation.parameters ?? []) as Parameter[];
  const takes = (place: string) => parameters.some((parameter) => parameter.in === place);
  const named = (name: string) => parameters.some((parameter) => parameter.name?.toLowerCase() === name);
  return {
    ...ALWAYS,
    ...(operation.security ? WITH_KEY : {}),
    ...(takes('path') ? WITH_PATH : {}),
    ...(takes('path') && named('appid') ? WITH_APPID : {}),
    ...(['post', 'put', 'patch'].includes(method) ? WITH_CHANGE : {}),
    ...(named('idempotency-key') ? WITH_IDEMPOTENCY_KEY : {}),
    ...(method === 'get' || takes('query') ? WITH_QUERY : {}),
    ...(operation.requestBody ? WITH_BODY : {}),
  };
}

function asProblem(answer: { description: string; headers?: object }, status: string) {
  const waits = status === '429' || status === '503';
  const codes = (answer.description.match(/\w+/g) ?? []).filter((word) => word in PROBLEMS);
  const examples = codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]);
  return {
    ...answer,
    ...(waits ? { headers: { 'Retry-After': { description: 'seconds', schema: { type: 'integer' } } } } : {}),
    content: {
      'application/problem+json': {
        schema: { $ref: getSchemaPath(ProblemAnswer) },
        ...(examples.length > 0 ? { examples: Object.fromEntries(examples) as object } : {}),
      },
    },
  };
}
