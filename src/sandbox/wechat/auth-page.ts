import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Order, UserAuthInfo } from '../state/orders';
import { decideByUser } from '../state/people';
import type { World } from '../state/world';
import { escapeHtml, htmlPage, yuan } from './html';

const TYPES = ['申请开票', '填写抬头申请开票', '领取发票'];
const ENDS: Partial<Record<Order['state'], string>> = {
  AUTHED: '已授权，发票开具后将放入卡包',
  REJECTED: '本订单已拒绝',
  INSERTED: '发票已在卡包中',
};

/** The page behind auth_url: the user sees the order and taps 授权 or 拒绝. */
export function showAuthPage(world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const order = world.orders.byPageKey(keyOf(request));
  void reply.type('text/html; charset=utf-8');
  if (!order) return reply.code(404).send(htmlPage('授权', '<h1>页面已失效</h1><p>请重新获取授权链接。</p>', true));
  return reply.send(htmlPage('电子发票授权', order.state === 'URL_ISSUED' ? asking(order) : ended(order), true));
}

export function submitAuthPage(world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const order = world.orders.byPageKey(keyOf(request));
  const form = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '');
  const choice = form.get('choice');
  if (order?.state === 'URL_ISSUED' && (choice === 'authorize' || choice === 'reject')) {
    decideByUser(world, order, { reject: choice === 'reject', user_auth_info: titleOf(form) });
  }
  return showAuthPage(world, request, reply);
}

function asking(order: Order): string {
  const fields =
    order.type === 1
      ? '<input name="title" required placeholder="发票抬头"><input name="tax_no" placeholder="税号（单位填写）">'
      : '';
  return `<h1>${escapeHtml(TYPES[order.type ?? 0])}</h1><div class="box"><div class="amount">${yuan(order.money)}</div>${facts(order)}
<form method="post">${fields}<button name="choice" value="authorize">授权</button>
<button class="quiet" name="choice" value="reject" formnovalidate>拒绝</button></form></div>
<p class="faint">这是模拟微信，不会产生真实授权。</p>`;
}

function ended(order: Order): string {
  const back = /^https?:\/\//.test(order.redirect_url ?? '')
    ? `<p><a href="${escapeHtml(order.redirect_url)}">返回商户</a></p>`
    : '';
  return `<h1>${ENDS[order.state] ?? ''}</h1><div class="box">${facts(order)}</div>${back}`;
}

function facts(order: Order): string {
  return `<dl><dt>订单号</dt><dd>${escapeHtml(order.order_id)}</dd><dt>商户</dt><dd>${escapeHtml(order.appid)}</dd>
<dt>金额</dt><dd>${yuan(order.money)}</dd><dt>来源</dt><dd>${escapeHtml(order.source)}</dd></dl>`;
}

function titleOf(form: URLSearchParams): UserAuthInfo | undefined {
  const [title, tax_no] = [form.get('title')?.trim(), form.get('tax_no')?.trim()];
  if (!title) return undefined;
  return tax_no ? { biz_field: { title, tax_no } } : { user_field: { title } };
}

function keyOf(request: FastifyRequest): string {
  const key = (request.query as Record<string, unknown>)['order_key'];
  return typeof key === 'string' ? key : '';
}
