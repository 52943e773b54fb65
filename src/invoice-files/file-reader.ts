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

interface Limits {
  threads: number;
  /** For one file, from the moment a thread takes it. */
  deadlineMs: number;
  /** Files that may wait for a thread, and how long one may. */
  queue: number;
  patienceMs: number;
}

const LIMITS: Limits = {
  threads: Math.max(1, Math.min(4, availableParallelism() - 1)),
  deadlineMs: 5000,
  queue: 512,
  patienceMs: 15_000,
};
const REMEMBERED = 500;

/**
 * Reads invoice files in a few threads of its own, so that no file, however made, holds up the service: a thread that
 * takes too long or too much memory is ended and replaced. Never rejects; the same bytes are read once.
 */
export class FileReader {
  private readonly threads: ReaderThread[];
  private readonly queue: Waiting[] = [];
  private readonly remembered = new Map<string, Promise<Reading>>();
  private closed = false;

  constructor(private readonly limits: Limits = LIMITS) {
    this.threads = Array.from({ length: limits.threads }, () => new ReaderThread(limits.deadlineMs));
  }

  read(bytes: Buffer): Promise<Reading> {
    const digest = createHash('sha256').update(bytes).digest('base64');
    const known = this.remembered.get(digest);
    if (known) return known;
    const reading = this.enqueue(bytes);
    this.remembered.set(digest, reading);
    for (const oldest of this.remembered.keys()) {
      if (this.remembered.size <= REMEMBERED) break;
      this.remembered.delete(oldest);
    }
    // What failed for want of time or memory may succeed at a quieter moment.
    void reading.then(
      ({ faults }) => faults.some(({ code }) => code === 'FILE-READ-01') && this.remembered.delete(digest),
    );
    return reading;
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const waiting of this.queue.splice(0)) this.give(waiting, 'busy');
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
    const thread = this.threads.find(({ free }) => free);
    const waiting = thread && this.queue.shift();
    if (!waiting) return;
    clearTimeout(waiting.timer);
    void thread.read(waiting.bytes).then((result) => {
      waiting.resolve(typeof result === 'string' ? unread(result) : result);
      if (!this.closed) this.next();
    });
  }

  private give(waiting: Waiting, why: Unreadable): void {
    clearTimeout(waiting.timer);
    waiting.resolve(unread(why));
  }
}

function unread(why: Unreadable): Reading {
  return { facts: [], faults: [unreadable(why)] };
}
