interface Limits<Item> {
  /** Most items in one flush. */
  size: number;
  /** Most flushes at the same time. */
  parallel: number;
  /** Sizes are powers of two, where each size is a statement to be planned of its own. */
  powersOfTwo?: boolean;
  /** A flush is closed once its items together weigh this much. */
  weight?: { of: (item: Item) => number; max: number };
}

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Groups what arrives while the previous flush runs into one flush: no timer, so a lone item waits for nobody, and a
 * crowd shares one commit. `flush` answers one result per item, in order.
 */
export class MicroBatch<Item, Result> {
  private readonly waiting: Waiting<Item, Result>[] = [];
  private running = 0;

  constructor(
    private readonly flush: (items: Item[]) => Promise<Result[]>,
    private readonly limits: Limits<Item>,
  ) {}

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
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
      try {
        const results = await this.flush(batch.map(({ item }) => item));
        batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
      } catch (error) {
        batch.forEach(({ reject }) => reject(error));
      }
    }
    this.running -= 1;
  }

  private take(): Waiting<Item, Result>[] {
    const { size, weight } = this.limits;
    let count = 0;
    for (let sum = 0; count < Math.min(size, this.waiting.length); count += 1) {
      sum += weight ? weight.of((this.waiting[count] as Waiting<Item, Result>).item) : 0;
      if (weight && sum > weight.max && count > 0) break;
    }
    if (this.limits.powersOfTwo) count = 2 ** Math.floor(Math.log2(count));
    return this.waiting.splice(0, count);
  }
}
