import { LatestTurns } from '../fair-queue';
import { Log } from '../log';
import { Metrics } from '../metrics';
import { AccountLimits } from './account-limits';
import { Claimed } from './claimed';
import { Holds } from './holds';
import { InsertionStore } from './insertion.store';
import { InsertionWorker } from './insertion.worker';
import { RestoreWatch } from './restored';

const CANARY_CHECK_MS = 1000;
/** A hand that was kept waiting for so long is lent to the others. */
const LENT_AFTER_MS = 2000;

export interface RunnerSettings {
  name: string;
  leaseSeconds: number;
  /** Hands: orders carried at the same time, and for each that waits long another, up to twice as many. */
  concurrency: number;
  /** The net under lost wake-ups, in milliseconds. */
  pollMs: number;
}

/** Keeps a worker's hands full: claims what is due whenever hands are free, sleeps until woken or polled otherwise. */
export class InsertionRunner {
  /** When each was begun, oldest first. */
  private readonly inFlight = new Map<Promise<void>, number>();
  private stopping = false;
  private loop: Promise<void> | null = null;
  private wakeUp: () => void = () => undefined;
  private woken = false;
  private canariesAskedAt = -Infinity;
  private beatAt = -Infinity;
  private readonly turns = new LatestTurns();

  constructor(
    private readonly store: InsertionStore,
    private readonly worker: InsertionWorker,
    private readonly limits: AccountLimits,
    private readonly holds: Holds,
    private readonly restored: RestoreWatch,
    private readonly settings: RunnerSettings,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  start(): void {
    this.loop = this.run();
  }

  /** Something may be due. A lost or doubled call does no harm: the poll is the net. */
  wake(): void {
    this.woken = true;
    this.wakeUp();
  }

  /** Stops claiming, and lets what is on its way finish and be recorded: nothing stays claimed. */
  async stop(): Promise<void> {
    if (!this.loop) return;
    this.stopping = true;
    this.wake();
    await this.loop;
    await Promise.all(this.inFlight.keys());
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      this.woken = false;
      const free = this.freeHands();
      // A quarter of the hands at least, so that a busy worker claims batches and not single orders.
      const claimed = free >= Math.min(8, this.settings.concurrency / 4) ? await this.claim(free) : 0;
      if (claimed === 0) await this.rest();
    }
  }

  /**
   * One account that hangs may have taken every hand before anybody could know. Its own limit keeps it from taking more;
   * the hands that wait for it are replaced, so that the other accounts go on.
   */
  private freeHands(): number {
    const { concurrency } = this.settings;
    const longAgo = performance.now() - LENT_AFTER_MS;
    let lent = 0;
    for (const begun of this.inFlight.values()) {
      if (begun > longAgo) break;
      lent += 1;
    }
    return concurrency + Math.min(lent, concurrency) - this.inFlight.size;
  }

  private async claim(count: number): Promise<number> {
    try {
      await this.beat();
      const canaries = await this.canaries();
      await this.restored.look();
      const orders = await this.store.claim(count, this.settings.name, this.limits.free(), canaries, this.turns);
      // Claimed on a connection that was opened for it: perhaps in another time than the one before.
      await this.restored.look();
      orders.forEach((order) => this.carry(order));
      return orders.length;
    } catch (error) {
      this.restored.doubt();
      this.log.error({ err: error }, 'orders could not be claimed');
      return 0;
    }
  }

  /** Three times a lease: who was not heard of for a whole one is taken for dead. */
  private async beat(): Promise<void> {
    const now = performance.now();
    if (now - this.beatAt < (this.settings.leaseSeconds * 1000) / 3) return;
    await this.store.beat(this.settings.name);
    this.beatAt = now;
  }

  /** Held accounts whose next canary is due, asked for at most once a second. */
  private async canaries(): Promise<string[]> {
    const now = performance.now();
    if (now - this.canariesAskedAt < CANARY_CHECK_MS) return [];
    this.canariesAskedAt = now;
    return this.holds.canaries();
  }

  private carry(order: Claimed): void {
    this.limits.begin(order.issuerAppid);
    this.turns.note(order.merchantId);
    const started = performance.now();
    const work = this.worker
      .carry(order)
      .catch((error: unknown) => {
        this.log.error({ order: order.id, err: error }, 'an order could not be carried on');
        return null;
      })
      .then((outcome) => {
        const rateLimited = outcome?.kind === 'later' && /45011|73104/.test(outcome.reason);
        const now = performance.now();
        this.limits.end(order.issuerAppid, outcome && { ms: now - started, rateLimited }, now);
        this.inFlight.delete(work);
        this.metrics.inFlight.set(this.inFlight.size);
        this.wake();
      });
    this.inFlight.set(work, started);
    this.metrics.inFlight.set(this.inFlight.size);
  }

  private async rest(): Promise<void> {
    if (this.woken || this.stopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.settings.pollMs);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wakeUp = () => undefined;
  }
}
