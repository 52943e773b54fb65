import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Sealer } from '../data/sealed';
import { Problem } from '../http/problems';
import { revise } from '../insertion/revise';
import { Locked, Settlements } from '../insertion/settle';
import { takeInvoiceAgain } from '../insertion/testimony';
import { OrderChanges } from '../orders/order-changes.api';
import { ReviseOrders } from '../orders/revise-order';
import { Act, auditAct, onOrder, requireApplicable, settleOrRefuse } from './act';
import { ReinsertionRequest } from './order-acts.api';

export interface ReinsertionRow {
  id: string;
  operator: string;
  reason: string;
  revision: number | null;
  created_at: Date;
}

/** Who begins an order anew, and why. */
export interface Beginning {
  id: string;
  operator: string;
  reason: string;
  /** The bulk that it belongs to. */
  bulk?: string;
}

export const REINSERTION = 'id, operator, reason, revision, created_at';

/** Begins orders anew: each is one transaction of the change, its record and its audit row. */
export class Reinsertions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    private readonly settlements: Settlements,
    private readonly revisions: ReviseOrders,
  ) {}

  reinsert(act: Act, { reason, changes }: ReinsertionRequest): Promise<ReinsertionRow> {
    const beginning = { id: act.id, operator: act.operator.name, reason };
    return onOrder(
      this.dataSource,
      this.settlements,
      act,
      (client, locked) => doneBefore(client, locked, act.id),
      (client, locked) => this.begin(client, locked, beginning, changes),
    );
  }

  /**
   * The order goes on by the same worker and the same path as at first. With changes it says something else from now on:
   * a new revision, judged by the rules of today, and never after a doubt.
   */
  async begin(client: PoolClient, locked: Locked, beginning: Beginning, changes?: OrderChanges) {
    requireApplicable(this.settlements, locked, { kind: 'reinserted' });
    const revised = changes ? await this.revise(client, locked, changes) : null;
    await settleOrRefuse(
      client,
      this.settlements,
      locked,
      { kind: 'reinserted', revised: revised !== null },
      { data: revised ?? {} },
    );
    const taken = await takeInvoiceAgain(client, locked);
    if (taken !== 'taken') throw new Problem(taken);
    const { id, operator, reason, bulk } = beginning;
    const { rows } = await client.query<ReinsertionRow>(
      `INSERT INTO reinsertions (merchant_id, id, order_uuid, operator, reason, revision) VALUES ($1, $2, $3, $4, $5, $6)
       RETURNING ${REINSERTION}`,
      [locked.merchantId, id, locked.id, operator, reason, revised?.revision ?? null],
    );
    await auditAct(client, locked, operator, 'order.reinserted', reason, { ...revised, bulk });
    return rows[0] as ReinsertionRow;
  }

  /** Null: the changes change nothing. */
  private async revise(client: PoolClient, locked: Locked, changes: OrderChanges) {
    const wanted = await this.revisions.revise(client, locked, changes);
    if ('faults' in wanted) throw new Problem('invalid_order', { faults: wanted.faults });
    if (!wanted.revision) return null;
    requireApplicable(this.settlements, locked, { kind: 'reinserted', revised: true });
    const revision = await revise(client, this.sealer, locked, wanted.revision);
    return { revision, changed: wanted.changed };
  }
}

async function doneBefore(client: PoolClient, locked: Locked, id: string): Promise<ReinsertionRow | undefined> {
  const { rows } = await client.query<ReinsertionRow>(
    `SELECT ${REINSERTION} FROM reinsertions WHERE merchant_id = $1 AND id = $2 AND order_uuid = $3`,
    [locked.merchantId, id, locked.id],
  );
  return rows[0];
}

/** How often, by whom and why an order was begun anew. `key`: merchant and order. */
export async function reinsertionsOf(client: PoolClient, key: string[]): Promise<ReinsertionRow[]> {
  const { rows } = await client.query<ReinsertionRow>(
    `SELECT ${REINSERTION} FROM reinsertions WHERE merchant_id = $1 AND order_uuid = $2 ORDER BY created_at, id`,
    key,
  );
  return rows;
}
