const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * Cuts a connection's bytes into requests with Content-Length bodies. A body stays the pieces it came in: most are PDFs
 * that nobody looks at.
 */
export class RequestReader {
  private head: Buffer = Buffer.alloc(0);
  private path = '';
  private body: Buffer[] = [];
  /** Bytes of the body still to come; null between requests. */
  private missing: number | null = null;

  constructor(private readonly onRequest: (path: string, body: Buffer[]) => void) {}

  take(chunk: Buffer): void {
    for (let rest = chunk; rest.length > 0;) {
      const next = this.missing === null ? this.takeHead(rest) : this.takeBody(rest, this.missing);
      if (this.missing === 0) {
        const body = this.body;
        this.body = [];
        this.missing = null;
        this.onRequest(this.path, body);
      }
      rest = next;
    }
  }

  private takeHead(chunk: Buffer): Buffer {
    const bytes = this.head.length > 0 ? Buffer.concat([this.head, chunk]) : chunk;
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) {
      this.head = bytes;
      return Buffer.alloc(0);
    }
    this.head = Buffer.alloc(0);
    const text = bytes.toString('latin1', 0, end);
    this.path = text.slice(text.indexOf(' ') + 1, text.indexOf(' ', text.indexOf(' ') + 1));
    if (/\r\ntransfer-encoding:/i.test(text)) throw new Error('a body in chunks: WeChat would refuse it');
    this.missing = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0);
    return bytes.subarray(end + HEAD_END.length);
  }

  private takeBody(chunk: Buffer, missing: number): Buffer {
    const piece = chunk.subarray(0, missing);
    this.body.push(piece);
    this.missing = missing - piece.length;
    return chunk.subarray(piece.length);
  }
}
