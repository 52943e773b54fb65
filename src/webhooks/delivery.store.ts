import { DataSource } from 'typeorm';
import { MicroBatch } from '../data/micro-batch';
import { Sealer } from '../data/sealed';
import { run } from '../data/statement';
import { YoungTables } from '../data/young-tables';
import { CLAIM_DELIVERIES, RECORD_DELIVERIES } from './delivery.queue';
import { EndpointLimits } from './endpoint-limits';
import { Message } from './message';
import { Reply } from './outbound';

/** A message in one worker's hands. */
export interface ClaimedDelivery extends Message {
  merchantId: string;
  /** With all its digits: it names the row's partition. */
  createdAt: string;
  endpointId: string;
  url: string;
  /** The present secret, and while it is being changed the one before; none where they cannot be opened. */
  secrets: string[];
  /** The endpoint's latest requests failed. */
  failing: boolean;
  failures: number;
  fence: string;
  claimedBy: string;
}

export interface DeliveryOutcome {
  claimed: ClaimedDelivery;
  reply: Reply;
  ms: number;
  state: 'pending' | 'delivered' | 'exhausted';
  failures: number;
  /** Seconds until the next attempt; null: none. */
  retryIn: number | null;
}

interface ClaimedDeliveryRow {
  merchant_id: string;
  id: string;
  created_at: string;
  endpoint_id: string;
  type: string;
  sequence: number | null;
  occurred_at: Date;
  data: Record<string, unknown>;
  fence: string;
  claimed_by: string;
  failures: number;
  url: string;
  secret: Buffer;
  previous_secret: Buffer | null;
  failing: boolean;
}

/** The statements of delivery.queue.ts as calls; results of the same moment share one commit. */
export class DeliveryStore {
  private readonly outcomes: MicroBatch<DeliveryOutcome, boolean>;
  private readonly youngTables: YoungTables;

  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    private readonly leaseSeconds: number,
  ) {
    this.outcomes = new MicroBatch((outcomes) => this.writeOutcomes(outcomes), { size: 64, parallel: 1 });
    this.youngTables = new YoungTables(dataSource, ['webhook_deliveries']);
  }

  async claim(count: number, worker: string, limits: EndpointLimits): Promise<ClaimedDelivery[]> {
    // The secret of an endpoint that was made just now may need a key that is not here.
    if (this.sealer.missing.size > 0) return [];
    const free = JSON.stringify(limits.free());
    const values = [
      count,
      worker,
      this.leaseSeconds,
      free,
      limits.slowFree(),
      limits.slow(),
      JSON.stringify(limits.turns),
    ];
    const rows = await run<ClaimedDeliveryRow>(this.dataSource, CLAIM_DELIVERIES, values);
    await this.youngTables.grew(rows.length);
    return rows.map((row) => this.claimedFrom(row));
  }

  /** False: the lease was lost meanwhile; the message goes again under the same id. */
  record(outcome: DeliveryOutcome): Promise<boolean> {
    return this.outcomes.add(outcome);
  }

  private async writeOutcomes(outcomes: DeliveryOutcome[]): Promise<boolean[]> {
    const rows = outcomes.map(({ claimed, reply, ms, state, failures, retryIn }) => ({
      merchant_id: claimed.merchantId,
      id: claimed.id,
      created_at: claimed.createdAt,
      fence: claimed.fence,
      claimed_by: claimed.claimedBy,
      state,
      failures,
      retry_in: retryIn,
      result: reply.result,
      http_status: reply.httpStatus,
      ms,
    }));
    const moved = await run<{ id: string; fence: string }>(this.dataSource, RECORD_DELIVERIES, [JSON.stringify(rows)]);
    const mine = new Set(moved.map(({ id, fence }) => `${id}/${fence}`));
    return rows.map(({ id, fence }) => mine.has(`${id}/${fence}`));
  }

  private claimedFrom(row: ClaimedDeliveryRow): ClaimedDelivery {
    const open = (secret: Buffer) => this.sealer.textOf(secret, `webhook_endpoints|${row.endpoint_id}`);
    return {
      merchantId: row.merchant_id,
      id: row.id,
      createdAt: row.created_at,
      endpointId: row.endpoint_id,
      type: row.type,
      sequence: row.sequence,
      occurredAt: row.occurred_at,
      data: row.data,
      url: row.url,
      secrets: [row.secret, row.previous_secret].flatMap((secret) => (secret ? (open(secret) ?? []) : [])),
      failing: row.failing,
      failures: row.failures,
      fence: row.fence,
      claimedBy: row.claimed_by,
    };
  }
}
