import { subscribe } from 'node:diagnostics_channel';
import { Dispatcher, Pool } from 'undici';
import { failpoint } from '../failpoints';
import { Metrics } from '../metrics';
import { Answer, readAnswer } from './answer';
import { parseLossless } from './lossless';
import { DispatchOptions, notTooLate, TOO_LATE } from './send-before';

export interface Call {
  method: 'GET' | 'POST';
  /** WeChat's path, e.g. /card/invoice/insert. */
  path: string;
  query?: Record<string, string>;
  contentType?: string;
  /** One whole buffer: the length is known and nothing is sent in chunks, which setpdf refuses. */
  body?: Buffer;
  /** The field by which a success is known where errcode may be left out. */
  successField: string | null;
  timeoutMs: number;
  /** Monotonic milliseconds (`performance.now()`) after which not a byte may be written; absent: the deadline. */
  sendBefore?: number;
}

/** getinvoicebatch answers up to a hundred invoices with all their lines. */
const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

/**
 * Bodies whose request head undici has written to a socket. It is the proof whether a failed call can have been
 * executed: a body that is not in here never left this process.
 */
const written = new WeakSet<object>();
subscribe('undici:client:sendHeaders', (message) => {
  const { body } = (message as { request: { body: unknown } }).request;
  if (typeof body === 'object' && body !== null) written.add(body);
});

/** HTTP to one WeChat-compatible server: one deadline a call, no redirect, no retry, one answer. */
export class Transport {
  private readonly pool: Dispatcher;
  private readonly prefix: string;

  constructor(
    baseUrl: string,
    connections: number,
    private readonly metrics: Metrics,
  ) {
    const { origin, pathname } = new URL(baseUrl);
    this.prefix = pathname.replace(/\/+$/, '');
    this.pool = new Pool(origin, {
      connections,
      pipelining: 1,
      connect: { timeout: 5000 },
      // The deadline of the whole call is ours, below.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: MAX_ANSWER_BYTES,
    }).compose(notTooLate);
  }

  async call(call: Call): Promise<Answer> {
    const api = call.path.slice(call.path.lastIndexOf('/') + 1);
    const end = this.metrics.wechatSeconds.startTimer({ api });
    await failpoint(`${api}.unsent`);
    const answer = await this.request(call);
    await failpoint(`${api}.answered`);
    end();
    const errcode = answer.kind === 'answered' ? String(answer.errcode) : answer.kind;
    if (errcode !== '0') this.metrics.wechatErrors.inc({ api, errcode });
    return answer;
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private async request(call: Call): Promise<Answer> {
    const deadline = new AbortController();
    const latest = performance.now() + call.timeoutMs;
    const timer = setTimeout(() => deadline.abort(new Error('deadline')), call.timeoutMs);
    try {
      const options: DispatchOptions = {
        sendBefore: Math.min(latest, call.sendBefore ?? Infinity),
        method: call.method,
        path: this.prefix + call.path + (call.query ? `?${new URLSearchParams(call.query).toString()}` : ''),
        headers: call.contentType ? { 'content-type': call.contentType } : {},
        body: call.body ?? null,
        signal: deadline.signal,
      };
      const { statusCode, body } = await this.pool.request(options);
      return readAnswer(statusCode, await body.text(), call.successField, parseLossless);
    } catch (error) {
      const reason = reasonOf(error);
      return { kind: 'no_answer', sent: reason !== TOO_LATE && mayHaveBeenSent(call), reason };
    } finally {
      clearTimeout(timer);
    }
  }
}

function mayHaveBeenSent({ body }: Call): boolean {
  return body === undefined || written.has(body);
}

/** A short word for the ledger; never the message, which may hold the URL and with it the token. */
function reasonOf(error: unknown): string {
  const { code, name, message } = error as { code?: string; name?: string; message?: string };
  if (message === 'deadline') return 'timeout';
  if (message === TOO_LATE) return TOO_LATE;
  return (code ?? name ?? 'error').toLowerCase().replace(/^und_err_/, '');
}
