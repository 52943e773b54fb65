import { createHash } from 'node:crypto';
import { Fault, fault } from '../domain/fault';
import { RequestBody } from '../http/body-parser';
import { ByteLine, byteLines } from '../http/byte-lines';
import { SchemaChecks } from '../http/schema-check';
import { parseStrictJson } from '../http/strict-json';
import { Columns, readColumns, readRow, Told } from './statement-csv';
import { StatementEntry } from './statements.api';

const MAX_LINE_BYTES = 4096;
const MAX_BYTES = 512 * 1024 * 1024;
const MAX_LINES = 2_000_000;
/** Enough to see what is wrong; a file of the wrong kind is not read to its end. */
const MAX_FAULTS = 100;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

export type StatementBody = Extract<RequestBody, { kind: 'csv' | 'ndjson' }>;

/** `line` counts the file's lines from 1, as an editor shows them. */
export interface ReadEntry extends StatementEntry {
  line: number;
}

/** A merchant's statement as it arrives, entry by entry. What is wrong is collected, each fault with its line. */
export class StatementReader {
  readonly faults: Fault[] = [];
  tooLarge = false;
  private columns: Columns | null = null;
  private readonly hash = createHash('sha256');

  constructor(
    private readonly body: StatementBody,
    private readonly checks: SchemaChecks,
  ) {}

  /** Of all bytes, once they are read. */
  sha256(): Buffer {
    return this.hash.digest();
  }

  async *read(): AsyncGenerator<ReadEntry> {
    let line = 0;
    const { hold } = this.body;
    for await (const bytes of byteLines(this.hashed(), { maxLineBytes: MAX_LINE_BYTES, maxBytes: MAX_BYTES, hold })) {
      if (typeof bytes !== 'string') hold.give(bytes.length);
      line += 1;
      this.tooLarge = bytes === 'too_much' || line > MAX_LINES;
      if (this.tooLarge || this.faults.length >= MAX_FAULTS) return;
      const entry = this.entryOf(bytes, line);
      if (entry) yield { ...entry, line };
      // Without its columns no further line can be read.
      if (this.body.kind === 'csv' && !this.columns && this.faults.length > 0) return;
    }
    if (line === 0 || (this.body.kind === 'csv' && !this.columns)) {
      this.faults.push(fault('JSON-EMPTY', '', '请求体为空。', 'The body is empty.'));
    }
  }

  say(line: number, { code, pointer, message, messageEn }: Fault): void {
    this.faults.push(fault(code, `/${line}${pointer}`, `第 ${line} 行：${message}`, `Line ${line}: ${messageEn}`));
  }

  private async *hashed(): AsyncGenerator<Buffer> {
    for await (const chunk of this.body.stream as AsyncIterable<Buffer>) {
      this.hash.update(chunk);
      yield chunk;
    }
  }

  /** Null: there is none, or it has faults. */
  private entryOf(bytes: ByteLine, line: number): StatementEntry | null {
    const { value, faults } = this.told(bytes);
    const found = faults.length > 0 || value === null ? faults : this.checks.faults(StatementEntry.name, value);
    for (const one of found) this.say(line, one);
    return found.length > 0 ? null : (value as StatementEntry | null);
  }

  private told(bytes: ByteLine): Told {
    const text = textOf(bytes);
    if (typeof text !== 'string') return { value: null, faults: [text] };
    if (text.trim() === '') return { value: null, faults: [] };
    if (this.body.kind === 'ndjson') {
      const parsed = parseStrictJson(text);
      return 'faults' in parsed ? { value: null, faults: parsed.faults } : { value: parsed.value ?? false, faults: [] };
    }
    if (this.columns) return readRow(text, this.columns);
    const columns = readColumns(text);
    if ('faults' in columns) return { value: null, faults: columns.faults };
    this.columns = columns.names;
    return { value: null, faults: [] };
  }
}

function textOf(bytes: ByteLine): string | Fault {
  if (typeof bytes === 'string') {
    const [zh, en] = [`一行最多 ${MAX_LINE_BYTES} 字节。`, `A line has at most ${MAX_LINE_BYTES} bytes.`];
    return fault('LINE-LENGTH', '', zh, en);
  }
  try {
    return UTF8.decode(bytes).replace(/\r$/, '');
  } catch {
    return fault(
      'JSON-ENCODING',
      '',
      '不是 UTF-8，请另存为“CSV UTF-8”。',
      'This is not UTF-8; save it as “CSV UTF-8”.',
    );
  }
}
