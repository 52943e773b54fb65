import { ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { Json } from '../support/world';

/** The sandbox as a process of its own: it goes on while everything around it is killed. */
export class SandboxProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    private readonly controlUrl: string,
  ) {}

  static start(seed: string): Promise<SandboxProcess> {
    const child = spawn(process.execPath, [join(__dirname, '..', '..', 'src', 'sandbox', 'main.js')], {
      env: {
        PATH: process.env.PATH,
        SANDBOX_PORT: '0',
        SANDBOX_CONTROL_PORT: '0',
        SANDBOX_CALM: '1',
        SANDBOX_SEED: seed,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new Promise((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        const [, url, controlUrl] = /sandbox (http\S+) · control (http\S+)/.exec(chunk.toString()) ?? [];
        if (url && controlUrl) resolve(new SandboxProcess(child, url, controlUrl));
      });
      child.once('exit', () => reject(new Error('the sandbox did not start')));
    });
  }

  async control(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Json> {
    const answer = await fetch(this.controlUrl + path, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`sandbox: ${method} ${path} ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Json;
  }

  stop(): void {
    this.child.removeAllListeners('exit');
    this.child.kill('SIGKILL');
  }
}
