import { Writable } from 'node:stream';
import { run } from '../../src/cli/run';
import { program, Ran } from '../support/process';

/** A command as the program runs it, in this process: its arguments, its environment, what it wrote. */
export async function piaoka(args: string[], env: Record<string, string> = {}, isTTY = false): Promise<Ran> {
  const [stdout, stderr] = [written(), written()];
  const exit = await run(args, env, { stdout: stdout.stream, stderr: Object.assign(stderr.stream, { isTTY }) });
  return { exit, stdout: stdout.text(), stderr: stderr.text() };
}

/** The program as a process of its own. */
export function piaokaProcess(args: string[], env: Record<string, string> = {}, stdin = ''): Promise<Ran> {
  return program('cli/main.js', args, env, stdin);
}

function written(): { stream: Writable; text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
