import { Errcode } from '../../wechat/errcodes';
import { type Answer, empty, ok, refused } from './answers';
import { type AccountCall, text } from './call';
import { isCardTicket } from './ticket';

const SOURCES = ['app', 'web', 'wxa', 'wap'];
const PAGE_MINI_PROGRAM = 'wx0000000000000001';

/** POST /card/invoice/getauthurl. Page: 获取授权页链接. The page is on this sandbox. */
export function getauthurl(call: AccountCall): Answer {
  const { world, account, json, base } = call;
  const refusal = wrongRequest(call) ?? notSetUp(call);
  if (refusal) return refusal;
  const [order_id, s_pappid] = [text(json['order_id']), text(json['s_pappid'])];
  const order = world.orders.find(order_id, account.appid) ?? world.orders.open(order_id, account.appid, { s_pappid });
  if (order.state === 'REJECTED') return refused(Errcode.BizRejectInsert);
  if (order.state === 'INSERTED') return refused(Errcode.OrderIdRepeated);
  const { money, type } = json as { money: number; type: number };
  const source = text(json['source']);
  const redirect_url = text(json['redirect_url']) || undefined;
  Object.assign(order, { s_pappid, money, type, source, redirect_url });
  const page = `bizmall/authinvoice?action=auth&order_key=${order.key}`;
  return source === 'wxa' ? ok({ auth_url: page, appid: PAGE_MINI_PROGRAM }) : ok({ auth_url: `${base}/${page}` });
}

/** POST /card/invoice/getauthdata. Page: 查询授权完成状态. There is no state for "inserted". */
export function getauthdata({ world, account, json }: AccountCall): Answer {
  for (const field of ['s_pappid', 'order_id']) if (text(json[field]) === '') return empty(field);
  const order = world.orders.find(text(json['order_id']), account.appid);
  const foreign = order?.s_pappid != null && order.s_pappid !== json['s_pappid'];
  if (!order || foreign || order.state === 'URL_ISSUED') return ok({ invoice_status: 'never auth' });
  if (order.state === 'REJECTED') return ok({ invoice_status: 'reject insert' });
  const info = order.type === 1 && order.user_auth_info ? { user_auth_info: order.user_auth_info } : {};
  return ok({ invoice_status: 'auth success', auth_time: order.auth_time, ...info });
}

/** POST /card/invoice/rejectinsert. Page: 拒绝开票. The order is dead for good. */
export function rejectinsert({ world, account, json }: AccountCall): Answer {
  for (const field of ['s_pappid', 'order_id', 'reason']) if (text(json[field]) === '') return empty(field);
  const order = world.orders.find(text(json['order_id']), account.appid);
  if (!order) return refused(Errcode.OrderNeverAuth);
  if (order.state === 'REJECTED') return refused(Errcode.BizRejectInsert);
  if (order.state === 'INSERTED') return refused(Errcode.OrderIdRepeated);
  order.state = 'REJECTED';
  order.rejected = { by: 'merchant', reason: text(json['reason']), url: text(json['url']) || undefined };
  return ok();
}

function wrongRequest({ world, account, json }: AccountCall): Answer | undefined {
  for (const field of ['s_pappid', 'order_id', 'source', 'ticket']) if (text(json[field]) === '') return empty(field);
  for (const field of ['money', 'timestamp', 'type']) {
    if (json[field] === undefined || json[field] === null) return empty(field);
    if (!Number.isSafeInteger(json[field])) return refused(Errcode.DataFormatError);
  }
  if (!SOURCES.includes(text(json['source']))) return invalid('source');
  if (![0, 1, 2].includes(json['type'] as number)) return invalid('type');
  if (json['source'] === 'web' && text(json['redirect_url']) === '') return empty('redirect_url');
  const platform = /^(.+)_[^]{32}$/.exec(Buffer.from(text(json['s_pappid']), 'base64url').toString('latin1'))?.[1];
  if (!platform || world.accounts.get(platform).s_pappid !== json['s_pappid']) return invalid('s_pappid');
  return isCardTicket(text(json['ticket']), account, world.clock) ? undefined : invalid('ticket');
}

function notSetUp({ account, json }: AccountCall): Answer | undefined {
  if (account.contact === undefined) return refused(Errcode.BizContactEmpty);
  if (json['type'] === 1 && account.auth_field === undefined) return refused(Errcode.AuthFieldNeverSet);
  return undefined;
}

function invalid(field: string): Answer {
  return refused(Errcode.InvalidParams, `invalid params, ${field} is invalid`);
}
