import { createHash } from 'node:crypto';
import { Fault, fault } from '../domain/fault';
import { RequestBody } from '../http/body-parser';
import { ByteLine, byteLines } from '../http/byte-lines';
import { SchemaChecks } from '../http/schema-check';
import { parseStrictJson } from '../http/strict-json';
import { Columns, namesIn, readColumns } from './statement-columns';
import { readRow, Told } from './statement-csv';
import { StatementText, utf16AsUtf8 } from './statement-text';
import { StatementEntry } from './statements.api';

const MAX_LINE_BYTES = 4096;
const MAX_BYTES = 512 * 1024 * 1024;
const MAX_LINES = 2_000_000;
/** Enough to see what is wrong; a file of the wrong kind is not read to its end. */
const MAX_FAULTS = 100;

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
  private readonly text: StatementText;
  private readonly hash = createHash('sha256');

  constructor(
    private readonly body: StatementBody,
    private readonly checks: SchemaChecks,
  ) {
    this.text = new StatementText(body.kind === 'csv');
  }

  get kind(): StatementBody['kind'] {
    return this.body.kind;
  }

  /** Columns of a CSV that nothing was read from. */
  get ignored(): string[] {
    return this.columns?.ignored ?? [];
  }

  /** Of all bytes, once they are read. */
  sha256(): Buffer {
    return this.hash.digest();
  }

  async *read(): AsyncGenerator<ReadEntry> {
    let line = 0;
    const { hold } = this.body;
    for await (const bytes of byteLines(this.lines(), { maxLineBytes: MAX_LINE_BYTES, maxBytes: MAX_BYTES, hold })) {
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

  private lines(): AsyncIterable<Buffer> {
    return this.body.kind === 'csv' ? utf16AsUtf8(this.hashed()) : this.hashed();
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
    if (typeof bytes === 'string') return { value: null, faults: [tooLong()] };
    const readings = this.text.readings(bytes);
    if (!Array.isArray(readings)) return { value: null, faults: [readings] };
    const [text = ''] = readings;
    if (text.trim() === '') return { value: null, faults: [] };
    if (this.body.kind === 'csv')
      return this.columns ? this.row(bytes, text, this.columns) : this.head(bytes, readings);
    const parsed = parseStrictJson(text);
    return 'faults' in parsed ? { value: null, faults: parsed.faults } : { value: parsed.value ?? false, faults: [] };
  }

  /** Of two ways to read the first line that one is right in which it has our names. */
  private head(bytes: Buffer, readings: string[]): Told {
    const text = readings.reduce((best, one) => (namesIn(one) > namesIn(best) ? one : best));
    const columns = readColumns(text);
    if ('faults' in columns) return { value: null, faults: columns.faults };
    this.text.settle(bytes, text);
    this.columns = columns;
    return { value: null, faults: [] };
  }

  private row(bytes: Buffer, text: string, columns: Columns): Told {
    this.text.settle(bytes, text);
    return readRow(text, columns);
  }
}

function tooLong(): Fault {
  const [zh, en] = [`一行最多 ${MAX_LINE_BYTES} 字节。`, `A line has at most ${MAX_LINE_BYTES} bytes.`];
  return fault('LINE-LENGTH', '', zh, en);
}
