import Ajv, { ValidateFunction } from 'ajv';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Declared {
  content?: Record<string, { schema: object }>;
}
interface Document {
  paths: Record<string, Record<string, { responses: Record<string, Declared> }>>;
  components: { schemas: Record<string, Record<string, unknown>> };
}
interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  server: Server;
}

const STARTED = 'http.server.request.start';

/** Holds every answer that a service of this process gives against what its OpenAPI document declares. */
export class AnswerCheck {
  private readonly found = new Set<string>();
  private readonly look = (message: unknown) => this.watch(message as Exchange);

  private constructor(
    private readonly port: number,
    private readonly declared: DeclaredAnswers,
  ) {
    subscribe(STARTED, this.look);
  }

  /** `document` names a document other than the product's. */
  static async of(url: string, document = 'ours'): Promise<AnswerCheck> {
    return new AnswerCheck(Number(new URL(url).port), await DeclaredAnswers.of(url, document));
  }

  /** Throws where an answer was another than declared. */
  end(): void {
    unsubscribe(STARTED, this.look);
    if (this.found.size === 0) return;
    const lines = [...this.found].sort();
    throw new Error(`answers other than the OpenAPI document declares:\n${lines.slice(0, 40).join('\n')}`);
  }

  private watch({ request, response, server }: Exchange): void {
    if ((server.address() as AddressInfo | null)?.port !== this.port || request.method === 'HEAD') return;
    const chunks: Buffer[] = [];
    let type = '';
    before(response, 'writeHead', (...given) => {
      const headers = given.find((one) => typeof one === 'object') as Record<string, string> | undefined;
      type = headers?.['content-type'] ?? '';
    });
    for (const name of ['write', 'end'] as const) {
      before(response, name, (chunk) => {
        if (typeof chunk === 'string') chunks.push(Buffer.from(chunk));
        else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
      });
    }
    response.once('finish', () => {
      type ||= (response.getHeader('content-type') as string | undefined) ?? '';
      const answer = { type, body: Buffer.concat(chunks) };
      const fault = this.declared.faultOf(request, response.statusCode, answer);
      if (fault) this.found.add(fault);
    });
  }
}

/** Has `look` see the arguments of a method before the method has them. */
function before(response: ServerResponse, name: 'writeHead' | 'write' | 'end', look: (...given: unknown[]) => void) {
  const method = response[name].bind(response) as (...given: unknown[]) => never;
  response[name] = (...given: unknown[]) => {
    look(...given);
    return method(...given);
  };
}

/** A document, ready to be asked; read once, since every world has the same. */
class DeclaredAnswers {
  private static readonly known = new Map<string, Promise<DeclaredAnswers>>();
  private readonly ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
  private readonly compiled = new Map<object, ValidateFunction>();
  private readonly paths: { template: string; pattern: RegExp }[];

  private constructor(private readonly document: Document) {
    for (const schema of Object.values(document.components.schemas)) {
      // A member that the document does not know is a fault as well.
      if (schema.type === 'object') schema.additionalProperties ??= false;
    }
    this.ajv.addSchema({ $id: 'api', components: document.components });
    this.paths = Object.keys(document.paths)
      .sort((a, b) => a.split('{').length - b.split('{').length)
      .map((template) => ({ template, pattern: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`) }));
  }

  static of(url: string, name: string): Promise<DeclaredAnswers> {
    const known = this.known.get(name) ?? this.read(url);
    this.known.set(name, known);
    return known;
  }

  private static async read(url: string): Promise<DeclaredAnswers> {
    return new DeclaredAnswers((await (await fetch(`${url}/openapi.json`)).json()) as Document);
  }

  /** What is wrong with an answer, in a line; undefined for an address that the document does not know. */
  faultOf({ method = '', url = '' }: IncomingMessage, status: number, answer: { type: string; body: Buffer }) {
    const path = url.split('?')[0] as string;
    const verb = method.toLowerCase();
    const template = this.paths.find(
      ({ template, pattern }) => pattern.test(path) && this.document.paths[template]?.[verb],
    );
    if (!template) return undefined;
    const where = `${method} ${template.template} ${status}`;
    const declared = this.document.paths[template.template]?.[verb]?.responses[status];
    if (!declared) return `${where}: undocumented: ${answer.body.toString().slice(0, 300)}`;
    const type = answer.type.split(';')[0] as string;
    if (!declared.content) return answer.body.length > 0 ? `${where}: has a body, ${type}` : undefined;
    const schema = declared.content[type]?.schema;
    if (!schema) return `${where}: is ${type}, declared as ${Object.keys(declared.content).join()}`;
    if (!/json$/.test(type) || type.includes('ndjson')) return undefined;
    const validate = this.validatorOf(schema);
    if (validate(JSON.parse(answer.body.toString()))) return undefined;
    const faults = (validate.errors ?? []).slice(0, 5);
    return faults
      .map(
        ({ instancePath, message, params }) =>
          `${where}: ${instancePath.replace(/\d+/g, 'n')} ${message} ${JSON.stringify(params)}`,
      )
      .join('\n');
  }

  private validatorOf(schema: object): ValidateFunction {
    const known = this.compiled.get(schema);
    if (known) return known;
    const made = this.ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')) as object);
    this.compiled.set(schema, made);
    return made;
  }
}
