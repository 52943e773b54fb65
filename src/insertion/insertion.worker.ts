import { createHash, randomBytes } from 'node:crypto';
import { Accounts, IssuerAccount } from '../accounts/accounts';
import { advance, Insertion, Policy, startSending, stopBeforeSending } from '../domain/insertion';
import { Outcome } from '../domain/outcome';
import { failpoint } from '../failpoints';
import { Log } from '../log';
import { Answer } from '../wechat/answer';
import { insertBody } from '../wechat/card-ext';
import { json, WechatClient } from '../wechat/client';
import { TokenManager } from '../wechat/tokens';
import { insertVerdict } from '../wechat/verdict';
import { Claimed, databaseNow } from './claimed';
import { Holds } from './holds';
import { InsertionStore } from './insertion.store';
import { LateAnswers } from './late-answers';
import { Uploader } from './upload';

export interface WorkerSettings {
  leaseSeconds: number;
  policy: Omit<Policy, 'jitter'>;
}

/** Carries one claimed order as far as it goes now. */
export class InsertionWorker {
  constructor(
    private readonly store: InsertionStore,
    private readonly accounts: Accounts,
    private readonly uploader: Uploader,
    private readonly tokens: TokenManager,
    private readonly wechat: WechatClient,
    private readonly holds: Holds,
    private readonly late: LateAnswers,
    private readonly settings: WorkerSettings,
    private readonly log: Log,
  ) {}

  /** The journey of an order: upload, write-ahead, insert, record. Null: another worker has taken it over. */
  async carry(claimed: Claimed): Promise<Outcome | null> {
    await failpoint('carry.claimed');
    const stop = stopBeforeSending(claimed.insertion, claimed.crashes, databaseNow(claimed), this.policy());
    if (stop) return this.record(claimed, claimed.insertion, stop, null);
    const account = await this.accounts.issuer(claimed.issuerAppid);

    const upload = await this.uploader.upload(claimed, account);
    if (upload.outcome.kind !== 'uploaded') {
      return this.record(claimed, claimed.insertion, upload.outcome, upload.answer);
    }
    await failpoint('carry.uploaded');
    const sending = startSending(advance(claimed.insertion, upload.outcome, databaseNow(claimed), this.policy()));
    const request = requestOf(claimed, sending, account);
    if (!(await this.intend(claimed, sending, request, upload.sent))) return null;

    await failpoint('carry.intended');
    const { outcome, answer } = await this.insert(claimed, account, request);
    await failpoint('carry.answered');
    return this.record(claimed, sending, outcome, answer);
  }

  private intend(claimed: Claimed, sending: Insertion, request: Buffer, uploaded: boolean): Promise<boolean> {
    const kind = claimed.insertion.doubtSince ? 'probe' : claimed.attempts === 0 ? 'first' : 'retry';
    const requestSha256 = createHash('sha256').update(request).digest('hex');
    return this.store.intend({ claimed, sending, kind, requestSha256, uploaded });
  }

  /** At most one request for one attempt. What WeChat refused for its token goes again as a new attempt. */
  private async insert(claimed: Claimed, account: IssuerAccount, request: Buffer): Promise<Insert> {
    const intended = performance.now();
    const held = await this.tokens.get(account);
    if (!held.token) return { outcome: held.outcome, answer: null };
    // A worker that was paused may have lost its lease: past half of it, nothing is sent any more.
    if (performance.now() - intended > this.settings.leaseSeconds * 500) {
      return { outcome: { kind: 'later', reason: 'paused_before_sending', wait: 0, counted: false }, answer: null };
    }
    await failpoint('insert.guarded');
    const answer = await this.wechat.insert(held.token.value, request);
    const outcome = insertVerdict(answer, databaseNow(claimed));
    if (outcome.kind === 'tokenRefused') await this.tokens.invalidate(account, held.token.generation);
    else if (answer.kind === 'answered') this.tokens.accepted(account);
    return { outcome, answer };
  }

  /** A result is never dropped while this process lives: it may hold the only copy of a card's code. */
  private async record(claimed: Claimed, before: Insertion, outcome: Outcome, answer: Answer | null): Promise<Outcome> {
    const policy = this.policy();
    const next = advance(before, outcome, databaseNow(claimed), policy);
    if (outcome.kind === 'held') await this.patiently(claimed, () => this.holds.place(claimed.issuerAppid, outcome));
    else if (claimed.canary && provesTheAccount(outcome, answer)) await this.holds.lift(claimed.issuerAppid);
    const recorded = await this.patiently(claimed, () => this.store.record({ claimed, next, outcome, answer }));
    this.log.debug({ order: claimed.id, state: next.state, outcome: outcome.kind, recorded }, 'step recorded');
    await failpoint('carry.recorded');
    if (recorded === 'code_in_use') {
      return this.record(claimed, before, { kind: 'needsHuman', reason: 'card_code_in_use' }, answer);
    }
    if (recorded === 'taken_over' && answer) {
      await this.patiently(claimed, () => this.late.keep(claimed, outcome, databaseNow(claimed), policy));
    }
    return outcome;
  }

  /** Repeats a write while the database is away. What it refuses for good is not repeated: the lease runs out. */
  private async patiently<T>(claimed: Claimed, write: () => Promise<T>): Promise<T> {
    for (let failures = 0; ; failures += 1) {
      try {
        return await write();
      } catch (error) {
        this.log.error({ order: claimed.id, err: error }, 'a result could not be recorded yet');
        if (/^2[23]/.test((error as { code?: string }).code ?? '')) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 2 ** failures, 5000)));
      }
    }
  }

  private policy(): Policy {
    return { ...this.settings.policy, jitter: Math.random() };
  }
}

/** WeChat spoke about the order itself, so the account may work again. */
function provesTheAccount(outcome: Outcome, answer: Answer | null): boolean {
  return answer?.kind === 'answered' && outcome.kind !== 'unclear' && outcome.kind !== 'tokenRefused';
}

interface Insert {
  outcome: Outcome;
  answer: Answer | null;
}

/** The exact bytes of one attempt, with its fresh nonce. */
function requestOf(claimed: Claimed, { mediaId, tripMediaId }: Insertion, account: IssuerAccount): Buffer {
  const order = { ...claimed, mediaId: mediaId as string, tripMediaId };
  return json(insertBody(order, account.billingFields, randomBytes(16).toString('hex')));
}
