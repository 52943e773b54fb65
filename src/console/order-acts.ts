import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { audit } from '../audit/audit';
import { Operator } from '../data/entities/operator';
import { asEngine } from '../data/statement';
import { Inapplicable, Settlement } from '../domain/settlement';
import { Problem, ProblemCode } from '../http/problems';
import { Locked, Settlements } from '../insertion/settle';
import { keepTestimony, lastAttemptEnded, takeInvoiceAgain } from '../insertion/testimony';
import { mayActAs } from './operators';
import { ReinsertionRequest, ResolutionKind, ResolutionRequest } from './order-acts.api';

export interface ReinsertionRow {
  id: string;
  operator: string;
  reason: string;
  created_at: Date;
}

export interface ResolutionRow {
  id: string;
  kind: ResolutionKind;
  state: 'pending' | 'settled';
  version: number;
  operator: string;
  reason: string;
  second_operator: string | null;
  second_reason: string | null;
  created_at: Date;
  settled_at: Date | null;
}

/** Who acts on which order; `seen` is the version that the person looked at, where it was named. */
export interface Act {
  orderUuid: string;
  operator: Operator;
  /** The id of the act's own resource. */
  id: string;
  seen: number | null;
}

const RESOLUTION = `id, kind, state, version, operator, reason, second_operator, second_reason, created_at, settled_at`;

/** What operators do with single orders: each act is one transaction of the change, its record and its audit row. */
export class OrderActs {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settlements: Settlements,
    private readonly quietSeconds: number,
  ) {}

  /** The order goes on by the same worker and the same path as at first. */
  reinsert(act: Act, { reason }: ReinsertionRequest): Promise<ReinsertionRow> {
    return this.onOrder(act, async (client, locked) => {
      await this.settle(client, locked, { kind: 'reinserted' });
      if (!(await takeInvoiceAgain(client, locked))) throw new Problem('invoice_taken');
      const { rows } = await client.query<ReinsertionRow>(
        `INSERT INTO reinsertions (merchant_id, id, order_uuid, operator, reason) VALUES ($1, $2, $3, $4, $5)
         RETURNING id, operator, reason, created_at`,
        [locked.merchantId, act.id, locked.id, act.operator.name, reason],
      );
      await this.audit(client, locked, act, 'order.reinserted', reason, {});
      return rows[0] as ReinsertionRow;
    });
  }

  resolve(act: Act, request: ResolutionRequest): Promise<ResolutionRow> {
    return this.onOrder(act, async (client, locked) => {
      const settled =
        request.kind === 'confirm_not_inserted'
          ? await this.confirmNotInserted(client, locked, act, request)
          : await this.decide(client, locked, act, request);
      const data = { kind: request.kind, state: settled.state, card_code_given: request.card_code !== undefined };
      await this.audit(client, locked, act, 'order.resolved', request.reason, data);
      return settled;
    });
  }

  private async decide(client: PoolClient, locked: Locked, act: Act, request: ResolutionRequest) {
    const { kind, evidence, card_code: cardCode = null } = request;
    await keepTestimony(client, locked, { cardCode, data: { by: act.operator.name, kind, evidence } });
    const settlement: Settlement =
      kind === 'confirm_inserted' ? { kind: 'confirmedInserted', cardCode } : { kind: 'abandoned' };
    await this.settle(client, locked, settlement);
    return this.store(client, locked, act, request, 'settled');
  }

  /**
   * It opens sending anew, so two people must be sure; and it waits until no request of ours can take effect any more: a
   * worker that was paused may still send until the quiet period after its attempt's end is over.
   */
  private async confirmNotInserted(client: PoolClient, locked: Locked, act: Act, request: ResolutionRequest) {
    const ended = await lastAttemptEnded(client, locked);
    if (ended && locked.now.getTime() - ended.getTime() < this.quietSeconds * 1000) throw new Problem('quiet_period');
    const first = await this.pending(client, locked);
    if (!first) {
      const why = this.settlements.whyNot(locked, { kind: 'confirmedNotInserted' });
      if (why) throw new Problem(PROBLEMS[why]);
      return this.store(client, locked, act, request, 'pending');
    }
    if (first.operator === act.operator.name || !mayActAs(act.operator, 'approver')) {
      throw new Problem('second_person_needed');
    }
    const data = { by: [first.operator, act.operator.name], kind: request.kind, evidence: request.evidence };
    await keepTestimony(client, locked, { cardCode: null, data });
    await this.settle(client, locked, { kind: 'confirmedNotInserted' });
    const { rows } = await client.query<ResolutionRow>(
      `UPDATE resolutions SET state = 'settled', second_operator = $3, second_reason = $4, settled_at = clock_timestamp()
        WHERE merchant_id = $1 AND id = $2 RETURNING ${RESOLUTION}`,
      [locked.merchantId, first.id, act.operator.name, request.reason],
    );
    return rows[0] as ResolutionRow;
  }

  /** A first person's decision holds only while nothing has happened to the order since. */
  private async pending(client: PoolClient, { merchantId, id, version }: Locked): Promise<ResolutionRow | undefined> {
    const { rows } = await client.query<ResolutionRow>(
      `SELECT ${RESOLUTION} FROM resolutions
        WHERE merchant_id = $1 AND order_uuid = $2 AND state = 'pending' AND version = $3 ORDER BY created_at LIMIT 1`,
      [merchantId, id, version],
    );
    return rows[0];
  }

  private async store(
    client: PoolClient,
    { merchantId, id, version }: Locked,
    act: Act,
    { kind, reason }: ResolutionRequest,
    state: 'pending' | 'settled',
  ): Promise<ResolutionRow> {
    const { rows } = await client.query<ResolutionRow>(
      `INSERT INTO resolutions (merchant_id, id, order_uuid, kind, state, version, operator, reason, settled_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $5 = 'settled' THEN clock_timestamp() END)
       RETURNING ${RESOLUTION}`,
      [merchantId, act.id, id, kind, state, version, act.operator.name, reason],
    );
    return rows[0] as ResolutionRow;
  }

  private async onOrder<T>(act: Act, work: (client: PoolClient, locked: Locked) => Promise<T>): Promise<T> {
    return asEngine(this.dataSource, async (client) => {
      const merchantId = await merchantOf(client, act.orderUuid);
      const locked = merchantId && (await this.settlements.lock(client, { merchantId, id: act.orderUuid }));
      if (!locked) throw new Problem('not_found');
      if (act.seen !== null && act.seen !== locked.version) throw new Problem('order_changed');
      return work(client, locked);
    });
  }

  /** Merchants read the timeline: who acted stands in the audit trail, not there. */
  private async settle(client: PoolClient, locked: Locked, settlement: Settlement): Promise<void> {
    const settled = await this.settlements.settle(client, locked, settlement);
    if (settled.kind === 'inapplicable') throw new Problem(PROBLEMS[settled.why]);
    if (settled.kind === 'code_in_use') throw new Problem('card_code_in_use');
  }

  private audit(
    client: PoolClient,
    { merchantId, id }: Locked,
    { operator }: Act,
    action: string,
    reason: string,
    data: Record<string, unknown>,
  ): Promise<void> {
    return audit(client, { merchantId, actor: operator.name, action, object: id, reason, data });
  }
}

const PROBLEMS: Record<Inapplicable, ProblemCode> = {
  sending: 'order_under_way',
  in_doubt: 'order_in_doubt',
  no_doubt: 'order_not_in_doubt',
  under_way: 'order_under_way',
  inserted: 'order_inserted',
  not_inserted: 'order_not_in_doubt',
  code_known: 'order_inserted',
  code_unknown: 'order_in_doubt',
  not_waiting: 'order_under_way',
  ended: 'order_ended',
};

/** Whose order it is. Orders are keyed by merchant first, so each merchant is asked, by its key. */
export async function merchantOf(client: PoolClient, orderUuid: string): Promise<string | null> {
  const { rows } = await client.query<{ merchant_id: string }>(
    'SELECT o.merchant_id FROM merchants m JOIN orders o ON o.merchant_id = m.id AND o.id = $1',
    [orderUuid],
  );
  return rows[0]?.merchant_id ?? null;
}
