const SHANGHAI_OFFSET_MS = 8 * 3600_000;
const DAY_MS = 86_400_000;

/** The sandbox's own time: real time plus an offset that `POST /clock` moves forward. */
export class SandboxClock {
  private offsetMs = 0;

  /** Milliseconds. */
  now(): number {
    return Date.now() + this.offsetMs;
  }

  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  advance(seconds: number): void {
    this.offsetMs += seconds * 1000;
  }

  reset(): void {
    this.offsetMs = 0;
  }

  get offsetSeconds(): number {
    return this.offsetMs / 1000;
  }

  /** Number of the day in Shanghai, where WeChat's daily quotas turn over. */
  day(): number {
    return Math.floor((this.now() + SHANGHAI_OFFSET_MS) / DAY_MS);
  }

  secondsToMidnight(): number {
    return Math.ceil((DAY_MS - ((this.now() + SHANGHAI_OFFSET_MS) % DAY_MS)) / 1000);
  }
}
