import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { unreadable, Unreadable } from './file-faults';
import { compilePdfium } from './pdfium';
import { Reading } from './read-pdf';
import { ReaderThread } from './reader-thread';
import { ReadingQueue, Waiting } from './reading-queue';

export interface ReaderLimits {
  threads: number;
  /** Of a thread's processor time, for one file. */
  deadlineMs: number;
  /** Of PDFium's memory for one file. */
  memoryBytes?: number;
  /** Files of one owner that may wait for a thread, and bytes of all. */
  queue: number;
  queueBytes?: number;
  /** An owner of whom nothing is being read has one thread more, once all others have had theirs for so long. */
  lentAfterMs?: number;
  /** How long whoever asks waits. The reading goes on: who asks again finds it. */
  patienceMs: number;
  /**
   * While others wait, answers are given so many at a time: for who writes down what follows from them, since those
   * commits then come together and cost half.
   */
  answersAtOnce?: number;
}

const MIB = 1024 * 1024;
const QUEUE_BYTES = 128 * MIB;
const LIMITS: ReaderLimits = {
  threads: Math.max(1, Math.min(4, availableParallelism() - 1)),
  deadlineMs: 5000,
  queue: 512,
  patienceMs: 15_000,
};
/** Readings that are kept, and the facts and lines in all of them. */
const REMEMBERED = 1000;
const REMEMBERED_FACTS = 100_000;
/** Long enough that files as issuers make them are read one after the other: more threads than processors are slower. */
const LENT_AFTER_MS = 250;
const ANSWERS_AT_ONCE = 8;
const ANSWERS_WITHIN_MS = 25;
/** What may come out otherwise at another moment. */
const PASSING: ReadonlySet<Unreadable | undefined> = new Set(['busy', 'deadline', 'memory', 'lost']);

/** Waiting takes at most half of a lease: whoever reads under one answers before it ends. */
export function limitsWithin(leaseSeconds: number): ReaderLimits {
  return { ...LIMITS, patienceMs: Math.min(LIMITS.patienceMs, leaseSeconds * 500), answersAtOnce: ANSWERS_AT_ONCE };
}

/**
 * Reads invoice files in a few threads of its own, so that no file, however made, holds up the service: a thread that
 * takes too long or too much memory is ended, and a spare one goes on. Never rejects; the same bytes are read once.
 */
export class FileReader {
  private readonly threads: ReaderThread[];
  private readonly queue: ReadingQueue;
  private readonly running = new Map<ReaderThread, { owner: string; since: number }>();
  private lendingDue: NodeJS.Timeout | undefined;
  private readonly remembered = new Map<string, Promise<Reading>>();
  private readonly weights = new Map<string, number>();
  private weight = 0;
  private code: Promise<WebAssembly.Module> | null = null;
  private loading = 0;
  private readonly answers: (() => void)[] = [];
  private answersDue: NodeJS.Timeout | undefined;
  private closed = false;

  /** `troubled`: a thread could not be started, or ended with its file. */
  constructor(
    private readonly limits: ReaderLimits = LIMITS,
    private readonly troubled: (what: string, error?: unknown) => void = () => undefined,
  ) {
    this.queue = new ReadingQueue({ files: limits.queue, bytes: limits.queueBytes ?? QUEUE_BYTES });
    // One to lend, and one for what befalls the others.
    const spare = 2;
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

  /** Loads a thread before there is a file, so that the first does not wait for it. */
  keepWarm(): void {
    if (!this.threads.some(({ started }) => started)) this.load();
  }

  /** `sha256` of the bytes, where it is known already. Owners take turns, whose the file is. */
  async read(bytes: Buffer, owner = '', sha256 = createHash('sha256').update(bytes).digest()): Promise<Reading> {
    const key = sha256.toString('base64');
    const reading = this.remembered.get(key) ?? this.begin(key, bytes, owner);
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
    clearTimeout(this.lendingDue);
    for (const { resolve } of this.queue.clear()) resolve(unread('busy'));
    this.giveAnswers();
    await Promise.all(this.threads.map((thread) => thread.end()));
  }

  private begin(key: string, bytes: Buffer, owner: string): Promise<Reading> {
    if (this.closed || !this.queue.hasRoom(owner, bytes.length)) return Promise.resolve(unread('busy'));
    const reading = new Promise<Reading>((resolve) => this.queue.push({ owner, bytes, resolve }));
    this.remember(key, reading);
    this.next();
    return reading;
  }

  private remember(key: string, reading: Promise<Reading>): void {
    this.remembered.set(key, reading);
    void reading.then(({ unread: why, facts }) => {
      if (this.remembered.get(key) !== reading) return;
      if (PASSING.has(why)) return this.forget(key);
      const weight = facts.reduce((sum, fact) => sum + (fact.field === 'items' ? fact.value.length : 1), 0);
      this.weights.set(key, weight);
      this.weight += weight;
      this.makeRoom();
    });
    this.makeRoom();
  }

  private makeRoom(): void {
    for (const oldest of this.remembered.keys()) {
      if (this.remembered.size <= REMEMBERED && this.weight <= REMEMBERED_FACTS) return;
      this.forget(oldest);
    }
  }

  private forget(key: string): void {
    this.remembered.delete(key);
    this.weight -= this.weights.get(key) ?? 0;
    this.weights.delete(key);
  }

  private next(): void {
    if (this.closed) return;
    const thread = this.threads.find(({ free }) => free);
    const waiting = thread && this.queue.shift((owner) => this.mayRead(owner));
    if (waiting) this.start(thread, waiting);
    else if (this.queue.length > 0) this.lendLater();
    // Whatever befalls the threads that read, another one is there.
    const idle = this.threads.filter(({ free }) => free).length + this.loading;
    const wanted = Math.min(this.queue.length, this.limits.threads) || 1;
    if (idle < wanted && this.threads.some(({ started }) => started || this.queue.length > 0)) this.load();
  }

  /** Whoever waits for files that take long need not wait behind all of them. */
  private mayRead(owner: string): boolean {
    const { threads, lentAfterMs = LENT_AFTER_MS } = this.limits;
    if (this.running.size < threads) return true;
    const longAgo = performance.now() - lentAfterMs;
    const others = [...this.running.values()].filter((one) => one.owner !== owner && one.since <= longAgo);
    return this.running.size === threads && others.length === threads;
  }

  private lendLater(): void {
    const { lentAfterMs = LENT_AFTER_MS } = this.limits;
    this.lendingDue ??= setTimeout(() => {
      this.lendingDue = undefined;
      this.next();
    }, lentAfterMs).unref();
  }

  private start(thread: ReaderThread, { owner, bytes, resolve }: Waiting): void {
    this.running.set(thread, { owner, since: performance.now() });
    void thread.read(bytes).then((result) => {
      this.running.delete(thread);
      if (result === 'lost') this.troubled('a file ended the thread that read it');
      this.next();
      const given = result === 'closed' ? 'busy' : result;
      this.answer(() => resolve(typeof given === 'string' ? unread(given) : given));
    });
    this.next();
  }

  private answer(give: () => void): void {
    this.answers.push(give);
    const { answersAtOnce = 1 } = this.limits;
    if (this.queue.length === 0 || this.answers.length >= answersAtOnce) return this.giveAnswers();
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
    void this.loadInto(thread).catch((error: unknown) => {
      this.code = null;
      this.loading -= 1;
      this.notLoaded(error);
    });
  }

  private async loadInto(thread: ReaderThread): Promise<void> {
    this.code ??= compilePdfium();
    const pdfium = await this.code;
    if (this.closed) this.loading -= 1;
    else thread.load(pdfium);
  }

  /** Where no other thread is there, who waits for one is told that it may ask again, and that asking tries again. */
  private notLoaded(error?: unknown): void {
    this.troubled('a thread that reads files could not be started', error);
    if (this.threads.some(({ started }) => started)) return;
    for (const { resolve } of this.queue.clear()) resolve(unread('busy'));
  }
}

function unread(why: Unreadable): Reading {
  return { facts: [], faults: [unreadable(why)], unread: why };
}
