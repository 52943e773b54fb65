import { Sealer } from '../data/sealed';
import { LostValue } from '../domain/lost-value';
import { PersonalData, unite } from '../domain/personal-data';
import { toShanghai } from '../domain/shanghai';
import { adviceFor, Standing, withDoubts } from './advice';
import { CancellationView } from './cancellations.api';
import { invoiceView } from './invoice-view';
import { OrderDraft } from './order-draft';
import { AttemptView, OrderView } from './orders.api';
import { AttemptRow, OrderRow } from './orders.read';

/** An order as its merchant sees it. */
export function orderView(row: OrderRow, sealer: Sealer): OrderView {
  const personal = sealer.opened<PersonalData>(row.person, `orders|${row.id}`);
  const holder = sealer.opened<Holder>(row.holder, `insertions|${row.id}`);
  const standing = standingOf(row);
  const { state } = standing;
  return {
    id: row.id,
    order_id: row.order_id,
    appid: row.appid,
    card_id: row.card_id,
    state,
    invoice: invoiceView(unite(row.invoice, personal.value)),
    insertion: {
      state,
      ...(row.card_code ? { card_code: row.card_code } : {}),
      card_code_state: row.card_code_state,
      ...holder.value,
      ...(row.reason ? { reason: row.reason } : {}),
      ...(row.faults ? { faults: row.faults } : {}),
      attempts: row.attempts.map(attemptView),
      // While a worker holds the row, due_at is its lease's end and says nothing to a merchant.
      ...(row.due_at && !row.claimed_by ? { next_attempt_at: toShanghai(row.due_at) } : {}),
      ...withDoubts(adviceFor(standing), row.faults ?? []),
    },
    ...lostIn({ invoice: personal.lost, holder: holder.lost }),
    ...(row.checked ? { checked: row.checked } : {}),
    ...(row.revised_at ? { revision: row.revision, revised_at: toShanghai(row.revised_at) } : {}),
    ...cancellationOf(row),
    ...(row.replaces === null ? {} : { replaces: row.replaces }),
    ...(row.replaced_by.length > 0 ? { replaced_by: row.replaced_by } : {}),
    created_at: toShanghai(row.created_at),
    updated_at: toShanghai(row.updated_at),
  };
}

/** Names what is stored and cannot be opened, so that nobody takes it for what the order never said. */
function lostIn(parts: Record<'invoice' | 'holder', LostValue | null>): Pick<OrderView, 'unreadable'> {
  const unreadable = (['invoice', 'holder'] as const).filter((part) => parts[part]);
  return unreadable.length > 0 ? { unreadable } : {};
}

/** Where an order stands, as its readers are told. */
export function standingOf(row: OrderRow): Standing {
  return { state: row.held ? 'held' : row.state, reason: row.reason, cardCodeState: row.card_code_state };
}

/** The answer to an order at the moment it was stored. */
export function acceptedView(draft: OrderDraft, id: string, createdAt: Date): OrderView {
  const at = toShanghai(createdAt);
  return {
    id,
    order_id: draft.orderId,
    appid: draft.appid,
    card_id: draft.cardId,
    state: 'accepted',
    invoice: invoiceView(draft.invoice),
    insertion: {
      state: 'accepted',
      card_code_state: 'none',
      attempts: [],
      next_attempt_at: at,
      ...adviceFor({ state: 'accepted', reason: null, cardCodeState: 'none' }),
    },
    checked: draft.checked,
    ...(draft.replaces ? { replaces: draft.replaces } : {}),
    created_at: at,
    updated_at: at,
  };
}

function cancellationOf(row: OrderRow): { cancellation?: CancellationView } {
  if (row.cancellation_state === null) return {};
  const { cancellation_reason: reason, cancellation_errcode: errcode, cancellation_errmsg: errmsg } = row;
  return {
    cancellation: {
      state: row.cancellation_state,
      ...(reason === null ? {} : { reason }),
      requested_at: toShanghai(row.cancellation_requested_at as Date),
      ...(row.cancellation_due_at ? { next_attempt_at: toShanghai(row.cancellation_due_at) } : {}),
      ...(errcode === null ? {} : { errcode }),
      ...(errmsg === null ? {} : { errmsg }),
    },
  };
}

interface Holder {
  openid: string;
  unionid?: string;
}

function attemptView(attempt: AttemptRow): AttemptView {
  const { n, kind, outcome, errcode, errmsg, hint } = attempt;
  return {
    n,
    kind,
    ...(outcome === null ? {} : { outcome }),
    ...(errcode === null ? {} : { errcode }),
    ...(errmsg === null ? {} : { errmsg }),
    ...(hint === null ? {} : { hint }),
    started_at: toShanghai(attempt.started_at),
    ...(attempt.ended_at === null ? {} : { ended_at: toShanghai(attempt.ended_at) }),
  };
}
