import { Problem } from '../http/problems';
import { NotDone } from '../wechat/call-verdict';
import { clientIpIn } from '../wechat/client-ip';

/** What a caller is told when WeChat did not do as asked; `errcode` and `errmsg` are WeChat's own where it spoke. */
export function problemOf(verdict: NotDone): Problem {
  const { errcode, errmsg } = verdict;
  const wechat = errcode === null ? {} : { wechat: { errcode, errmsg: errmsg ?? '' } };
  switch (verdict.kind) {
    case 'later':
      return new Problem('wechat_unavailable', wechat);
    case 'unclear':
      return new Problem('wechat_unclear', wechat);
    case 'refused':
      return new Problem(CODES[verdict.why], { ...wechat, ...(detailOf(verdict) ?? {}) });
  }
}

const CODES = {
  configuration: 'account_not_ready',
  data: 'wechat_refused',
  notAuthorized: 'wechat_refused',
  rejected: 'order_rejected',
  orderConsumed: 'order_has_card',
} as const;

const ADVICE: Record<number, [zh: string, en: string]> = {
  72063: [
    '请先设置商户联系方式：PUT /v1/admin/accounts/{appid}/attributes/contact。',
    'Set the contact first: PUT /v1/admin/accounts/{appid}/attributes/contact.',
  ],
  72029: [
    '请先设置授权页字段：PUT /v1/admin/accounts/{appid}/attributes/auth_field。',
    'Set the fields of the authorisation page first: PUT /v1/admin/accounts/{appid}/attributes/auth_field.',
  ],
  72028: ['请先关联商户号：PUT /v1/admin/accounts/{appid}/attributes/pay_mch。', 'Set pay_mch first.'],
  72038: [
    '此订单没有用户授权，微信侧没有可拒绝的开票申请。',
    'Nobody has authorised this order, so WeChat has no request to reject.',
  ],
  48001: ['此公众号没有电子发票权限。', 'The account may not use e-invoices.'],
  72015: ['此公众号没有电子发票权限。', 'The account may not use e-invoices.'],
  40164: [
    '请把本服务的出口 IP 加入公众平台的 IP 白名单。',
    'Add this service’s address to the account’s IP whitelist.',
  ],
  61004: [
    '请在微信开放平台（open.weixin.qq.com）该第三方平台的白名单 IP 地址列表中加入本服务的出口 IP。',
    'Add this service’s address to the component’s whitelist at WeChat’s Open Platform (open.weixin.qq.com).',
  ],
};

function detailOf({ errcode, errmsg }: NotDone & { kind: 'refused' }): { detail: [string, string] } | null {
  const advice = ADVICE[errcode];
  if (!advice) return null;
  const ip = clientIpIn(errcode, errmsg);
  const [zh, en] = advice;
  return { detail: ip === null ? advice : [`${zh}微信看到的 IP：${ip}。`, `${en} The IP that WeChat saw: ${ip}.`] };
}
