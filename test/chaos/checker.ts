import { CheckOptions, Invariant } from './invariant';
import { readOurLedger } from './our-ledger';
import { SENDING_INVARIANTS } from './sending-invariants';
import { STATE_INVARIANTS } from './state-invariants';
import { storiesOf } from './stories';
import { SandboxLedger, Story } from './story';

/** A promise that was broken. */
export interface Violation {
  invariant: string;
  promise: string;
  orderId: string;
  says: string;
  story: Story;
}

export interface Ledgers extends CheckOptions {
  databaseUrl: string;
  /** The answer of the sandbox's `GET /ledger`. */
  sandboxLedger: SandboxLedger;
  /** Natural keys (`appid/order_id`) of orders that were answered 2xx. */
  accepted?: Iterable<string>;
}

export const INVARIANTS: readonly Invariant[] = [...STATE_INVARIANTS, ...SENDING_INVARIANTS];

/**
 * Compares our tables with the sandbox's own ledger, never the service with itself. Call it when nothing is on its way:
 * the two ledgers are read one after the other.
 */
export async function checkLedgers(ledgers: Ledgers): Promise<Violation[]> {
  return checkStories(await readStories(ledgers), ledgers);
}

export async function readStories({ databaseUrl, sandboxLedger, accepted }: Ledgers): Promise<Story[]> {
  return storiesOf(await readOurLedger(databaseUrl), sandboxLedger, accepted);
}

export function checkStories(stories: readonly Story[], options: CheckOptions): Violation[] {
  return stories.flatMap((story) =>
    INVARIANTS.flatMap(({ id, name, broken }) =>
      broken(story, options).map((says) => ({ invariant: id, promise: name, orderId: story.orderId, says, story })),
    ),
  );
}
