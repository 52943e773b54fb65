import { FairQueue } from '../fair-queue';

/** Whoever waits longer for his turn is told so. */
const PATIENCE_MS = 5000;
/** How many of one owner wait at most. */
const MOST_WAITING = 256;

/** All of one owner's share was in use, and went on being so. Answered as 429: the others are served. */
export class ShareInUse extends Error {
  readonly statusCode = 429;

  constructor() {
    super('the caller has its share of connections in use');
  }
}

/**
 * Who may use how many of something at the same time: `all` together, one owner no more than `each`. Where there are no
 * more, owners take turns; what is not shared out here is left to those who never wait.
 */
export class Shares {
  private readonly inUse = new Map<string, number>();
  private total = 0;
  private readonly waiting = new FairQueue<() => void>();

  constructor(
    private readonly all: number,
    private readonly each: number,
  ) {}

  async hold<T>(owner: string, work: () => Promise<T>): Promise<T> {
    if (!this.mayTake(owner)) await this.turn(owner);
    else this.take(owner);
    try {
      return await work();
    } finally {
      this.give(owner);
    }
  }

  private mayTake(owner: string): boolean {
    return this.total < this.all && (this.inUse.get(owner) ?? 0) < this.each;
  }

  private take(owner: string): void {
    this.total += 1;
    this.inUse.set(owner, (this.inUse.get(owner) ?? 0) + 1);
  }

  private give(owner: string): void {
    this.total -= 1;
    const left = (this.inUse.get(owner) as number) - 1;
    if (left === 0) this.inUse.delete(owner);
    else this.inUse.set(owner, left);
    this.waiting.shift((next) => this.mayTake(next))?.();
  }

  private async turn(owner: string): Promise<void> {
    if (this.waiting.of(owner) >= MOST_WAITING) throw new ShareInUse();
    await new Promise<void>((resolve, reject) => {
      const granted = () => {
        clearTimeout(tired);
        this.take(owner);
        resolve();
      };
      const tired = setTimeout(() => {
        this.waiting.remove(owner, granted);
        reject(new ShareInUse());
      }, PATIENCE_MS);
      this.waiting.push(owner, granted);
    });
  }
}
