import { Problem } from '../http/problems';
import { Errcode } from '../wechat/errcodes';
import { ReimburseVerdict } from '../wechat/reimburse-verdict';
import { ReimburseStatus } from '../wechat/wire';

type Words = [zh: string, en: string];

/** What to do about WeChat's refusals. */
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
    'encrypt_code 无效，请让用户重新选择发票。',
    'The encrypt_code is not valid; let the user choose the invoice again.',
  ],
  [Errcode.InvalidParams]: [
    'card_id 与 encrypt_code 不匹配，或不属于此账号可查询的范围；请让用户重新选择发票。',
    'card_id and encrypt_code do not fit, or this account may not read them; let the user choose the invoice again.',
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
};

/** The answer of a verdict that is `done`; every other one as the problem its caller gets. */
export function bodyOrProblem(verdict: ReimburseVerdict, change?: ReimburseStatus): Record<string, unknown> {
  if (verdict.kind === 'done') return verdict.body;
  const { errcode, errmsg = '' } = verdict;
  const wechat = errcode === undefined ? {} : { wechat: { errcode, errmsg } };
  const advice = errcode === undefined ? undefined : ADVICE[errcode];
  switch (verdict.kind) {
    case 'refused':
      throw new Problem(verdict.conflict ? 'wechat_conflict' : 'wechat_refused', {
        ...wechat,
        ...(advice ? { detail: advice } : {}),
      });
    case 'notNow':
      throw new Problem('wechat_unavailable', {
        ...wechat,
        detail: [`原因：${verdict.reason}。`, `Reason: ${verdict.reason}.`],
      });
    case 'unclear':
      throw new Problem('wechat_unclear', { ...wechat, detail: unclear(change) });
  }
}

function unclear(change: ReimburseStatus | undefined): Words {
  if (change === 'INVOICE_REIMBURSE_CLOSURE') {
    return [
      '报销不可撤销。请先用 /v1/reimbursements/query 查询 reimburse_status：若为 CLOSURE，则已完成；若仍为 LOCK，一分钟后再查一次，仍为 LOCK 时才重发。',
      'Reimbursing cannot be undone. Ask /v1/reimbursements/query for reimburse_status first: CLOSURE means it was done; if it is still LOCK, look again after a minute and only then send again.',
    ];
  }
  return [
    '可先用 /v1/reimbursements/query 查询 reimburse_status；重复发送同一状态是安全的。',
    'Ask /v1/reimbursements/query for reimburse_status; sending the same state again is safe.',
  ];
}
