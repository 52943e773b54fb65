import { FairQueue } from '../fair-queue';

/** Bodies of one round: as many as share a commit, since what is judged in one round is stored together. */
const A_ROUND = 32;

/**
 * The event loop is one for everybody. Where more bodies are to be read and judged than fit into one of its rounds, callers
 * take turns: hundreds of one caller's delay another's by a round, and not by all of them.
 */
export class ProcessorTurns {
  private readonly waiting = new FairQueue<() => void>();
  private taken = 0;
  private running = false;

  /** Ends at once while this round has room. */
  async take(caller: string): Promise<void> {
    if (this.taken >= A_ROUND) return new Promise((resolve) => this.waiting.push(caller, resolve));
    this.taken += 1;
    if (!this.running) this.begin();
  }

  private begin(): void {
    this.running = true;
    setImmediate(() => {
      const next: (() => void)[] = [];
      while (next.length < A_ROUND && this.waiting.length > 0) next.push(this.waiting.shift() as () => void);
      this.taken = next.length;
      this.running = false;
      if (next.length > 0) this.begin();
      for (const go of next) go();
    });
  }
}
