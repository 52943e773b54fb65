import { FairQueue } from '../fair-queue';

/**
 * The event loop is one for everybody. Where more bodies are to be read and judged than fit into one of its rounds, callers
 * take turns, one body a round: hundreds of one caller's delay another's by one each, and not by hundreds.
 */
export class ProcessorTurns {
  private readonly waiting = new FairQueue<() => void>();
  private taken = false;

  /** Ends at once while nobody else has had this round. */
  async take(caller: string): Promise<void> {
    if (this.taken) return new Promise((resolve) => this.waiting.push(caller, resolve));
    this.begin();
  }

  private begin(): void {
    this.taken = true;
    setImmediate(() => {
      const next = this.waiting.shift();
      this.taken = next !== undefined;
      if (!next) return;
      this.begin();
      next();
    });
  }
}
