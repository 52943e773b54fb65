import { ChildProcess, fork } from 'node:child_process';

type Methods = Record<string, (argument: never) => unknown>;
interface Question {
  id: number;
  method: string;
  argument: unknown;
}
interface Reply {
  id: number;
  result?: unknown;
  error?: string;
}

/** In the child: answers the parent's calls, and ends with it. */
export function serve(methods: Methods): void {
  process.on('disconnect', () => process.exit());
  process.on('message', ({ id, method, argument }: Question) => {
    const work = methods[method] as (argument: unknown) => unknown;
    Promise.resolve()
      .then(() => work(argument))
      .then(
        (result) => process.send?.({ id, result }),
        (error: unknown) => process.send?.({ id, error: (error as Error).stack }),
      );
  });
}

/** In the parent: a program of the bench in a process of its own, whose CPU time can be told from everybody else's. */
export class Child {
  private readonly process: ChildProcess;
  private readonly waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  private asked = 0;

  constructor(file: string) {
    this.process = fork(file, { execArgv: ['--enable-source-maps'] });
    this.process.on('message', ({ id, result, error }: Reply) => {
      const call = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) call?.resolve(result as never);
      else call?.reject(new Error(error));
    });
    this.process.on('exit', (code) => {
      for (const { reject } of this.waiting.values()) reject(new Error(`${file} ended (${code ?? 'by a signal'})`));
    });
  }

  get pid(): number {
    return this.process.pid as number;
  }

  call<T>(method: string, argument: unknown = null): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const id = (this.asked += 1);
      this.waiting.set(id, { resolve, reject });
      this.process.send({ id, method, argument } satisfies Question);
    });
  }

  end(): void {
    this.process.kill('SIGKILL');
  }
}
