import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Reading } from './read-pdf';

const PROGRAM = join(__dirname, 'reader.thread.mjs');
/** Of JavaScript objects; what lies outside the heap (images, unpacked streams) is watched below. */
const HEAP = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };
/** Loading the libraries is not the file's fault. */
const START_MS = 30_000;
/** A process that grows by this much while a file is read: the file is to blame. */
const MOST_GROWTH = 400 * 1024 * 1024;
const WATCH_MS = 25;

export type Failure = 'deadline' | 'memory' | 'broken';

/** One thread that reads one file at a time; started with its first, started anew after it had to be ended. */
export class ReaderThread {
  private worker: Worker | null = null;
  private ready = false;
  private serial = 0;
  /** Ends the present reading. */
  private settle: ((result: Reading | Failure) => void) | null = null;

  /** The thread has loaded its libraries: now the file's time runs. */
  private begun: () => void = () => undefined;

  constructor(private readonly deadlineMs: number) {}

  get free(): boolean {
    return this.settle === null;
  }

  read(bytes: Buffer): Promise<Reading | Failure> {
    const worker = (this.worker ??= this.start());
    const job = (this.serial += 1);
    return new Promise((resolve) => {
      const before = process.memoryUsage.rss();
      let started = performance.now();
      let allowed = this.ready ? this.deadlineMs : START_MS;
      this.begun = () => {
        started = performance.now();
        allowed = this.deadlineMs;
      };
      const watch = setInterval(() => {
        if (process.memoryUsage.rss() - before > MOST_GROWTH) this.stop('memory');
        else if (performance.now() - started > allowed) this.stop('deadline');
      }, WATCH_MS);
      this.settle = (result) => {
        clearInterval(watch);
        this.settle = null;
        resolve(result);
      };
      worker.ref();
      // A copy of its own: a Buffer may be a window on much more memory.
      const copy = Uint8Array.from(bytes);
      worker.postMessage({ job, bytes: copy }, [copy.buffer]);
    });
  }

  async end(): Promise<void> {
    const { worker } = this;
    this.worker = null;
    await worker?.terminate();
    this.settle?.('broken');
  }

  private start(): Worker {
    this.ready = false;
    // Flags of the process (an inspector, a profile) are not for its threads.
    const worker = new Worker(PROGRAM, { resourceLimits: HEAP, execArgv: [], stdout: true, stderr: true });
    worker.on('message', ({ job, reading }: { job: number; reading?: Reading | null }) => {
      if (job === 0) {
        this.ready = true;
        this.begun();
        return;
      }
      if (job !== this.serial) return;
      worker.unref();
      this.settle?.(reading ?? 'broken');
    });
    const gone = (failure: Failure) => {
      if (this.worker !== worker) return;
      this.worker = null;
      this.settle?.(failure);
    };
    worker.on('error', (error: Error & { code?: string }) =>
      gone(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'broken'),
    );
    worker.on('exit', () => gone('broken'));
    return worker;
  }

  /** A thread that is ended by force has given everything back when `terminate` is done. */
  private stop(why: Failure): void {
    const { worker, settle } = this;
    if (!worker || !settle) return;
    this.worker = null;
    this.serial += 1;
    // Once only: the watch goes on until the thread is gone.
    this.settle = () => undefined;
    void worker.terminate().then(() => settle(why));
  }
}
