import { TextDecoder } from 'node:util';
import { Fault, fault } from '../domain/fault';

/**
 * How a statement's bytes are text. Spreadsheets write UTF-8, GBK (the default of a Chinese Windows; GB 18030 holds it) or
 * UTF-16. The first line that is not ASCII decides between the first two, for the whole file.
 */
export class StatementText {
  private readonly utf8 = new TextDecoder('utf-8', { fatal: true });
  private readonly gbk = new TextDecoder('gb18030', { fatal: true });
  private decided: TextDecoder | null = null;

  /** `mayBeGbk`: JSON is UTF-8 always (RFC 8259 §8.1). */
  constructor(private readonly mayBeGbk: boolean) {}

  /** The ways to read a line, the likeliest first; a line that nobody can read is a fault. */
  readings(line: Buffer): string[] | Fault {
    const decoders = this.decided ? [this.decided] : this.mayBeGbk ? [this.utf8, this.gbk] : [this.utf8];
    const texts = decoders.flatMap((decoder) => {
      const text = decoded(decoder, line);
      return text === null ? [] : [text];
    });
    return texts.length > 0 ? texts : this.unreadable();
  }

  /** The line was read in this way: later ones are, too, unless it could have been either. */
  settle(line: Buffer, text: string): void {
    if (this.decided || line.every((byte) => byte < 0x80)) return;
    this.decided = decoded(this.utf8, line) === text ? this.utf8 : this.gbk;
  }

  private unreadable(): Fault {
    const [zh, en] = this.mayBeGbk
      ? [
          '不是 UTF-8、GBK 或 UTF-16，或混用了几种编码；请另存为“CSV UTF-8”。',
          'This is neither UTF-8 nor GBK nor UTF-16, or several of them at once; save it as “CSV UTF-8”.',
        ]
      : ['不是 UTF-8。', 'This is not UTF-8.'];
    return fault('JSON-ENCODING', '', zh, en);
  }
}

function decoded(decoder: TextDecoder, line: Buffer): string | null {
  try {
    return decoder.decode(line).replace(/\r$/, '');
  } catch {
    return null;
  }
}

/** Enough to have a comma, a tab or a line's end among them. */
const FIRST_BYTES = 256;

/** UTF-16 as UTF-8; everything else as it is. */
export async function* utf16AsUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first: Buffer | null = Buffer.alloc(0);
  let decoder: TextDecoder | null = null;
  const begin = (bytes: Buffer) => {
    decoder = utf16DecoderOf(bytes);
    first = null;
    return bytes;
  };
  const read = (bytes: Buffer) => (decoder ? Buffer.from(decoder.decode(bytes, { stream: true })) : bytes);
  for await (const chunk of chunks) {
    if (first) first = Buffer.concat([first, chunk]);
    if (first && first.length < FIRST_BYTES) continue;
    yield read(first ? begin(first) : chunk);
  }
  if (first) yield read(begin(first));
}

/** Told by its byte order mark, or by the zeros that no other text has: of each ASCII letter's two bytes one. */
function utf16DecoderOf(bytes: Buffer): TextDecoder | null {
  const mark = bytes.subarray(0, 2).toString('hex');
  const zero = bytes.subarray(0, FIRST_BYTES).indexOf(0);
  if (mark === 'fffe' || (zero > 0 && zero % 2 === 1)) return new TextDecoder('utf-16le');
  if (mark === 'feff' || zero >= 0) return new TextDecoder('utf-16be');
  return null;
}
