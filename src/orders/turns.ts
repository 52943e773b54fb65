import { Problem } from '../http/problems';

/**
 * How many orders of one merchant this process takes at the same time. A merchant that floods the door is told to come
 * again; the others find the commits of this moment with room for theirs.
 */
export class Turns {
  private readonly taken = new Map<string, number>();

  constructor(private readonly each: number) {}

  /** Throws `too_many_requests` where this merchant has all its turns. */
  async take<T>(merchantId: string, work: () => Promise<T>): Promise<T> {
    const taken = this.taken.get(merchantId) ?? 0;
    if (taken >= this.each) throw new Problem('too_many_requests');
    this.taken.set(merchantId, taken + 1);
    try {
      return await work();
    } finally {
      const left = (this.taken.get(merchantId) as number) - 1;
      if (left === 0) this.taken.delete(merchantId);
      else this.taken.set(merchantId, left);
    }
  }
}
