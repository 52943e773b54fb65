import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../house/repository';

const PROGRAM = join(ROOT, 'dist/src/cli/main.js');

export interface Ran {
  exit: number | null;
  stdout: string;
  stderr: string;
}

/** The program as a process of its own, as a person or script would start it. */
export function piaoka(args: string[], env: Record<string, string> = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { env: { PATH: process.env.PATH, ...env } });
    const ran: Ran = { exit: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (ran.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (ran.stderr += text));
    child.on('close', (exit) => resolve({ ...ran, exit }));
  });
}
