const WINDOW_MS = 10_000;
const STRIKES = 3;
const OPEN_MS = [5000, 10_000, 20_000, 40_000, 60_000];

/**
 * Stops sending when even fresh tokens are refused: something else is wrong than the token's age, and fetching on would
 * only use up the quota. It opens when calls sent with a token fetched after a refusal are refused three times within
 * 10 s with no accepted call between; it stays open 5, 10, 20, 40, then 60 s, and one success resets it. Refusals of a
 * token that had died an ordinary death count for nothing. Times are monotonic milliseconds.
 */
export class TokenBreaker {
  private strikes: number[] = [];
  private opened = 0;
  private openUntil = 0;
  /** The first generation that was fetched because its predecessor was refused. */
  private renewed = Infinity;

  /** Milliseconds for which nothing is to be sent; 0: closed. */
  openFor(now: number): number {
    return Math.max(0, this.openUntil - now);
  }

  /** The same token came back: it is used again after a second. */
  pause(now: number): void {
    this.openUntil = Math.max(this.openUntil, now + 1000);
  }

  /** A new generation was fetched in answer to a refusal. */
  onRenewed(generation: number): void {
    this.renewed = Math.min(this.renewed, generation);
  }

  onAccepted(): void {
    this.strikes = [];
    this.opened = 0;
    this.openUntil = 0;
    this.renewed = Infinity;
  }

  onRefused(generation: number, now: number): void {
    if (generation < this.renewed || now < this.openUntil) return;
    this.strikes = [...this.strikes.filter((at) => now - at < WINDOW_MS), now];
    if (this.strikes.length < STRIKES) return;
    this.openUntil = now + (OPEN_MS[Math.min(this.opened, OPEN_MS.length - 1)] as number);
    this.opened += 1;
    this.strikes = [];
  }
}
