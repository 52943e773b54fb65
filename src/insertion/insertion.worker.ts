import { createHash, randomBytes } from 'node:crypto';
import { Accounts, IssuerAccount } from '../accounts/accounts';
import { advance, Insertion, Policy, startSending, stopBeforeSending } from '../domain/insertion';
import { Outcome } from '../domain/outcome';
import { Log } from '../log';
import { Answer } from '../wechat/answer';
import { insertBody } from '../wechat/card-ext';
import { json, WechatClient } from '../wechat/client';
import { TokenManager } from '../wechat/tokens';
import { insertVerdict } from '../wechat/verdict';
import { Claimed, databaseNow } from './claimed';
import { InsertionStore } from './insertion.store';
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
    private readonly settings: WorkerSettings,
    private readonly log: Log,
  ) {}

  /** The journey of an order: upload, write-ahead, insert, record. Null: another worker has taken it over. */
  async carry(claimed: Claimed): Promise<Outcome | null> {
    const stop = stopBeforeSending(claimed.insertion, claimed.crashes, databaseNow(claimed), this.policy());
    if (stop) return this.record(claimed, claimed.insertion, stop, null);
    const account = await this.accounts.issuer(claimed.issuerAppid);

    const upload = await this.uploader.upload(claimed, account);
    if (upload.outcome.kind !== 'uploaded') {
      return this.record(claimed, claimed.insertion, upload.outcome, upload.answer);
    }
    const sending = startSending(advance(claimed.insertion, upload.outcome, databaseNow(claimed), this.policy()));
    const request = requestOf(claimed, sending, account);
    if (!(await this.intend(claimed, sending, request, upload.sent))) return null;

    const { outcome, answer } = await this.insert(claimed, account, request);
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
    const answer = await this.wechat.insert(held.token.value, request);
    const outcome = insertVerdict(answer, databaseNow(claimed));
    if (outcome.kind === 'tokenRefused') await this.tokens.invalidate(account, held.token.generation);
    return { outcome, answer };
  }

  /** A result is never dropped while this process lives: it may hold the only copy of a card's code. */
  private async record(claimed: Claimed, before: Insertion, outcome: Outcome, answer: Answer | null): Promise<Outcome> {
    const next = advance(before, outcome, databaseNow(claimed), this.policy());
    for (let failures = 0; ; failures += 1) {
      try {
        const mine = await this.store.record({ claimed, next, outcome, answer });
        this.log.info({ order: claimed.id, state: next.state, outcome: outcome.kind, mine }, 'step recorded');
        return outcome;
      } catch (error) {
        this.log.error({ order: claimed.id, err: error }, 'a result could not be recorded yet');
        await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 2 ** failures, 5000)));
      }
    }
  }

  private policy(): Policy {
    return { ...this.settings.policy, jitter: Math.random() };
  }
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
