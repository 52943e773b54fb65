import Ajv from 'ajv';
import { createServer, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { patternInWords } from '../../src/http/patterns';
import { AnswerCheck } from '../support/answers';
import { filesBelow, read } from '../house/repository';
import { Json, World } from '../support/world';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

describe('the OpenAPI document', () => {
  let world: World;
  let document: Json;
  let operations: { name: string; operation: Json }[];

  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api' } });
    document = (await world.get('/openapi.json').expect(200)).body as Json;
    operations = Object.entries(document.paths as Record<string, Json>).flatMap(([path, item]) =>
      METHODS.filter((method) => item[method]).map((method) => ({
        name: `${method.toUpperCase()} ${path}`,
        operation: item[method] as Json,
      })),
    );
    expect(operations.length).toBeGreaterThan(90);
  });
  afterAll(() => world.end());

  it('has words for every pattern: what a user reads is no expression', () => {
    const patterns = new Set<string>();
    visit(document.components.schemas as Json, (node) => {
      if (typeof node.pattern === 'string') patterns.add(node.pattern);
    });
    expect(patterns.size).toBeGreaterThan(8);
    expect([...patterns].filter((source) => patternInWords(source) === null)).toEqual([]);
  });

  it('is 3.1 throughout: null is a type, and every reference leads somewhere', () => {
    expect(document.openapi).toBe('3.1.0');
    const faults: string[] = [];
    visit(document, (node, path) => {
      if (typeof node.nullable === 'boolean') faults.push(`${path}: nullable`);
      if (typeof node.exclusiveMinimum === 'boolean') faults.push(`${path}: exclusiveMinimum`);
      if (Array.isArray(node.enum) && new Set(node.enum).size < node.enum.length) faults.push(`${path}: enum`);
      if (typeof node.$ref === 'string' && !leadsSomewhere(document, node.$ref)) faults.push(`${path}: ${node.$ref}`);
    });
    expect(faults).toEqual([]);
    expect(document.components.schemas.OrderPage.properties.next_cursor).toEqual({ type: ['string', 'null'] });
    expect(document.components.schemas.JobView.properties.last_run.anyOf).toEqual([
      { $ref: '#/components/schemas/JobRunView' },
      { type: 'null' },
    ]);
  });

  it('gives every error a schema, and every operation the errors that any of its kind can answer', () => {
    const faults = operations.flatMap(({ name, operation }) => {
      const responses = operation.responses as Record<string, Json>;
      const wanted = ['500', '503', ...(operation.security ? ['401', '403', '429'] : [])];
      if (operation.requestBody) wanted.push('400', '413', '415', '422');
      if (name.includes('{')) wanted.push('404');
      return [
        ...wanted.filter((status) => !responses[status]).map((status) => `${name} ${status}: undocumented`),
        ...Object.entries(responses)
          .filter(([status, { content }]) => Number(status) >= 400 && !content?.['application/problem+json']?.schema)
          .map(([status]) => `${name} ${status}: no schema`),
        ...Object.entries(responses)
          .filter(([status, { description }]) => Number(status) >= 400 && !description)
          .map(([status]) => `${name} ${status}: no description`),
      ];
    });
    expect(faults).toEqual([]);
  });

  it('shows an example beside every JSON body, and each example fits its schema', () => {
    const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'api', components: document.components as object });
    const faults: string[] = [];
    for (const { name, operation } of operations) {
      for (const body of [operation.requestBody, ...Object.values(operation.responses as Json)] as Json[]) {
        const content = body?.content?.['application/json'] as Json | undefined;
        if (!content || name.endsWith('/files/{name}')) continue;
        const schema = JSON.parse(JSON.stringify(content.schema).replaceAll('"#/', '"api#/')) as object;
        if (!ajv.validate(schema, content.example)) faults.push(`${name}: ${ajv.errorsText()}`);
      }
    }
    expect(faults).toEqual([]);
  });

  it('shows an invoice that is valid as it stands', async () => {
    const example = document.paths['/v1/invoices/check'].post.requestBody.content['application/json'].example as Json;
    const { invoice, appid } = example;
    const answer = await world.post('/v1/invoices/check', { invoice, appid }).expect(200);
    expect(answer.body).toMatchObject({ valid: true });
  });

  it('describes a key, not a token of another kind, and headers that may be left out', () => {
    expect(document.components.securitySchemes.bearer).not.toHaveProperty('bearerFormat');
    const headers = operations.flatMap(({ name, operation }) =>
      ((operation.parameters ?? []) as Json[])
        .filter((parameter) => parameter.in === 'header')
        .map((parameter) => `${name} ${String(parameter.name).toLowerCase()} ${String(parameter.required)}`),
    );
    expect(headers.filter((line) => line.endsWith('true'))).toEqual([]);
    expect(new Set(headers).size).toBe(headers.length);
    expect(headers.some((line) => line.includes('if-match'))).toBe(true);
  });

  it('names the types of a report’s files', () => {
    const { get } = document.paths['/v1/admin/reports/{id}/files/{name}'] as Json;
    expect(Object.keys(get.responses['200'].content as object)).toEqual([
      'application/json',
      'text/csv',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'text/plain',
    ]);
  });
});

test('each class of the API has a name of its own: of two alike, one would be documented as the other', () => {
  const twice = (files: [string, string][]) => {
    const homes = new Map<string, string[]>();
    for (const [file, text] of files) {
      for (const [, name = ''] of text.matchAll(/^(?:export )?(?:abstract )?class (\w+)/gm)) {
        homes.set(name, [...(homes.get(name) ?? []), file]);
      }
    }
    return [...homes].filter(([, files]) => files.length > 1).map(([name, files]) => `${name}: ${files.join()}`);
  };
  expect(
    twice([
      ['a.api.ts', 'export class A {}'],
      ['b.api.ts', 'class A extends B {}'],
    ]),
  ).toEqual(['A: a.api.ts,b.api.ts']);
  const files = filesBelow('src', /\.api\.ts$/);
  expect(files.length).toBeGreaterThan(20);
  expect(twice(files.map((file) => [file, read(file)]))).toEqual([]);
});

describe('every answer that a test sees is held against the document', () => {
  let server: Server;
  let url: string;
  let check: AnswerCheck;
  let next: { status: number; type: string; body: string };

  const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
  const answers = {
    '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/A' } } } },
    '204': {},
  };
  const made = { paths: { '/v1/a/{id}': { get: { responses: answers } } }, components: { schemas: { A: schema } } };

  beforeEach(async () => {
    server = createServer(({ url }, response) => {
      const { status, type, body } =
        url === '/openapi.json' ? { status: 200, type: 'application/json', body: JSON.stringify(made) } : next;
      response.writeHead(status, { 'content-type': type });
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    check = await AnswerCheck.of(url, 'another document');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each([
    ['as declared', 200, 'application/json', '{"n":1}', null],
    ['nothing, as declared', 204, '', '', null],
    ['another status', 418, 'application/json', '{}', 'GET /v1/a/{id} 418: undocumented: {}'],
    ['another type', 200, 'text/plain', 'x', 'GET /v1/a/{id} 200: is text/plain, declared as application/json'],
    ['a body of another shape', 200, 'application/json', '{"n":"1"}', 'GET /v1/a/{id} 200: /n must be integer'],
    ['a member that is not declared', 200, 'application/json', '{"n":1,"m":2}', 'must NOT have additional properties'],
  ])('%s', async (_name, status, type, body, fault) => {
    next = { status, type, body };
    await (await fetch(`${url}/v1/a/7?x=1`)).arrayBuffer();
    if (fault === null) check.end();
    else expect(() => check.end()).toThrow(fault);
  });
});

function visit(node: unknown, look: (node: Json, path: string) => void, path = ''): void {
  if (typeof node !== 'object' || node === null) return;
  look(node, path);
  for (const [name, member] of Object.entries(node)) visit(member, look, `${path}/${name}`);
}

function leadsSomewhere(document: Json, reference: string): boolean {
  const found = reference
    .split('/')
    .slice(1)
    .reduce<Json | undefined>((node, name) => node?.[name] as Json | undefined, document);
  return found !== undefined;
}
