import { FairQueue } from '../fair-queue';

interface Limits<Item> {
  /** Most items in one flush. */
  size: number;
  /** Most flushes at the same time. */
  parallel: number;
  /** Sizes are powers of two, where each size is a statement to be planned of its own. */
  powersOfTwo?: boolean;
  /** A flush is closed once its items together weigh this much. */
  weight?: { of: (item: Item) => number; max: number };
  /** Whose an item is: where more wait than one flush takes, owners take turns. */
  owner?: (item: Item) => string;
  /** A flush that takes longer is stuck: whoever waits for it, or behind it, is told so at once. Milliseconds. */
  patienceMs?: number;
}

interface Waiting<Item, Result> {
  owner: string;
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** What the item of a stuck flush became is not known: the flush may still succeed. */
export class Stuck extends Error {
  readonly code = 'ETIMEDOUT';

  constructor() {
    super('the flush in front has not ended');
  }
}

/**
 * Groups what arrives while the previous flush runs into one flush: no timer, so a lone item waits for nobody, and a
 * crowd shares one commit. `flush` answers one result per item, in order.
 */
export class MicroBatch<Item, Result> {
  private readonly waiting = new FairQueue<Waiting<Item, Result>>();
  private running = 0;
  private stuck = 0;

  constructor(
    private readonly flush: (items: Item[]) => Promise<Result[]>,
    private readonly limits: Limits<Item>,
  ) {}

  add(item: Item): Promise<Result> {
    if (this.stuck > 0 && this.stuck === this.running) return Promise.reject(new Stuck());
    return new Promise((resolve, reject) => {
      const owner = this.limits.owner?.(item) ?? '';
      this.waiting.push(owner, { owner, item, resolve, reject });
      if (this.running < this.limits.parallel) {
        this.running += 1;
        // One turn of the event loop later, so that items of the same moment travel together.
        setImmediate(() => void this.drain());
      }
    });
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.take();
      const watch = this.watch(batch);
      try {
        const results = await this.flush(batch.map(({ item }) => item));
        batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
      } catch (error) {
        batch.forEach(({ reject }) => reject(error));
      } finally {
        watch.end();
      }
    }
    this.running -= 1;
  }

  private watch(batch: Waiting<Item, Result>[]): { end: () => void } {
    const { patienceMs } = this.limits;
    if (patienceMs === undefined) return { end: () => undefined };
    let isStuck = false;
    const timer = setTimeout(() => {
      isStuck = true;
      this.stuck += 1;
      const behind = this.stuck === this.running ? this.waiting.clear() : [];
      for (const { reject } of [...batch, ...behind]) reject(new Stuck());
    }, patienceMs);
    return {
      end: () => {
        clearTimeout(timer);
        if (isStuck) this.stuck -= 1;
      },
    };
  }

  private take(): Waiting<Item, Result>[] {
    const { size, weight, powersOfTwo } = this.limits;
    const power = (count: number) => (powersOfTwo ? 2 ** Math.floor(Math.log2(count)) : count);
    const most = power(Math.min(size, this.waiting.length));
    const batch: Waiting<Item, Result>[] = [];
    for (let sum = 0; batch.length < most;) {
      sum += weight ? weight.of((this.waiting.first() as Waiting<Item, Result>).item) : 0;
      if (weight && sum > weight.max && batch.length > 0) break;
      batch.push(this.waiting.shift() as Waiting<Item, Result>);
    }
    const tooMany = batch.splice(power(batch.length)).reverse();
    for (const one of tooMany) this.waiting.putBack(one.owner, one);
    return batch;
  }
}
