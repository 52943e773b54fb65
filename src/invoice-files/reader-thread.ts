import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { GivenUp } from './file-faults';
import { PDFIUM_BYTES } from './pdfium';
import { Reading } from './read-pdf';
import type { Job, ThreadData, ThreadMessage } from './reader.thread';

const PROGRAM = join(__dirname, 'reader.thread.js');
/** Of JavaScript objects; PDFium's memory is bounded by itself. */
const HEAP = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };
const WATCH_MS = 25;
/** A thread's first file also pays for the compiling of what it runs. */
const FIRST_FILE_MS = 2000;
/** Watches in which a thread neither ran nor waited for a processor: it hangs. 10 s of a process that is not paused. */
const MOST_STILL_WATCHES = 400;
/** Where the system does not tell a thread's time, a hanging one is told by the clock. */
const HANGING_DEADLINES = 20;

/** closed: the reader was, and this says nothing of the file. */
type Failure = GivenUp | 'closed';

/** One thread that reads one file at a time. It takes files once it has loaded its libraries, and anew after its end. */
export class ReaderThread {
  private worker: Worker | null = null;
  private loaded = false;
  private serial = 0;
  private files = 0;
  /** Where its processor time is told. */
  private schedstat: string | null = null;
  /** Ends the present reading. */
  private settle: ((result: Reading | Failure) => void) | null = null;

  /**
   * `load` may throw where the system has no thread to give. `deadlineMs`: of its own processor time, for one file; a busy machine makes files slower, not unreadable. `changed`:
   * the thread has loaded and takes files (true), or could not (false).
   */
  constructor(
    private readonly limits: { deadlineMs: number; memoryBytes?: number },
    private readonly changed: (loaded: boolean) => void,
  ) {}

  get started(): boolean {
    return this.worker !== null || this.settle !== null;
  }

  get busy(): boolean {
    return this.settle !== null;
  }

  get free(): boolean {
    return this.loaded && this.settle === null;
  }

  load(pdfium: WebAssembly.Module): void {
    // Flags of the process (an inspector, a profile) are not for its threads.
    const workerData: ThreadData = { pdfium, memoryBytes: this.limits.memoryBytes ?? PDFIUM_BYTES };
    const worker = new Worker(PROGRAM, { workerData, resourceLimits: HEAP, execArgv: [], stdout: true, stderr: true });
    this.worker = worker;
    worker.on('message', (message: ThreadMessage) => {
      if (this.worker !== worker) return;
      if (!('ready' in message)) {
        if (message.job === this.serial) this.settle?.(message.reading);
        return;
      }
      this.schedstat = message.thread;
      this.loaded = true;
      this.files = 0;
      worker.unref();
      this.changed(true);
    });
    worker.on('error', ({ code }: Error & { code?: string }) =>
      this.gone(worker, code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'lost'),
    );
    worker.on('exit', () => this.gone(worker, 'lost'));
  }

  /** Only while it is free. */
  read(bytes: Buffer): Promise<Reading | Failure> {
    const { worker } = this;
    if (!worker) return Promise.resolve('closed');
    // A copy of its own: a Buffer may be a window on much more memory.
    const copy = new Uint8Array(bytes);
    const job = (this.serial += 1);
    this.files += 1;
    const allowedMs = this.limits.deadlineMs + (this.files === 1 ? FIRST_FILE_MS : 0);
    return new Promise((resolve) => {
      const spent = this.stopwatch();
      const watch = setInterval(() => {
        const { cpuMs, hangs } = spent();
        if (hangs) this.stop('lost');
        else if (cpuMs > allowedMs) this.stop('deadline');
      }, WATCH_MS);
      this.settle = (result) => {
        clearInterval(watch);
        this.settle = null;
        worker.unref();
        resolve(result);
      };
      worker.ref();
      const message: Job = { job, bytes: copy };
      worker.postMessage(message, [copy.buffer]);
    });
  }

  async end(): Promise<void> {
    const { worker } = this;
    this.forget();
    await worker?.terminate();
    this.settle?.('closed');
  }

  /** Processor time of the thread since the first look. Elsewhere than on Linux: at most the whole process's. */
  private stopwatch(): () => { cpuMs: number; hangs: boolean } {
    const { schedstat } = this;
    if (schedstat === null) {
      const [began, before] = [performance.now(), process.cpuUsage()];
      return () => {
        const wall = performance.now() - began;
        const { user, system } = process.cpuUsage(before);
        const hangs = wall > HANGING_DEADLINES * this.limits.deadlineMs;
        return { cpuMs: Math.min(wall, (user + system) / 1000), hangs };
      };
    }
    let first: number | null = null;
    let last = '';
    let still = 0;
    return () => {
      // Nanoseconds on a processor, nanoseconds of waiting for one, and how often.
      const told = scheduled(schedstat);
      if (told === null) return { cpuMs: 0, hangs: false };
      still = told === last ? still + 1 : 0;
      last = told;
      const now = Number(told.split(' ')[0]) / 1e6;
      first ??= now;
      return { cpuMs: now - first, hangs: still > MOST_STILL_WATCHES };
    };
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

/** Null: the thread has just ended, and its exit is on its way. */
function scheduled(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
