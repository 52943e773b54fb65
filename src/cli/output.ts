import { SingleBar } from 'cli-progress';
import { Writable } from 'node:stream';
import widthOf from 'string-width';

/** Where a command writes. A bar is drawn where `isTTY` is true. */
export interface Terminal {
  stdout: Writable;
  stderr: Writable & { isTTY?: boolean };
}

/** What a command says: data on stdout, everything for people's eyes alone on stderr. With `--json` stdout is JSON only. */
export class Output {
  constructor(
    readonly json: boolean,
    private readonly terminal: Terminal,
  ) {}

  /** The result: `data` with --json, else `lines`. */
  result(data: unknown, lines: string[]): void {
    const text = this.json ? `${JSON.stringify(data, null, 2)}\n` : lines.map((line) => `${line}\n`).join('');
    this.terminal.stdout.write(text);
  }

  /** A result that comes in parts: NDJSON with --json, else a line. */
  part(data: unknown, line: string): void {
    this.terminal.stdout.write(`${this.json ? JSON.stringify(data) : line}\n`);
  }

  /** A page of a longer result: NDJSON with --json, else its lines. */
  rows(data: unknown[], lines: string[]): void {
    for (const line of this.json ? data.map((one) => JSON.stringify(one)) : lines)
      this.terminal.stdout.write(`${line}\n`);
  }

  note(line: string): void {
    this.terminal.stderr.write(`${line}\n`);
  }

  /** How far a work of unknown length is, in a line that is written over; where somebody watches. */
  status(): { say(line: string): void; end(): void } {
    const { stderr } = this.terminal;
    if (!stderr.isTTY || this.json) return { say: () => undefined, end: () => undefined };
    return { say: (line) => stderr.write(`\r\u001b[K${line}`), end: () => stderr.write('\r\u001b[K') };
  }

  /** A bar where somebody watches; nothing in a pipe or log. */
  progress(name: string, total: number): { to(done: number): void; end(): void } {
    const { stderr } = this.terminal;
    if (!stderr.isTTY || this.json) return { to: () => undefined, end: () => undefined };
    const bar = new SingleBar({ format: `${name} {bar} {value}/{total}  {eta_formatted}`, stream: stderr });
    bar.start(total, 0);
    return { to: (done) => bar.update(done), end: () => bar.stop() };
  }
}

/** Columns as wide as their widest cell, as a terminal shows it: a Chinese character takes two places. `right`: numbers. */
export function columns(rows: string[][], right: readonly number[] = []): string[] {
  const shown = rows.map((row) => row.map(harmless));
  const count = Math.max(0, ...shown.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, n) => Math.max(...shown.map((row) => widthOf(row[n] ?? ''))));
  const cell = (text: string, n: number) => {
    const blanks = ' '.repeat((widths[n] ?? 0) - widthOf(text));
    return right.includes(n) ? blanks + text : text + blanks;
  };
  return shown.map((row) => row.map(cell).join('  ').trimEnd());
}

/** What strangers wrote (titles, errmsgs) must not steer a terminal, nor break a line in two. */
function harmless(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '\uFFFD');
}
