import { ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { environment } from './world';

/** The service in a process of its own, once it is ready; `code` is how it ended. */
export async function startProcess(databaseUrl: string, wechatUrl: string, more: Record<string, string> = {}) {
  const { NODE_ENV: _, DATABASE_URL: __, ...inherited } = process.env;
  const env = { ...inherited, ...environment(databaseUrl, wechatUrl, { LOG_LEVEL: 'info', ...more }) };
  const child: ChildProcess = spawn(process.execPath, [join(__dirname, '..', '..', 'src', 'main.js')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      const address = /"url":"([^"]+)"/.exec(chunk.toString())?.[1];
      if (address) resolve(address);
    });
    void code.then(() => reject(new Error('the service did not start')));
  });
  return { child, code, url };
}

export interface Ran {
  exit: number | null;
  stdout: string;
  stderr: string;
}

/** One of the compiled programs as a process of its own, as a person or script would start it. */
export function program(path: string, args: string[], env: Record<string, string> = {}, stdin = ''): Promise<Ran> {
  return new Promise((resolve) => {
    const file = join(__dirname, '..', '..', 'src', path);
    const child = spawn(process.execPath, [file, ...args], { env: { PATH: process.env.PATH, ...env } });
    const ran: Ran = { exit: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (ran.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (ran.stderr += text));
    child.stdin.end(stdin);
    child.on('close', (exit) => resolve({ ...ran, exit }));
  });
}
