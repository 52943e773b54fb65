import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { Dispatcher, FormData, request } from 'undici';
import { ProblemBody } from '../http/problems';
import { CliError, EXIT } from './exit';

export interface Reply<T> {
  status: number;
  data: T;
}

export interface Sent {
  json?: unknown;
  ndjson?: string;
  form?: FormData;
  /** A file as it is, sent while it is read. */
  file?: { type: string; body: Readable };
  headers?: Record<string, string>;
}

/** The service at PIAOKA_URL, with the key PIAOKA_KEY (or the one in the file PIAOKA_KEY_FILE). */
export class Service {
  constructor(private readonly env: NodeJS.ProcessEnv) {}

  /** A 2xx as data; everything else ends the command. `{…}` in a path is filled in and escaped by the caller's tag. */
  async call<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, sent: Sent = {}): Promise<Reply<T>> {
    const { status, body } = await this.send(method, path, sent);
    const data = parsed(body);
    if (status >= 200 && status < 300) return { status, data: data as T };
    throw refusal(status, data as Partial<ProblemBody> | null);
  }

  /** The body as it came, for NDJSON. */
  async text(method: 'GET' | 'POST', path: string, sent: Sent = {}): Promise<string> {
    const { status, body } = await this.send(method, path, sent);
    if (status >= 200 && status < 300) return body;
    throw refusal(status, parsed(body) as Partial<ProblemBody> | null);
  }

  /** The body as it comes, for files of any size. */
  stream(path: string): Promise<Readable> {
    return this.exchange('GET', path, {}, async ({ statusCode, body }) => {
      if (statusCode >= 200 && statusCode < 300) return body;
      throw refusal(statusCode, parsed(await body.text()) as Partial<ProblemBody> | null);
    });
  }

  private send(method: string, path: string, sent: Sent) {
    return this.exchange(method, path, sent, async ({ statusCode: status, body }) => ({
      status,
      body: await body.text(),
    }));
  }

  /** What cannot be reached, or breaks off, ends the command. */
  private async exchange<T>(
    method: string,
    path: string,
    { json, ndjson, form, file, headers = {} }: Sent,
    take: (answer: Dispatcher.ResponseData) => Promise<T>,
  ): Promise<T> {
    const url = new URL(path, this.base());
    try {
      const answer = await request(url, {
        method,
        headers: {
          authorization: `Bearer ${this.key()}`,
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...(ndjson === undefined ? {} : { 'content-type': 'application/x-ndjson' }),
          ...(file === undefined ? {} : { 'content-type': file.type }),
          ...headers,
        },
        body: file?.body ?? form ?? ndjson ?? (json === undefined ? null : JSON.stringify(json)),
      });
      return await take(answer);
    } catch (error) {
      if (error instanceof CliError) throw error;
      const why = (error as { code?: string }).code ?? (error as Error).message;
      throw new CliError(
        EXIT.unreachable,
        `无法连接 ${url.origin}：${why}。Cannot reach ${url.origin}: ${why}. (PIAOKA_URL)`,
      );
    }
  }

  private base(): string {
    const url = this.env.PIAOKA_URL || 'http://127.0.0.1:3000';
    if (URL.canParse(url) && /^https?:/.test(url)) return url;
    throw new CliError(EXIT.usage, 'PIAOKA_URL 不是 http(s) 网址。PIAOKA_URL is no http(s) address.');
  }

  private key(): string {
    const { PIAOKA_KEY: key, PIAOKA_KEY_FILE: file } = this.env;
    if (key) return key.trim();
    if (file) {
      try {
        return readFileSync(file, 'utf8').trim();
      } catch {
        throw new CliError(EXIT.usage, `无法读取 PIAOKA_KEY_FILE。The file of PIAOKA_KEY_FILE cannot be read.`);
      }
    }
    throw new CliError(EXIT.usage, '请设置 PIAOKA_KEY 或 PIAOKA_KEY_FILE。Set PIAOKA_KEY or PIAOKA_KEY_FILE.');
  }
}

/** A path whose parts from outside are escaped: path`/v1/orders/${id}`. */
export function path(parts: TemplateStringsArray, ...values: string[]): string {
  return parts.map((part, i) => part + (i < values.length ? encodeURIComponent(values[i] as string) : '')).join('');
}

/** `?a=b` of what is given; nothing when nothing is. */
export function query(values: Record<string, string | undefined>): string {
  const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length > 0 ? `?${new URLSearchParams(given).toString()}` : '';
}

function parsed(body: string): unknown {
  if (body === '') return null;
  try {
    return JSON.parse(body);
  } catch {
    return { detail: body.slice(0, 200) };
  }
}

function refusal(status: number, problem: Partial<ProblemBody> | null): CliError {
  const exit =
    status === 401 || status === 403 ? EXIT.forbidden : status === 429 || status >= 500 ? EXIT.unreachable : EXIT.no;
  const { code = '', title = '', title_en = '', detail = '', errors = [] } = problem ?? {};
  const lines = [
    `${status} ${code} ${title} ${title_en}`.trim(),
    ...(detail ? [detail] : []),
    ...errors.map((e) => `  ${e.pointer} ${e.code}\n    ${e.message}\n    ${e.message_en}`),
  ];
  return new CliError(exit, lines.join('\n'), problem ?? { status });
}
