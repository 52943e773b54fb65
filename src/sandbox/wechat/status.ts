import { Errcode } from '../../wechat/errcodes';
import type { ReimburseStatus } from '../../wechat/wire';
import type { Card } from '../state/cards';
import { type Answer, empty, ok, refused } from './answers';
import { type AccountCall, text } from './call';

export const STATUSES: readonly ReimburseStatus[] = [
  'INVOICE_REIMBURSE_INIT',
  'INVOICE_REIMBURSE_LOCK',
  'INVOICE_REIMBURSE_CLOSURE',
  'INVOICE_REIMBURSE_CANCEL',
];

/** POST /card/invoice/platform/updatestatus. Page: 更新发票卡券状态. A wrong `code` is 72038, misleading as it reads. */
export function updatestatus({ world, account, json }: AccountCall): Answer {
  for (const field of ['card_id', 'code', 'reimburse_status']) if (text(json[field]) === '') return empty(field);
  const status = STATUSES.find((known) => known === json['reimburse_status']);
  if (!status) return refused(Errcode.InvalidParams, 'invalid params, reimburse_status is invalid');
  const card = world.cards.get(text(json['code']));
  const ours = card?.card_id === json['card_id'] && card?.platform_appid === account.appid;
  if (!card || !ours) return refused(Errcode.OrderNeverAuth);
  return changeStatus(card, status, account.appid) ?? ok();
}

/** INIT ⇄ LOCK, either → CANCEL or CLOSURE, and nothing after those; a lock binds everyone but its owner. */
export function changeStatus(card: Card, to: ReimburseStatus, by: string): Answer | undefined {
  if (card.status === 'INVOICE_REIMBURSE_CANCEL') return refused(Errcode.InvoiceCancelled);
  if (card.status === 'INVOICE_REIMBURSE_CLOSURE') return refused(Errcode.InvoiceClosed);
  if (card.status === 'INVOICE_REIMBURSE_LOCK' && card.lock_owner !== by) return refused(Errcode.LockedByOthers);
  card.status = to;
  card.lock_owner = to === 'INVOICE_REIMBURSE_LOCK' ? by : undefined;
  return undefined;
}

/**
 * The same for a reimburser, who may not cancel, and reimburses only what he has locked. Saying again what is so already
 * is no error.
 */
export function reimburserRefusal(card: Card, to: ReimburseStatus, by: string): Answer | undefined {
  if (to === 'INVOICE_REIMBURSE_CANCEL') return refused(Errcode.InvoiceStatusError);
  if (card.status === 'INVOICE_REIMBURSE_CANCEL') return refused(Errcode.InvoiceCancelled);
  if (card.status === 'INVOICE_REIMBURSE_CLOSURE') return refused(Errcode.InvoiceClosed);
  const locked = card.status === 'INVOICE_REIMBURSE_LOCK';
  if (locked && card.lock_owner !== by) return refused(Errcode.LockedByOthers);
  return to === 'INVOICE_REIMBURSE_CLOSURE' && !locked ? refused(Errcode.MustBeLockFirst) : undefined;
}
