import { DataSource } from 'typeorm';
import { MicroBatch } from '../data/micro-batch';
import { Sealer } from '../data/sealed';
import { refusedForGood, run } from '../data/statement';
import { Fault } from '../domain/fault';
import { Insertion } from '../domain/insertion';
import { Outcome } from '../domain/outcome';
import { isFree } from '../domain/settlement';
import { LatestTurns } from '../fair-queue';
import { Metrics } from '../metrics';
import { Answer } from '../wechat/answer';
import { CLASSIFIER_VERSION } from '../wechat/verdict';
import { AttemptKind } from '../data/entities/attempt';
import { Claimed, claimedFrom, ClaimedRow, columnsOf, databaseNow } from './claimed';
import { CLAIM, INTEND, RECORD } from './insertion.queue';
import { BEAT, RECLAIM } from './keep-claim';

/** One attempt's write-ahead. */
export interface Intent {
  claimed: Claimed;
  /** The insertion as it is once the attempt is open. */
  sending: Insertion;
  kind: AttemptKind;
  requestSha256: string;
  /** Where this step also uploaded, a transition of its own on the timeline: what was in doubt about the PDF. */
  uploaded: { warnings: readonly Fault[] } | null;
}

/** The result of one step. `answer` is WeChat's, when there was one. */
export interface Result {
  claimed: Claimed;
  next: Insertion;
  outcome: Outcome;
  answer: Answer | null;
}

/**
 * taken_over: another worker holds the row and decides; code_in_use: WeChat's answer carries the code of another order's
 * card, so it cannot be believed.
 */
export type Recorded = 'recorded' | 'taken_over' | 'code_in_use';

interface Limits {
  leaseSeconds: number;
  batch: number;
}

/** The statements of insertion.queue.ts as calls; writes of the same moment share one commit. */
export class InsertionStore {
  private readonly intents: MicroBatch<Intent, boolean>;
  private readonly results: MicroBatch<Result, Recorded>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    private readonly limits: Limits,
    private readonly metrics: Metrics,
    /** Looks which keys are in use; the sealer then knows those that it lacks. */
    private readonly keysInUse: () => Promise<void>,
  ) {
    const batches = { size: limits.batch, parallel: 1 };
    this.intents = new MicroBatch((intents) => this.writeIntents(intents), batches);
    this.results = new MicroBatch((results) => this.writeResults(results), batches);
  }

  /** To be called more often than leases run out. */
  async beat(worker: string): Promise<void> {
    await run(this.dataSource, BEAT, [worker]);
  }

  /** `free`: how many more each account may take. `canaries`: held accounts that may let one through. `turns`: of merchants. */
  async claim(
    count: number,
    worker: string,
    free: Record<string, number>,
    canaries: string[],
    turns: LatestTurns,
  ): Promise<Claimed[]> {
    // Others seal with a key that is not here: what they accepted is theirs until it is.
    if (this.sealer.missing.size > 0) return [];
    const { leaseSeconds } = this.limits;
    const values = [count, worker, leaseSeconds, JSON.stringify(free), canaries, JSON.stringify(turns)];
    const rows = await run<ClaimedRow>(this.dataSource, CLAIM, values);
    if (rows.length > 0) this.metrics.batchSize.observe({ statement: 'claim' }, rows.length);
    const claimed = rows.map((row) => claimedFrom(row, this.sealer));
    if (!claimed.some(({ lost }) => lost && !this.sealer.hasKey(lost.keyId))) return claimed;
    // Perhaps a key that came into use a moment ago.
    await this.keysInUse();
    return rows.map((row) => claimedFrom(row, this.sealer));
  }

  /** False: the row was taken over meanwhile, and nothing may be sent. */
  intend(intent: Intent): Promise<boolean> {
    return together(this.intents, intent, (alone) => this.writeIntents(alone));
  }

  /** After this it is certain whether an unanswered write-ahead stands. Null: the row was taken over meanwhile. */
  async reclaim(claimed: Claimed): Promise<Claimed | null> {
    const { merchantId, id, fence, claimedBy } = claimed;
    const values = [merchantId, id, fence, claimedBy, this.limits.leaseSeconds];
    const [row] = await run<{ fence: string }>(this.dataSource, RECLAIM, values);
    return row ? { ...claimed, fence: row.fence } : null;
  }

  record(result: Result): Promise<Recorded> {
    return together(this.results, result, (alone) => this.writeResults(alone));
  }

  private async writeIntents(intents: Intent[]): Promise<boolean[]> {
    const rows = intents.map(({ claimed, sending, kind, requestSha256, uploaded }) => ({
      merchant_id: claimed.merchantId,
      id: claimed.id,
      fence: claimed.fence,
      claimed_by: claimed.claimedBy,
      state: sending.state,
      n: claimed.attempts + 1,
      kind,
      request_sha256: requestSha256,
      media_id: sending.mediaId,
      trip_media_id: sending.tripMediaId,
      uploaded_at: sending.uploadedAt,
      probes: sending.probes,
      uploaded: uploaded !== null,
      upload_story: uploaded?.warnings.length ? { faults: uploaded.warnings.map(faultStory) } : {},
    }));
    const moved = await run<Claim>(this.dataSource, INTEND, [JSON.stringify(rows), this.limits.leaseSeconds]);
    this.metrics.batchSize.observe({ statement: 'intend' }, rows.length);
    return present(rows, moved);
  }

  private async writeResults(results: Result[]): Promise<Recorded[]> {
    const rows = results.map((result) => this.resultRow(result));
    try {
      const moved = present(rows, await run<Claim>(this.dataSource, RECORD, [JSON.stringify(rows)]));
      this.metrics.batchSize.observe({ statement: 'record' }, rows.length);
      results.forEach((result, index) => moved[index] && this.count(result));
      return moved.map((mine) => (mine ? 'recorded' : 'taken_over'));
    } catch (error) {
      const { constraint } = error as { constraint?: string };
      if (results.length === 1 && constraint === 'insertions_one_card') return ['code_in_use'];
      throw error;
    }
  }

  private count({ claimed, next, outcome }: Result): void {
    this.metrics.orders.inc({ state: next.state });
    this.metrics.attempts.inc({ result: outcome.kind });
    if (next.state !== 'inserted') return;
    this.metrics.timeToCard.observe((databaseNow(claimed).getTime() - claimed.createdAt.getTime()) / 1000);
  }

  private resultRow({ claimed, next, outcome, answer }: Result) {
    const answered = answer?.kind === 'answered' ? answer : null;
    const person = next.openid ? { openid: next.openid, unionid: next.unionid ?? undefined } : null;
    return {
      merchant_id: claimed.merchantId,
      id: claimed.id,
      fence: claimed.fence,
      claimed_by: claimed.claimedBy,
      ...columnsOf(next),
      invoice_free: isFree(next),
      person: person && this.sealer.seal(JSON.stringify(person), `insertions|${claimed.id}`).toString('base64'),
      outcome: outcome.kind,
      sent: sentOf(outcome, answer),
      errcode: answered?.errcode ?? null,
      errmsg: answered?.errmsg.slice(0, 500).toWellFormed() ?? null,
      hint: answered?.hint ?? null,
      http_status: answer && answer.kind !== 'no_answer' ? answer.httpStatus : null,
      classifier_version: CLASSIFIER_VERSION,
      event: storyOf(next, outcome, answered?.errcode),
    };
  }
}

/** One row that the database refuses must not keep the others from being written: then each is written by itself. */
async function together<Row, Result>(
  batch: MicroBatch<Row, Result>,
  row: Row,
  write: (alone: Row[]) => Promise<Result[]>,
): Promise<Result> {
  try {
    return await batch.add(row);
  } catch (error) {
    if (!refusedForGood(error)) throw error;
    return (await write([row]))[0] as Result;
  }
}

/** Whether the attempt's request left: only an attempt whose process is gone leaves that unknown. */
function sentOf(outcome: Outcome, answer: Answer | null): 'yes' | 'no' | 'unknown' {
  if (answer === null) return outcome.kind === 'orphaned' ? 'unknown' : 'no';
  return answer.kind === 'no_answer' && !answer.sent ? 'no' : 'yes';
}

/** What the timeline tells beside the state; never personal data. */
function storyOf(next: Insertion, outcome: Outcome, errcode: number | undefined): Record<string, unknown> {
  return {
    outcome: outcome.kind,
    ...('reason' in outcome ? { reason: outcome.reason } : 'code' in outcome ? { reason: outcome.code } : {}),
    ...(errcode ? { errcode } : {}),
    ...(next.cardCode ? { card_code: next.cardCode } : {}),
    ...('faults' in outcome && outcome.faults ? { faults: outcome.faults.map(faultStory) } : {}),
    ...(next.dueIn ? { next_in_seconds: Math.round(next.dueIn) } : {}),
  };
}

function faultStory({ pointer, code, message, messageEn, severity }: Fault) {
  return { pointer, code, message, message_en: messageEn, severity };
}

interface Claim {
  id: string;
  fence: string;
}

/** Which rows were moved. A batch may hold one order twice, under an old claim and a new one: the fence tells them apart. */
function present(rows: Claim[], moved: Claim[]): boolean[] {
  const claims = new Set(moved.map(({ id, fence }) => `${id}/${fence}`));
  return rows.map(({ id, fence }) => claims.has(`${id}/${fence}`));
}
