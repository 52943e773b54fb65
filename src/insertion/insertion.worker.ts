import { createHash, randomBytes } from 'node:crypto';
import { Accounts, IssuerAccount } from '../accounts/accounts';
import { AttemptKind } from '../data/entities/attempt';
import { refusedForGood } from '../data/statement';
import { databaseIsAway } from '../database-away';
import { advance, startSending, stopBeforeSending } from '../domain/advance';
import { Insertion, Policy } from '../domain/insertion';
import { LostValue } from '../domain/lost-value';
import { Outcome } from '../domain/outcome';
import { failpoint } from '../failpoints';
import { Log } from '../log';
import { Answer } from '../wechat/answer';
import { insertBody } from '../wechat/card-ext';
import { json, WechatClient } from '../wechat/client';
import { Token, TokenManager } from '../wechat/tokens';
import { errcodeFact } from '../wechat/errcodes';
import { TOO_LATE } from '../wechat/send-before';
import { insertVerdict } from '../wechat/verdict';
import { BeforeSending } from './before-sending';
import { Claimed, databaseNow } from './claimed';
import { Holds } from './holds';
import { InsertionStore } from './insertion.store';
import { LateAnswers } from './late-answers';
import { Recorder } from './recorder';
import { Uploader, UploadStep } from './upload';

export interface WorkerSettings {
  leaseSeconds: number;
  policy: Omit<Policy, 'jitter'>;
}

/** Carries one claimed order as far as it goes now. */
export class InsertionWorker {
  constructor(
    private readonly store: InsertionStore,
    private readonly accounts: Accounts,
    private readonly before: BeforeSending,
    private readonly uploader: Uploader,
    private readonly tokens: TokenManager,
    private readonly wechat: WechatClient,
    private readonly holds: Holds,
    private readonly late: LateAnswers,
    private readonly recorder: Recorder,
    private readonly settings: WorkerSettings,
    private readonly log: Log,
  ) {}

  /** The journey of an order: upload, write-ahead, insert, record. Null: another worker has taken it over. */
  async carry(claimed: Claimed): Promise<Outcome | null> {
    await failpoint('carry.claimed');
    const ready = await this.prepare(claimed).catch((error: unknown) => this.unprepared(claimed, error));
    if (ready === null || 'kind' in ready) return ready;
    const { account, token, sending, request } = ready;
    // The lease begins anew with the write-ahead, which is certainly not before this moment.
    const leaseFrom = performance.now();
    if (!(await this.intend(claimed, ready))) return null;

    await failpoint('carry.intended');
    const { outcome, answer } = await this.insert(claimed, account, token, request, leaseFrom);
    await failpoint('carry.answered');
    return this.recorder.record(claimed, sending, outcome, answer);
  }

  /** All that comes before the write-ahead. An outcome: recorded, the order goes no further now. */
  private async prepare(claimed: Claimed): Promise<Ready | Outcome | null> {
    const stop = stopBeforeSending(claimed.insertion, claimed.crashes, databaseNow(claimed), this.policy());
    if (await this.settled(claimed)) return null;
    if (stop) return this.stopped(claimed, stop);
    if (claimed.lost) return this.stopped(claimed, withoutData(claimed.lost));
    const wait = await this.before.reasonToWait(claimed);
    if (wait) return this.stopped(claimed, wait);
    const account = await this.accounts.issuer(claimed.issuerAppid);

    const upload = await this.uploader.upload(claimed, account);
    if (upload.outcome.kind !== 'uploaded') {
      if (!upload.sent) return this.stopped(claimed, upload.outcome);
      return this.recorder.record(claimed, claimed.insertion, upload.outcome, upload.answer);
    }
    await failpoint('carry.uploaded');
    const uploaded = advance(claimed.insertion, upload.outcome, databaseNow(claimed), this.policy());
    const held = await this.tokens.get(account);
    if (!held.token) return this.recorder.record(claimed, uploaded, held.outcome, null);
    const sending = startSending(uploaded);
    const request = requestOf(claimed, sending, account);
    return { account, token: held.token, sending, request, uploaded: upload.sent };
  }

  /**
   * While the database stands still the lease runs out and the order is claimed anew: that is nobody's failure. Any other
   * error is ours, and counted: what fails each time comes before a person.
   */
  private async unprepared(claimed: Claimed, error: unknown): Promise<Outcome> {
    if (databaseIsAway(error)) throw error;
    this.log.error({ order: claimed.id, err: error }, 'an order could not be prepared');
    return this.stopped(claimed, { kind: 'later', reason: 'unexpected_error', wait: 0, counted: true });
  }

  /** Evidence may have come that was not yet looked at: it ends a doubt, a denied one too, without another request. */
  private async settled(claimed: Claimed): Promise<boolean> {
    const { doubtSince, doubtDenied, state } = claimed.insertion;
    if (!(doubtSince || doubtDenied) || state === 'sending') return false;
    return this.late.settle(claimed);
  }

  /** Nothing was asked of the issuer's account. */
  private async stopped(claimed: Claimed, stop: Outcome): Promise<Outcome> {
    // This canary never flew: the next may leave at once.
    if (claimed.canary) await this.holds.again(claimed);
    return this.recorder.record(claimed, claimed.insertion, stop, null);
  }

  /**
   * False: nothing may be sent. A write-ahead whose COMMIT was not answered may stand or not: either way nothing was
   * sent, and that is recorded.
   */
  private async intend(claimed: Claimed, { sending, request, uploaded }: Ready): Promise<boolean> {
    const kind = kindOf(claimed);
    const requestSha256 = createHash('sha256').update(request).digest('hex');
    try {
      return await this.store.intend({ claimed, sending, kind, requestSha256, uploaded });
    } catch (error) {
      if (refusedForGood(error)) {
        this.log.error({ order: claimed.id, err: error }, 'an attempt could not be written down');
        await this.stopped(claimed, { kind: 'needsHuman', reason: 'write_ahead_refused' });
        return false;
      }
      await this.recorder.recordUnanswered(claimed, sending, notSent('write_ahead_unanswered', 1));
      return false;
    }
  }

  /** At most one request for one attempt. What WeChat refused for its token goes again as a new attempt. */
  private async insert(
    claimed: Claimed,
    account: IssuerAccount,
    token: Token,
    request: Buffer,
    leaseFrom: number,
  ): Promise<Insert> {
    await failpoint('insert.guarded');
    // A worker that was paused may have lost its lease: past half of it, nothing is sent any more.
    const answer = await this.wechat.insert(token.value, request, leaseFrom + this.settings.leaseSeconds * 500);
    if (answer.kind === 'no_answer' && answer.reason === TOO_LATE) {
      return { outcome: notSent('paused_before_sending', 0), answer };
    }
    const outcome = ofItsMerchant(claimed, insertVerdict(answer, databaseNow(claimed)), answer);
    if (outcome.kind === 'tokenRefused') await this.tokens.invalidate(account, token.generation);
    else if (answer.kind === 'answered') this.tokens.accepted(account);
    return { outcome, answer };
  }

  private policy(): Policy {
    return { ...this.settings.policy, jitter: Math.random() };
  }
}

/**
 * A template that WeChat does not know is the order's fault where the order named it. Where it is the merchant's default,
 * each of the merchant's orders would be refused: the merchant is paused until the default is right.
 */
function ofItsMerchant({ cardByDefault, insertion }: Claimed, outcome: Outcome, answer: Answer): Outcome {
  if (!cardByDefault || insertion.doubtSince || outcome.kind !== 'refused' || answer.kind !== 'answered')
    return outcome;
  const { errcode, errmsg } = answer;
  if (errcodeFact(errcode)?.name !== 'InvalidCardId') return outcome;
  return { kind: 'held', reason: `errcode_${errcode}`, errcode, errmsg: errmsg ?? null, until: null, whom: 'merchant' };
}

function notSent(reason: string, wait: number): Outcome {
  return { kind: 'later', reason, wait, counted: false };
}

/** A process that has the key may carry it; what nobody can open is for a person. */
function withoutData({ why }: LostValue): Outcome {
  if (why === 'key_missing') return notSent('sealing_key_missing', 0);
  return { kind: 'needsHuman', reason: 'sealed_value_lost' };
}

function kindOf({ insertion, attempts }: Claimed): AttemptKind {
  if (insertion.doubtSince || insertion.doubtDenied) return 'probe';
  if (insertion.reinserted) return 'reinsertion';
  return attempts === 0 ? 'first' : 'retry';
}

/** An order with everything that its attempt needs. */
interface Ready {
  account: IssuerAccount;
  token: Token;
  sending: Insertion;
  request: Buffer;
  uploaded: UploadStep['sent'];
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
