import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { unreadable, Unreadable } from './file-faults';
import { compilePdfium } from './pdfium';
import { Reading } from './read-pdf';
import { ReaderThread } from './reader-thread';

interface Waiting {
  bytes: Buffer;
  resolve: (reading: Reading) => void;
}

export interface ReaderLimits {
  threads: number;
  /** Of a thread's processor time, for one file. */
  deadlineMs: number;
  /** Of PDFium's memory for one file. */
  memoryBytes?: number;
  /** Files, and their bytes, that may wait for a thread. */
  queue: number;
  queueBytes?: number;
  /** How long whoever asks waits. The reading goes on: who asks again finds it. */
  patienceMs: number;
}

const MIB = 1024 * 1024;
const QUEUE_BYTES = 128 * MIB;
const LIMITS: ReaderLimits = {
  threads: Math.max(1, Math.min(4, availableParallelism() - 1)),
  deadlineMs: 5000,
  queue: 512,
  patienceMs: 15_000,
};
const REMEMBERED = 1000;
const ANSWERS_AT_ONCE = 8;
const ANSWERS_WITHIN_MS = 25;
/** What may come out otherwise at another moment. */
const PASSING: ReadonlySet<Unreadable | undefined> = new Set(['busy', 'deadline', 'memory', 'broken']);

/** Waiting takes at most half of a lease: whoever reads under one answers before it ends. */
export function limitsWithin(leaseSeconds: number): ReaderLimits {
  return { ...LIMITS, patienceMs: Math.min(LIMITS.patienceMs, leaseSeconds * 500) };
}

/**
 * Reads invoice files in a few threads of its own, so that no file, however made, holds up the service: a thread that
 * takes too long or too much memory is ended, and a spare one goes on. Never rejects; the same bytes are read once.
 */
export class FileReader {
  private readonly threads: ReaderThread[];
  private readonly queue: Waiting[] = [];
  private queuedBytes = 0;
  private readonly remembered = new Map<string, Promise<Reading>>();
  private code: Promise<WebAssembly.Module> | null = null;
  private loading = 0;
  private readonly answers: (() => void)[] = [];
  private answersDue: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly limits: ReaderLimits = LIMITS) {
    const spare = 1;
    this.threads = Array.from(
      { length: limits.threads + spare },
      () =>
        new ReaderThread(limits, (loaded) => {
          this.loading -= 1;
          if (loaded) this.next();
          else this.notLoaded();
        }),
    );
  }

  /** From now on one thread at least is there before a file is: the first does not wait for it. */
  keepWarm(): void {
    if (!this.threads.some(({ started }) => started)) this.load();
  }

  /** `sha256` of the bytes, where it is known already. */
  async read(bytes: Buffer, sha256 = createHash('sha256').update(bytes).digest()): Promise<Reading> {
    const key = sha256.toString('base64');
    const reading = this.remembered.get(key) ?? this.begin(key, bytes);
    let timer: NodeJS.Timeout | undefined;
    const tired = new Promise<Reading>((resolve) => {
      timer = setTimeout(() => resolve(unread('busy')), this.limits.patienceMs);
    });
    try {
      return await Promise.race([reading, tired]);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const { resolve } of this.queue.splice(0)) resolve(unread('busy'));
    this.giveAnswers();
    await Promise.all(this.threads.map((thread) => thread.end()));
  }

  private begin(key: string, bytes: Buffer): Promise<Reading> {
    const { queue, queueBytes = QUEUE_BYTES } = this.limits;
    const full = this.queue.length >= queue || (this.queue.length > 0 && this.queuedBytes + bytes.length > queueBytes);
    if (this.closed || full) return Promise.resolve(unread('busy'));
    const reading = new Promise<Reading>((resolve) => this.queue.push({ bytes, resolve }));
    this.queuedBytes += bytes.length;
    this.remember(key, reading);
    this.next();
    return reading;
  }

  private remember(key: string, reading: Promise<Reading>): void {
    this.remembered.set(key, reading);
    for (const oldest of this.remembered.keys()) {
      if (this.remembered.size <= REMEMBERED) break;
      this.remembered.delete(oldest);
    }
    void reading.then(({ unread: why }) => PASSING.has(why) && this.remembered.delete(key));
  }

  private next(): void {
    if (this.closed) return;
    const busy = this.threads.filter((thread) => thread.busy).length;
    if (this.queue.length > 0 && busy < this.limits.threads) {
      const thread = this.threads.find(({ free }) => free);
      if (thread) this.start(thread);
    }
    // Whatever befalls the threads that read, another one is there.
    const idle = this.threads.filter(({ free }) => free).length + this.loading;
    const wanted = Math.min(this.queue.length, this.limits.threads) || 1;
    if (idle < wanted && this.threads.some(({ started }) => started || this.queue.length > 0)) this.load();
  }

  private start(thread: ReaderThread): void {
    const { bytes, resolve } = this.queue.shift() as Waiting;
    this.queuedBytes -= bytes.length;
    void thread.read(bytes).then((result) => {
      this.next();
      this.answer(() => resolve(typeof result === 'string' ? unread(result) : result));
    });
    this.next();
  }

  /** While others wait, answers are given some at a time: the commits that follow them then come together, too. */
  private answer(give: () => void): void {
    this.answers.push(give);
    if (this.queue.length === 0 || this.answers.length >= ANSWERS_AT_ONCE) return this.giveAnswers();
    this.answersDue ??= setTimeout(() => this.giveAnswers(), ANSWERS_WITHIN_MS);
  }

  private giveAnswers(): void {
    clearTimeout(this.answersDue);
    this.answersDue = undefined;
    for (const give of this.answers.splice(0)) give();
  }

  private load(): void {
    const thread = this.threads.find(({ started }) => !started);
    if (!thread || this.loading > 0) return;
    this.loading += 1;
    this.code ??= compilePdfium();
    this.code.then(
      (pdfium) => {
        if (this.closed) this.loading -= 1;
        else thread.load(pdfium);
      },
      () => {
        this.code = null;
        this.loading -= 1;
        this.notLoaded();
      },
    );
  }

  /** A thread could not load its libraries: one file less waits for it, and the next may try again. */
  private notLoaded(): void {
    const waiting = this.queue.shift();
    if (!waiting) return;
    this.queuedBytes -= waiting.bytes.length;
    waiting.resolve(unread('broken'));
    this.next();
  }
}

function unread(why: Unreadable): Reading {
  return { facts: [], faults: [unreadable(why)], unread: why };
}
