import { Attempt, OpenAttempt } from '../data/entities/attempt';
import { Sealer } from '../data/sealed';
import { PersonalData, unite } from '../domain/personal-data';
import { toShanghai } from '../domain/shanghai';
import { adviceFor } from './advice';
import { invoiceView } from './invoice-view';
import { AttemptView, OrderView } from './orders.api';
import { OrderRow } from './orders.read';

/** An order as its merchant sees it. */
export function orderView(row: OrderRow, sealer: Sealer): OrderView {
  const personal = row.person && (JSON.parse(sealer.open(row.person, `orders|${row.id}`)) as PersonalData);
  const holder = row.holder && (JSON.parse(sealer.open(row.holder, `insertions|${row.id}`)) as Holder);
  return {
    id: row.id,
    order_id: row.order_id,
    appid: row.appid,
    card_id: row.card_id,
    state: row.state,
    invoice: invoiceView(unite(row.invoice, personal)),
    insertion: {
      state: row.state,
      ...(row.card_code ? { card_code: row.card_code } : {}),
      card_code_state: row.card_code_state,
      ...holder,
      ...(row.reason ? { reason: row.reason } : {}),
      attempts: row.attempts.map(attemptView),
      // While a worker holds the row, due_at is its lease's end and says nothing to a merchant.
      ...(row.due_at && !row.claimed_by ? { next_attempt_at: toShanghai(row.due_at) } : {}),
      ...adviceFor(row.state, row.reason),
    },
    created_at: toShanghai(row.created_at),
    updated_at: toShanghai(row.updated_at),
  };
}

interface Holder {
  openid: string;
  unionid?: string;
}

function attemptView(attempt: Attempt | OpenAttempt): AttemptView {
  const { n, kind } = attempt;
  const started_at = toShanghai(attempt.startedAt);
  if (!('endedAt' in attempt)) return { n, kind, started_at };
  return {
    n,
    kind,
    outcome: attempt.outcome,
    ...(attempt.errcode === null ? {} : { errcode: attempt.errcode }),
    ...(attempt.errmsg === null ? {} : { errmsg: attempt.errmsg }),
    ...(attempt.hint === null ? {} : { hint: attempt.hint }),
    started_at,
    ended_at: toShanghai(attempt.endedAt),
  };
}
