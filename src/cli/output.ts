import { SingleBar } from 'cli-progress';
import { Writable } from 'node:stream';

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

/** Columns as wide as their widest cell; a Chinese character takes two places. */
export function columns(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell))))
      .join('  ')
      .trimEnd(),
  );
}

function widthOf(text: string): number {
  let width = 0;
  for (const character of text)
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
      character,
    )
      ? 2
      : 1;
  return width;
}
