import { LatestTurns } from '../fair-queue';

/** An endpoint that answers well may have this many requests at once; one that is new, fails or dawdles, one. */
const HANDS_OF_A_QUICK_ONE = 8;
const QUICK_MS = 1000;

interface Endpoint {
  inFlight: number;
  /** How its latest request went; undefined: none yet. */
  quick: boolean | undefined;
}

/**
 * How many requests each endpoint may have in flight from this process. Endpoints that fail or dawdle share a quarter of
 * all hands, so that however many of them hang until their deadline, the others are served.
 */
export class EndpointLimits {
  private readonly endpoints = new Map<string, Endpoint>();
  private slowInFlight = 0;
  /** Of merchants. */
  readonly turns = new LatestTurns();

  constructor(private readonly concurrency: number) {}

  /** `failing`: by what other processes saw. Returns what to call at its end, with success and duration in ms. */
  begin(
    { endpointId: id, merchantId }: { endpointId: string; merchantId: string },
    failing: boolean,
  ): (succeeded: boolean, ms: number) => void {
    this.turns.note(merchantId);
    const endpoint = this.endpoints.get(id) ?? { inFlight: 0, quick: undefined };
    this.endpoints.set(id, endpoint);
    const slow = failing || endpoint.quick === false;
    endpoint.inFlight += 1;
    if (slow) this.slowInFlight += 1;
    return (succeeded, ms) => {
      endpoint.inFlight -= 1;
      if (slow) this.slowInFlight -= 1;
      endpoint.quick = succeeded && ms <= QUICK_MS;
    };
  }

  /** How many more each endpoint may take; one that is not named may take one. */
  free(): Record<string, number> {
    const entries = [...this.endpoints].map(([id, { inFlight, quick }]) => [
      id,
      Math.max(0, (quick ? HANDS_OF_A_QUICK_ONE : 1) - inFlight),
    ]);
    return Object.fromEntries(entries) as Record<string, number>;
  }

  slow(): string[] {
    return [...this.endpoints].filter(([, { quick }]) => quick === false).map(([id]) => id);
  }

  slowFree(): number {
    return Math.max(0, Math.ceil(this.concurrency / 4) - this.slowInFlight);
  }
}
