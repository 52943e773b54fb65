import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { audit } from '../audit/audit';
import { Operator } from '../data/entities/operator';
import { asEngine } from '../data/statement';
import { Inapplicable, Settlement } from '../domain/settlement';
import { Problem, ProblemCode } from '../http/problems';
import { Locked, Settlements, Telling } from '../insertion/settle';

/** Who acts on which order; `seen` is the version that the person looked at, where it was named. */
export interface Act {
  orderUuid: string;
  operator: Operator;
  /** The id of the act's own resource. */
  id: string;
  seen: number | null;
}

/**
 * One transaction of an act on one order, with its insertion locked. An act that was done before under its id, and whose
 * answer was lost, is found by `done` and not done again.
 */
export async function onOrder<T>(
  dataSource: DataSource,
  settlements: Settlements,
  act: Act,
  done: (client: PoolClient, locked: Locked) => Promise<T | undefined>,
  work: (client: PoolClient, locked: Locked) => Promise<T>,
): Promise<T> {
  return asEngine(dataSource, async (client) => {
    const merchantId = await merchantOf(client, act.orderUuid);
    const locked = merchantId && (await settlements.lock(client, { merchantId, id: act.orderUuid }));
    if (!locked) throw new Problem('not_found');
    const before = await done(client, locked);
    if (before) return before;
    if (act.seen !== null && act.seen !== locked.version) throw new Problem('order_changed');
    return work(client, locked);
  });
}

/** Merchants read the timeline: who acted stands in the audit trail, not there. */
export async function settleOrRefuse(
  client: PoolClient,
  settlements: Settlements,
  locked: Locked,
  settlement: Settlement,
  telling?: Telling,
): Promise<void> {
  const settled = await settlements.settle(client, locked, settlement, telling);
  if (settled.kind === 'inapplicable') throw new Problem(PROBLEMS[settled.why]);
  if (settled.kind === 'code_in_use') throw new Problem('card_code_in_use');
}

/** Throws the problem that says why this settlement does not apply. */
export function requireApplicable(settlements: Settlements, locked: Locked, settlement: Settlement): void {
  const why = settlements.whyNot(locked, settlement);
  if (why) throw new Problem(PROBLEMS[why]);
}

export function auditAct(
  client: PoolClient,
  { merchantId, id }: Locked,
  actor: string,
  action: string,
  reason: string,
  data: Record<string, unknown>,
): Promise<void> {
  return audit(client, { merchantId, actor, action, object: id, reason, data });
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
  content_kept: 'order_content_kept',
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
