import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Reading } from './read-pdf';

const PROGRAM = join(__dirname, 'reader.thread.mjs');
/** Of JavaScript objects; what lies outside the heap (images, unpacked streams) is watched below. */
const HEAP = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };
const WATCH_MS = 25;

export type Failure = 'deadline' | 'memory' | 'broken';

/** One thread that reads one file at a time. It takes files once it has loaded its libraries, and anew after its end. */
export class ReaderThread {
  private worker: Worker | null = null;
  private loaded = false;
  private serial = 0;
  /** Ends the present reading. */
  private settle: ((result: Reading | Failure) => void) | null = null;

  /**
   * `growthBytes`: a process that grows by more while a file is read: the file is to blame. `changed`: the thread has
   * loaded and takes files (true), or could not (false).
   */
  constructor(
    private readonly limits: { deadlineMs: number; growthBytes: number },
    private readonly changed: (loaded: boolean) => void,
  ) {}

  get started(): boolean {
    return this.worker !== null || this.settle !== null;
  }

  get free(): boolean {
    return this.loaded && this.settle === null;
  }

  load(): void {
    // Flags of the process (an inspector, a profile) are not for its threads.
    const worker = new Worker(PROGRAM, { resourceLimits: HEAP, execArgv: [], stdout: true, stderr: true });
    this.worker = worker;
    worker.on('message', ({ job, reading }: { job: number; reading?: Reading | null }) => {
      if (this.worker !== worker) return;
      if (job === this.serial) this.settle?.(reading ?? 'broken');
      if (job !== 0) return;
      this.loaded = true;
      worker.unref();
      this.changed(true);
    });
    worker.on('error', ({ code }: Error & { code?: string }) =>
      this.gone(worker, code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'broken'),
    );
    worker.on('exit', () => this.gone(worker, 'broken'));
  }

  /** Only while it is free. */
  read(bytes: Buffer): Promise<Reading | Failure> {
    const { worker } = this;
    if (!worker) return Promise.resolve('broken');
    const job = (this.serial += 1);
    return new Promise((resolve) => {
      const before = process.memoryUsage.rss();
      const started = performance.now();
      const watch = setInterval(() => {
        if (process.memoryUsage.rss() - before > this.limits.growthBytes) this.stop('memory');
        else if (performance.now() - started > this.limits.deadlineMs) this.stop('deadline');
      }, WATCH_MS);
      this.settle = (result) => {
        clearInterval(watch);
        this.settle = null;
        worker.unref();
        resolve(result);
      };
      worker.ref();
      // A copy of its own: a Buffer may be a window on much more memory.
      const copy = new Uint8Array(bytes);
      worker.postMessage({ job, bytes: copy }, [copy.buffer]);
    });
  }

  async end(): Promise<void> {
    const { worker } = this;
    this.forget();
    await worker?.terminate();
    this.settle?.('broken');
  }

  private gone(worker: Worker, failure: Failure): void {
    if (this.worker !== worker) return;
    const { loaded } = this;
    this.forget();
    if (loaded) this.settle?.(failure);
    else this.changed(false);
  }

  /** A thread that is ended by force has given everything back when `terminate` is done. */
  private stop(why: Failure): void {
    const { worker, settle } = this;
    if (!worker || !settle) return;
    this.forget();
    this.serial += 1;
    // Once only: the watch goes on until the thread is gone.
    this.settle = () => undefined;
    void worker.terminate().then(() => settle(why));
  }

  private forget(): void {
    this.worker = null;
    this.loaded = false;
  }
}
