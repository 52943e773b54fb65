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
