import { ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(__dirname, '..', '..', 'src', 'main.js');

/** A place for one worker in a process of its own: whoever is killed there is followed by the next. */
export class WorkerPlace {
  private constructor(
    private readonly env: NodeJS.ProcessEnv,
    private child: ChildProcess,
  ) {}

  static async start(env: Record<string, string>): Promise<WorkerPlace> {
    const { NODE_ENV: _, ...inherited } = process.env;
    const own = { ...inherited, ...env, ROLE: 'worker', LOG_LEVEL: 'info' };
    return new WorkerPlace(own, await begun(own));
  }

  /** As a machine that loses power: nothing is finished, no lease is given back. */
  async killAndFollow(): Promise<void> {
    await this.end('SIGKILL');
    this.child = await begun(this.env);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    await gone;
  }
}

function begun(env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.includes('Piaoka is ready')) resolve(child);
    });
    child.once('exit', () => reject(new Error('the worker did not start')));
  });
}
