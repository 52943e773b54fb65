import { FairQueue } from '../fair-queue';
import type { Reading } from './read-pdf';

export interface Waiting {
  owner: string;
  bytes: Buffer;
  resolve: (reading: Reading) => void;
}

/** Files that wait for a thread, in turns by whose they are. */
export class ReadingQueue {
  private readonly waiting = new FairQueue<Waiting>();
  private readonly bytes = new Map<string, number>();
  private all = 0;

  /** `files` of one owner at most, all together twice as many; `bytes` of all, half of them one owner's. */
  constructor(private readonly most: { files: number; bytes: number }) {}

  get length(): number {
    return this.waiting.length;
  }

  /** Something of an owner that waits for nothing else is always taken. */
  hasRoom(owner: string, length: number): boolean {
    const { files, bytes } = this.most;
    const own = this.waiting.of(owner);
    if (own >= files || this.waiting.length >= 2 * files) return false;
    const ownBytes = this.bytes.get(owner) ?? 0;
    return own === 0 || (ownBytes + length <= bytes / 2 && this.all + length <= bytes);
  }

  push(one: Waiting): void {
    this.waiting.push(one.owner, one);
    this.count(one.owner, one.bytes.length);
  }

  shift(may: (owner: string) => boolean): Waiting | undefined {
    const one = this.waiting.shift(may);
    if (one) this.count(one.owner, -one.bytes.length);
    return one;
  }

  clear(): Waiting[] {
    this.bytes.clear();
    this.all = 0;
    return this.waiting.clear();
  }

  private count(owner: string, change: number): void {
    this.all += change;
    const own = (this.bytes.get(owner) ?? 0) + change;
    if (own === 0) this.bytes.delete(owner);
    else this.bytes.set(owner, own);
  }
}
