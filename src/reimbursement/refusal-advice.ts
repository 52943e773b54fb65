import { Errcode } from '../wechat/errcodes';

export type Words = [zh: string, en: string];

/** What to do about WeChat's refusals of a reimburser's calls, in the order of its table. */
const ADVICE: Record<number, Words> = {
  [Errcode.LockedByOthers]: [
    '发票已被其他报销方锁定，待其解锁后再试。',
    'Another reimburser has locked the invoice; try again when it is unlocked.',
  ],
  [Errcode.InvoiceStatusError]: [
    '当前状态不能这样变更；冲红只能由开票方办理。',
    'The card cannot go from its state to this one; only its issuer can cancel it.',
  ],
  [Errcode.InvoiceBusy]: ['发票正在被修改状态，请稍后再试。', 'Its state is being changed; try again in a moment.'],
  [Errcode.MustBeLockFirst]: [
    '请先锁定（LOCK），再报销（CLOSURE）。',
    'Lock it (LOCK) before reimbursing it (CLOSURE).',
  ],
  [Errcode.InvoiceCancelled]: [
    '发票已冲红，不能再报销。',
    'The invoice was cancelled (冲红) and cannot be reimbursed.',
  ],
  [Errcode.InvoiceClosed]: ['发票已报销，不可撤销。', 'The invoice has been reimbursed, which cannot be undone.'],
  [Errcode.InvalidCardId]: ['card_id 不存在。', 'There is no such card_id.'],
  [Errcode.InvalidEncryptCode]: [
    'encrypt_code 无效：请先核对传来的值与 chooseInvoice 返回的完全一致（未截断、不是 code）；仍无效再请用户重新选择。',
    'The encrypt_code is not valid: see first that it is exactly what chooseInvoice gave, not cut and not the code; only then let the user choose again.',
  ],
  [Errcode.InvalidParams]: [
    'card_id 与 encrypt_code 不匹配，或此账号不能查询：请核对两者出自同一次选择、chooseInvoice 用的就是此账号；仍不符再请用户重新选择。',
    'card_id and encrypt_code do not fit, or this account may not read them: see that both are of one choice, made under this very account; only then let the user choose again.',
  ],
  [Errcode.InvoiceOwnerError]: [
    'openid 不是这些发票的持有人；请使用本账号查询返回的 openid。',
    'openid does not hold these invoices; use the one that a query by this account returned.',
  ],
  [Errcode.ApiUnauthorized]: [
    '报销方账号没有电子发票报销权限，请在公众平台开通。',
    'The reimburser’s account lacks the permission for invoices; have it granted.',
  ],
  [Errcode.DailyQuotaReached]: ['今日额度已用完，明日再试。', 'The quota of the day is used up; try again tomorrow.'],
  [Errcode.MinuteQuotaReached]: ['调用过于频繁，一分钟后再试。', 'Too many calls; try again in a minute.'],
  [Errcode.GetTooManyInvoice]: ['一次查询的发票过多，请分批。', 'Too many invoices at once; ask in smaller batches.'],
  [Errcode.InvalidCardStatus]: [
    'card_id 未获授权：核对报销方账号的权限；测试号须把用户加入测试白名单。',
    'This card_id is not permitted: check the account’s permissions; with a test account add the user to its whitelist.',
  ],
  [Errcode.InvoiceUnauthorized]: [
    '报销方账号没有操作发票的权限，请在公众平台开通后再试。',
    'The reimburser’s account may not handle invoices; have the permission granted in the platform’s console.',
  ],
  [Errcode.InvalidInvoiceTitle]: [
    '发票抬头与要求的不一致：请核对抬头，或请用户换一张抬头正确的发票。',
    'The title is not the one that is wanted: compare it, or let the user choose an invoice with the right title.',
  ],
  [Errcode.InvoiceTokenError]: [
    'wx_invoice_token 无效或已过期：请重新查询发票以取得新的链接。',
    'The wx_invoice_token is invalid or over: query the invoice again, which gives a new link.',
  ],
  [Errcode.PayMchNeverSet]: [
    '账号未关联微信支付商户号：PUT /v1/admin/accounts/{appid}/attributes/pay_mch。',
    'The account has no pay merchant: PUT /v1/admin/accounts/{appid}/attributes/pay_mch.',
  ],
  [Errcode.AuthFieldNeverSet]: [
    '账号未设置授权页字段：PUT /v1/admin/accounts/{appid}/attributes/auth_field。',
    'The account has no fields of the authorisation page: PUT /v1/admin/accounts/{appid}/attributes/auth_field.',
  ],
  [Errcode.InvalidMchid]: [
    '商户号 mchid 无效：请在微信支付商户平台核对后重新设置 pay_mch。',
    'The mchid is not valid: compare it with WeChat Pay’s merchant platform and set pay_mch again.',
  ],
  [Errcode.BizRejectInsert]: [
    '商户已拒绝为此订单开票，没有可报销的发票；请用户向商户重新申请。',
    'The merchant refused to issue this order’s invoice, so there is none to reimburse; the user must apply anew.',
  ],
  [Errcode.OrderNeverAuth]: [
    '微信没有此订单的授权记录：核对开票平台 appid、商户 appid 与订单号是否对应。',
    'WeChat has no authorisation of this order: see that the platform’s appid, the merchant’s and the order belong together.',
  ],
  [Errcode.InvoicePdfError]: [
    '发票的 PDF 无效：请用户向开票方索取有效的发票文件。',
    'The invoice’s PDF is not valid: the user should ask its issuer for a valid one.',
  ],
  [Errcode.BillingNumbersRepeated]: [
    '同一发票号码与代码已存在：请核对是否重复提交。',
    'The same invoice number and code exist already: see whether it was handed in twice.',
  ],
  [Errcode.BillingNumbersSizeError]: [
    '发票号码或代码位数有误：请核对票面，数电票号码为 20 位、没有代码。',
    'The invoice’s number or code has a wrong length: compare its face; a 数电 number has 20 digits and no code.',
  ],
  [Errcode.ScanTextOutOfTime]: [
    '抬头二维码已过期：请用户刷新二维码后重新出示。',
    'The QR code of the title is over: let the user refresh it and show it again.',
  ],
  [Errcode.IpNotWhitelisted]: [
    '本服务的出口 IP 不在报销方账号的白名单中，请在公众平台加入。',
    'This service’s address is not on the whitelist of the reimburser’s account; add it in the platform’s console.',
  ],
  [Errcode.InvalidAppSecret]: [
    '报销方账号的 AppSecret 有误，请核对后重新设置。',
    'The AppSecret of the reimburser’s account is wrong; compare it and set it again.',
  ],
  [Errcode.MissingParameter]: [
    '缺少参数：card_id 与 encrypt_code 须一并发送。',
    'A parameter is missing: card_id and encrypt_code go together.',
  ],
  [Errcode.UserCardUnavailable]: [
    '用户已删除此发票卡券，或卡券已过期、失效；请用户确认卡包中仍有此发票。',
    'The user deleted the card, or it has expired: let the user look whether it is still in the wallet.',
  ],
  [Errcode.BeingGivenToOthers]: [
    '发票正在转赠给他人：待对方领取或退回后，由持有人出示。',
    'The invoice is being given to somebody else: wait until it is taken or returned, then its holder shows it.',
  ],
};

const ANY_OTHER: Words = [
  '微信拒绝了此请求，发票状态未变。请按 errmsg 核对参数；仍不明白时，凭 errmsg 中的 hint 或 rid 询问微信。',
  'WeChat refused the request and changed nothing. Compare the parameters with errmsg; else ask WeChat with its hint or rid.',
];

export function refusalAdvice(errcode: number): Words {
  return ADVICE[errcode] ?? ANY_OTHER;
}

/** Null: nothing is to be said beyond the reason. */
export function knownAdvice(errcode: number | undefined): Words | null {
  return errcode === undefined ? null : (ADVICE[errcode] ?? null);
}
