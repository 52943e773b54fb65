import { ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const DIST = join(__dirname, '..');

/** The programs of the demo, each as a process of its own, ended together. */
export class Processes {
  private readonly children: { name: string; child: ChildProcess }[] = [];
  private ending = false;

  /** Starts `dist/src/<program>`; resolves with the first line of standard output that `ready` takes. */
  start(name: string, program: string, env: Record<string, string>, ready: (line: string) => boolean): Promise<string> {
    const child = spawn(process.execPath, ['--enable-source-maps', join(DIST, program)], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.children.push({ name, child });
    return new Promise((resolve, reject) => {
      let said = '';
      const listen = (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-8000);
        const line = said.split('\n').find(ready);
        if (line) resolve(line);
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.once('exit', (code) => {
        reject(new Error(`${name} stopped (${code ?? 'signal'}):\n${said}`));
        if (!this.ending) process.exitCode = 1;
      });
    });
  }

  async end(): Promise<void> {
    this.ending = true;
    // The service before the sandbox: what is on its way may still finish.
    for (const { child } of this.children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    }
  }
}
