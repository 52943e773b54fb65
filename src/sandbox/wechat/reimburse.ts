import { Errcode } from '../../wechat/errcodes';
import type { ReimburseStatus } from '../../wechat/wire';
import { type Account, openidUnder } from '../state/accounts';
import type { Card } from '../state/cards';
import { announceStatus } from '../state/people';
import { type Answer, ok, refused } from './answers';
import { type AccountCall, isObject, text } from './call';
import { reimburserPdfUrl } from './pdf';
import { changeStatus, reimburserRefusal, STATUSES } from './status';

const LIFE_SECONDS = 10 * 365 * 86_400;

/** POST /card/invoice/reimburse/getinvoiceinfo. Page: 查询报销发票信息. */
export function getinvoiceinfo(call: AccountCall): Answer {
  const card = shownCard(call, call.json);
  if (!isCard(card)) return card;
  return ok(invoiceOf(call, card));
}

/** POST /card/invoice/reimburse/getinvoicebatch. Page: 批量查询报销发票信息. A card named twice is answered twice. */
export function getinvoicebatch(call: AccountCall): Answer {
  const cards = listedCards(call, 'item_list');
  if (!Array.isArray(cards)) return cards;
  if (call.world.profile.reimburse_batch === 'empty') return ok({ item_list: [] });
  return ok({ item_list: cards.map((card) => invoiceOf(call, card)) });
}

/** POST /card/invoice/reimburse/updateinvoicestatus. Page: 报销方更新发票状态. */
export function updateinvoicestatus(call: AccountCall): Answer {
  const status = wantedStatus(call.json);
  if (typeof status !== 'string') return status;
  const card = shownCard(call, call.json);
  return isCard(card) ? changeAll(call, [card], status) : card;
}

/** POST /card/invoice/reimburse/updatestatusbatch. Page: 报销方批量更新发票状态. All of them or none. */
export function updatestatusbatch(call: AccountCall): Answer {
  if (text(call.json['openid']) === '') return refused(Errcode.MissingParameter);
  const status = wantedStatus(call.json);
  if (typeof status !== 'string') return status;
  const cards = listedCards(call, 'invoice_list');
  if (!Array.isArray(cards)) return cards;
  const foreign = cards.some((card) => openidFor(call.account, card) !== call.json['openid']);
  return foreign ? refused(Errcode.InvoiceOwnerError) : changeAll(call, cards, status);
}

/** POST /card/code/decrypt. Page: Code 解码接口. The issuer learns the code of a card whose link was opened. */
export function decrypt({ world, account, json }: AccountCall): Answer {
  if (text(json['encrypt_code']) === '') return refused(Errcode.MissingParameter);
  const card = world.cards.ofEncryptCode(text(json['encrypt_code']));
  return card?.platform_appid === account.appid ? ok({ code: card.code }) : refused(Errcode.InvalidEncryptCode);
}

/** POST /card/code/get. Page: 查询 Code 接口. */
export function cardcode({ world, account, json }: AccountCall): Answer {
  if (text(json['code']) === '') return refused(Errcode.MissingParameter);
  const card = world.profile.card_code_get === 'finds' ? world.cards.get(text(json['code'])) : undefined;
  if (card?.platform_appid !== account.appid) return refused(Errcode.InvalidCardCode);
  if (json['card_id'] !== undefined && json['card_id'] !== card.card_id) return refused(Errcode.InvalidCardId);
  const [user_card_status, begin_time] = [ordinaryStatus(card), Math.floor(card.inserted_at / 1000)];
  const period = { card_id: card.card_id, begin_time, end_time: begin_time + LIFE_SECONDS };
  return ok({ card: period, openid: card.openid, can_consume: user_card_status === 'NORMAL', user_card_status });
}

function changeAll({ world, account }: AccountCall, cards: Card[], status: ReimburseStatus): Answer {
  for (const card of cards) {
    const refusal = reimburserRefusal(card, status, account.appid);
    if (refusal) return refusal;
  }
  for (const card of new Set(cards)) {
    if (card.status === status) continue;
    changeStatus(card, status, account.appid);
    announceStatus(world, card);
  }
  return ok();
}

/** In the order in which refusals were seen: something missing, a card_id that does not exist, a code that fits no card. */
function shownCard({ world }: AccountCall, given: Record<string, unknown>): Card | Answer {
  const [card_id, encrypt_code] = [text(given['card_id']), text(given['encrypt_code'])];
  if (card_id === '' || encrypt_code === '') return refused(Errcode.MissingParameter);
  if (!world.templates.get(card_id)) return refused(Errcode.InvalidCardId);
  const card = world.cards.ofEncryptCode(encrypt_code);
  return card?.card_id === card_id ? card : refused(Errcode.InvalidParams);
}

function listedCards(call: AccountCall, field: string): Card[] | Answer {
  const list = call.json[field];
  if (!Array.isArray(list) || list.length === 0) return refused(Errcode.MissingParameter);
  if (list.length > call.world.profile.reimburse_batch_max) return refused(Errcode.GetTooManyInvoice);
  const cards: Card[] = [];
  for (const item of list) {
    const card = shownCard(call, isObject(item) ? item : {});
    if (!isCard(card)) return card;
    cards.push(card);
  }
  return cards;
}

function wantedStatus(json: Record<string, unknown>): ReimburseStatus | Answer {
  if (text(json['reimburse_status']) === '') return refused(Errcode.MissingParameter);
  const status = STATUSES.find((known) => known === json['reimburse_status']);
  return status ?? refused(Errcode.InvalidParams, 'invalid params, reimburse_status is invalid');
}

function invoiceOf(call: AccountCall, card: Card): Record<string, unknown> {
  const { s_pdf_media_id: pdf, s_trip_pdf_media_id: trip, ...face } = card.user_data;
  const template = call.world.templates.get(card.card_id);
  const items = Array.isArray(face['info']) ? (face['info'] as Record<string, unknown>[]) : [];
  const detail = text(items[0]?.['name']);
  const begin_time = Math.floor(card.inserted_at / 1000);
  const trip_pdf_url = text(trip) && reimburserPdfUrl(call, text(trip), card.card_id);
  return {
    card_id: card.card_id,
    begin_time,
    end_time: begin_time + LIFE_SECONDS,
    user_card_status: ordinaryStatus(card),
    openid: openidFor(call.account, card),
    type: template?.type || '增值税电子普通发票',
    payee: template?.payee || '示例收款方',
    detail: '',
    user_info: {
      ...NOT_GIVEN,
      ...face,
      billing_time: card.billing_time,
      detail,
      accept: true,
      pdf_url: reimburserPdfUrl(call, text(pdf), card.card_id),
      ...(trip_pdf_url ? { trip_pdf_url } : {}),
      reimburse_status: card.status,
      order_id: card.order_id,
    },
  };
}

/** Fields of the face that answers have, as `""`, where insert was given none. */
const NOT_GIVEN = Object.fromEntries(
  [
    ...['buyer_number', 'buyer_address_and_phone', 'buyer_bank_account'],
    ...['seller_number', 'seller_address_and_phone', 'seller_bank_account', 'remarks', 'cashier', 'maker'],
  ].map((field) => [field, '']),
);

/** The user as this account knows him. */
function openidFor(account: Account, card: Card): string {
  return account.appid === card.platform_appid ? card.openid : openidUnder(account, card.person);
}

function ordinaryStatus({ status }: Card): string {
  if (status === 'INVOICE_REIMBURSE_CANCEL') return 'DELETE';
  return status === 'INVOICE_REIMBURSE_CLOSURE' ? 'CONSUMED' : 'NORMAL';
}

function isCard(result: Card | Answer): result is Card {
  return 'code' in result;
}
