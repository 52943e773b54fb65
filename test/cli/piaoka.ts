import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { run } from '../../src/cli/run';
import { ROOT } from '../house/repository';

const PROGRAM = join(ROOT, 'dist/src/cli/main.js');

export interface Ran {
  exit: number | null;
  stdout: string;
  stderr: string;
}

/** A command as the program runs it, in this process: its arguments, its environment, what it wrote. */
export async function piaoka(args: string[], env: Record<string, string> = {}, isTTY = false): Promise<Ran> {
  const [stdout, stderr] = [written(), written()];
  const exit = await run(args, env, { stdout: stdout.stream, stderr: Object.assign(stderr.stream, { isTTY }) });
  return { exit, stdout: stdout.text(), stderr: stderr.text() };
}

/** The program as a process of its own, as a person or script would start it. */
export function piaokaProcess(args: string[], env: Record<string, string> = {}, stdin = ''): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { env: { PATH: process.env.PATH, ...env } });
    const ran: Ran = { exit: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (ran.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (ran.stderr += text));
    child.stdin.end(stdin);
    child.on('close', (exit) => resolve({ ...ran, exit }));
  });
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
