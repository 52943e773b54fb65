import { advance } from '../domain/advance';
import { refusedForGood } from '../data/statement';
import { Insertion, Policy } from '../domain/insertion';
import { Outcome } from '../domain/outcome';
import { failpoint } from '../failpoints';
import { Log } from '../log';
import { Answer } from '../wechat/answer';
import { Claimed, databaseNow } from './claimed';
import { Holds } from './holds';
import { InsertionStore } from './insertion.store';
import { LateAnswers } from './late-answers';
import { RestoreWatch } from './restored';

/** Writes down what a step came to, with all that follows from it. */
export class Recorder {
  constructor(
    private readonly store: InsertionStore,
    private readonly holds: Holds,
    private readonly late: LateAnswers,
    private readonly restored: RestoreWatch,
    private readonly settings: { policy: Omit<Policy, 'jitter'> },
    private readonly log: Log,
  ) {}

  /** A result is never dropped while this process lives: it may hold the only copy of a card's code. */
  async record(claimed: Claimed, before: Insertion, came: Outcome, answer: Answer | null): Promise<Outcome> {
    const outcome = await this.inViewOfRestores(claimed, came);
    const policy = this.policy();
    const next = advance(before, outcome, databaseNow(claimed), policy);
    const keep = () => this.late.keep(claimed, claimed.attempts + 1, outcome);
    const write = async () => {
      // The account is paused before the order is due again.
      if (outcome.kind === 'held') await this.holds.place(claimed, outcome);
      return this.store.record({ claimed, next, outcome, answer });
    };
    const recorded = await this.patiently(claimed, write).catch(async (error: unknown) => {
      if (answer && before.state === 'sending') await this.patiently(claimed, keep);
      throw error;
    });
    this.log.debug({ order: claimed.id, state: next.state, outcome: outcome.kind, recorded }, 'step recorded');
    await failpoint('carry.recorded');
    if (recorded === 'code_in_use') return this.disbelieve(claimed, before, next, answer);
    if (recorded === 'taken_over' && answer && before.state === 'sending') await this.patiently(claimed, keep);
    if (recorded === 'recorded' && (next.doubtSince || next.doubtDenied || next.cardCodeState === 'unknown')) {
      await this.patiently(claimed, () => this.late.settle(claimed));
    }
    if (outcome.kind === 'held' && outcome.whom === 'merchant') {
      await this.patiently(claimed, () => this.holds.mended(claimed));
    }
    if (claimed.canary && before.state === 'sending' && provesTheAccount(outcome, answer)) {
      await this.patiently(claimed, () => this.holds.lift(claimed));
    }
    return outcome;
  }

  private async inViewOfRestores(claimed: Claimed, outcome: Outcome): Promise<Outcome> {
    if (outcome.kind !== 'orderConsumed') return outcome;
    const forgotten = await this.patiently(claimed, () => this.restored.mayHaveForgotten(claimed));
    return { ...outcome, forgotten };
  }

  /** Nothing was sent, and the write-ahead may stand or not. */
  async recordUnanswered(claimed: Claimed, before: Insertion, outcome: Outcome): Promise<void> {
    const again = await this.patiently(claimed, () => this.store.reclaim(claimed));
    if (again) await this.record(again, before, outcome, null);
  }

  /** The answer carries the code of another order's card. There may be a card all the same. */
  private async disbelieve(claimed: Claimed, before: Insertion, { cardCode }: Insertion, answer: Answer | null) {
    const data = { outcome: 'card_code_in_use', answered_code: cardCode };
    await this.patiently(claimed, () => this.late.doubt(claimed, data));
    return this.record(claimed, before, { kind: 'needsHuman', reason: 'card_code_in_use', doubtful: true }, answer);
  }

  /** Repeats a write while the database is away. What it refuses for good is not repeated: the lease runs out. */
  private async patiently<T>(claimed: Claimed, write: () => Promise<T>): Promise<T> {
    for (let failures = 0; ; failures += 1) {
      try {
        return await write();
      } catch (error) {
        this.log.error({ order: claimed.id, err: error }, 'a result could not be recorded yet');
        if (refusedForGood(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 2 ** failures, 5000)));
      }
    }
  }

  private policy(): Policy {
    return { ...this.settings.policy, jitter: Math.random() };
  }
}

/** What WeChat says about an order itself. */
const OF_THE_ORDER: readonly Outcome['kind'][] = [
  'inserted',
  'orderConsumed',
  'invoiceInWallet',
  'mediaGone',
  'awaitingAuthorization',
  'refused',
  'rejected',
];

/** The account works again: WeChat answered an insert of its, and about the order. What we found ourselves proves nothing. */
function provesTheAccount({ kind }: Outcome, answer: Answer | null): boolean {
  return answer?.kind === 'answered' && OF_THE_ORDER.includes(kind);
}
