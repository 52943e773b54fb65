import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { unreadable, Unreadable } from './file-faults';
import { Reading } from './read-pdf';
import { ReaderThread } from './reader-thread';

interface Waiting {
  bytes: Buffer;
  resolve: (reading: Reading) => void;
  timer: NodeJS.Timeout;
}

export interface ReaderLimits {
  threads: number;
  /** For one file, from the moment a thread takes it. */
  deadlineMs: number;
  /** By which the process may grow while a file is read; a page scanned in colour takes about 120 MiB. */
  growthBytes?: number;
  /** Files that may wait for a thread, and how long one may. */
  queue: number;
  patienceMs: number;
}

const GROWTH_BYTES = 256 * 1024 * 1024;
const LIMITS: ReaderLimits = {
  threads: Math.max(1, Math.min(4, availableParallelism() - 1)),
  deadlineMs: 5000,
  queue: 512,
  patienceMs: 15_000,
};
const REMEMBERED = 500;

/** Waiting and reading together take at most half of a lease: what is read under one must not outlive it. */
export function limitsWithin(leaseSeconds: number): ReaderLimits {
  const quarter = leaseSeconds * 250;
  const { deadlineMs, patienceMs } = LIMITS;
  return { ...LIMITS, deadlineMs: Math.min(deadlineMs, quarter), patienceMs: Math.min(patienceMs, quarter) };
}

/**
 * Reads invoice files in a few threads of its own, so that no file, however made, holds up the service: a thread that
 * takes too long or too much memory is ended and replaced. Never rejects; the same bytes are read once.
 */
export class FileReader {
  private readonly threads: ReaderThread[];
  private readonly queue: Waiting[] = [];
  private readonly remembered = new Map<string, Promise<Reading>>();
  private warm = false;
  private closed = false;

  constructor(private readonly limits: ReaderLimits = LIMITS) {
    const changed = (loaded: boolean) => (loaded ? this.next() : this.unreadable());
    const { deadlineMs, growthBytes = GROWTH_BYTES } = limits;
    this.threads = Array.from({ length: limits.threads }, () => new ReaderThread({ deadlineMs, growthBytes }, changed));
  }

  /** From now on one thread at least is there before a file is: the first does not wait for it. */
  keepWarm(): void {
    this.warm = true;
    if (!this.closed && !this.threads.some(({ started }) => started)) this.threads[0]?.load();
  }

  /** `sha256` of the bytes, where it is known already. */
  read(bytes: Buffer, sha256 = createHash('sha256').update(bytes).digest()): Promise<Reading> {
    const key = sha256.toString('base64');
    const known = this.remembered.get(key);
    if (known) return known;
    const reading = this.enqueue(bytes);
    this.remembered.set(key, reading);
    for (const oldest of this.remembered.keys()) {
      if (this.remembered.size <= REMEMBERED) break;
      this.remembered.delete(oldest);
    }
    // What failed for want of time or memory may succeed at a quieter moment.
    void reading.then(
      ({ faults }) => faults.some(({ code }) => code === 'FILE-READ-01') && this.remembered.delete(key),
    );
    return reading;
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const waiting of this.queue.splice(0)) give(waiting, 'busy');
    await Promise.all(this.threads.map((thread) => thread.end()));
  }

  private enqueue(bytes: Buffer): Promise<Reading> {
    if (this.closed || this.queue.length >= this.limits.queue) return Promise.resolve(unread('busy'));
    return new Promise((resolve) => {
      const waiting: Waiting = {
        bytes,
        resolve,
        timer: setTimeout(() => {
          this.queue.splice(this.queue.indexOf(waiting), 1);
          resolve(unread('busy'));
        }, this.limits.patienceMs),
      };
      this.queue.push(waiting);
      this.next();
    });
  }

  private next(): void {
    if (this.closed || this.queue.length === 0) return;
    const thread = this.threads.find(({ free }) => free);
    if (!thread) return this.threads.find(({ started }) => !started)?.load();
    const { bytes, resolve, timer } = this.queue.shift() as Waiting;
    clearTimeout(timer);
    void thread.read(bytes).then((result) => {
      resolve(typeof result === 'string' ? unread(result) : result);
      if (this.warm) this.keepWarm();
      this.next();
    });
    this.next();
  }

  /** A thread could not load its libraries: one file less waits for it, and the next may try again. */
  private unreadable(): void {
    const waiting = this.queue.shift();
    if (waiting) give(waiting, 'broken');
    this.next();
  }
}

function give({ timer, resolve }: Waiting, why: Unreadable): void {
  clearTimeout(timer);
  resolve(unread(why));
}

function unread(why: Unreadable): Reading {
  return { facts: [], faults: [unreadable(why)], unread: why };
}
