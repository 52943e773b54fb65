/** What is remembered of an upload: never its bytes. */
export interface UploadRecord {
  sha256: string;
  size: number;
  filename: string;
  headers: Record<string, string>;
}

/** One request that reached the sandbox, and what came of it. */
export interface RequestRecord {
  n: number;
  /** Sandbox clock, milliseconds. */
  at: number;
  method: string;
  path: string;
  query?: Record<string, string>;
  appid?: string;
  order_id?: string;
  /** `stable#3`, `plain#1`, `unknown`; absent when none came: never the token itself. */
  token?: string;
  /** The JSON text received, secrets struck out; dropped when old. */
  body?: string;
  upload?: UploadRecord;
  /** The HTTP status, where it was refused before WeChat proper. */
  status?: number;
  /** What processing decided; absent when a fault kept the request from being processed. */
  decided?: number;
  /** What the caller was told; absent when nothing readable was sent. */
  errcode?: number;
  /** The fault mode applied. */
  fault?: string;
}

/** Every request received, in memory: at most `maxRequests`, with the bodies of the newest `maxBodyBytes`. */
export class Ledger {
  private requests: RequestRecord[] = [];
  private counter = 0;
  private bodyBytes = 0;
  private bodiesFrom = 0;

  constructor(
    private readonly maxRequests: number,
    private readonly maxBodyBytes: number,
  ) {}

  open(at: number, method: string, path: string): RequestRecord {
    this.counter += 1;
    const record: RequestRecord = { n: this.counter, at, method, path };
    this.requests.push(record);
    if (this.requests.length > this.maxRequests) this.forgetOldest();
    return record;
  }

  keepBody(record: RequestRecord, body: string): void {
    record.body = body;
    this.bodyBytes += body.length;
    while (this.bodyBytes > this.maxBodyBytes && this.bodiesFrom < this.requests.length) {
      const oldest = this.requests[this.bodiesFrom];
      this.bodyBytes -= oldest?.body?.length ?? 0;
      if (oldest) delete oldest.body;
      this.bodiesFrom += 1;
    }
  }

  get received(): number {
    return this.counter;
  }

  *since(after: number): Generator<RequestRecord> {
    const first = this.requests[0]?.n ?? 1;
    for (let i = Math.max(0, after - first + 1); i < this.requests.length; i += 1) {
      const record = this.requests[i];
      if (record) yield record;
    }
  }

  newest(count: number): RequestRecord[] {
    return this.requests.slice(-count).reverse();
  }

  reset(): void {
    this.requests = [];
    this.counter = this.bodyBytes = this.bodiesFrom = 0;
  }

  private forgetOldest(): void {
    const forgotten = this.requests.splice(0, Math.ceil(this.maxRequests / 10));
    for (const record of forgotten) this.bodyBytes -= record.body?.length ?? 0;
    this.bodiesFrom = Math.max(0, this.bodiesFrom - forgotten.length);
  }
}

/** The record as `GET /ledger` shows it. */
export function shownRequest(record: RequestRecord): Record<string, unknown> {
  const { at, body, decided, errcode, fault, ...rest } = record;
  return {
    ...rest,
    at: new Date(at).toISOString(),
    body: body === undefined ? null : parsed(body),
    decided: decided ?? null,
    errcode: errcode ?? null,
    fault: fault ?? null,
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
