import { ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { freePort } from '../src/demo/ports';

export interface ServiceProcess {
  name: string;
  pid: number;
  url: string;
  stop(): Promise<void>;
}

export interface Program {
  name: string;
  /** The compiled program. */
  file: string;
  nodeFlags: string[];
  env: Record<string, string>;
}

const READY_MS = 60_000;
const STOP_MS = 20_000;

/** Starts a contender's program and waits until it answers HTTP. Its log goes to a file, as in production to a pipe. */
export async function startService({ name, file, nodeFlags, env }: Program): Promise<ServiceProcess> {
  const port = await freePort(0);
  const logs = resolve('.data', 'bench', 'logs');
  mkdirSync(logs, { recursive: true });
  const logFile = join(logs, `${name}.log`);
  const log = openSync(logFile, 'w');
  const child = spawn(process.execPath, [...nodeFlags, '--enable-source-maps', file], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(port), ...env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const url = `http://127.0.0.1:${port}`;
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const stop = async () => {
    process.removeListener('exit', endWithUs);
    await end(child);
  };
  for (const until = Date.now() + READY_MS; !(await answers(url)); await sleep(50)) {
    if (child.exitCode === null && Date.now() < until) continue;
    await stop();
    throw new Error(`${name} does not answer:\n${readFileSync(logFile, 'utf8').slice(-3000)}`);
  }
  return { name, pid: child.pid as number, url, stop };
}

async function answers(url: string): Promise<boolean> {
  try {
    const { statusCode, body } = await request(`${url}/readyz`);
    await body.dump();
    return statusCode < 500;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resume) => child.once('exit', resume));
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(killer);
}
