import { Problem } from '../http/problems';
import { ReimburseVerdict } from '../wechat/reimburse-verdict';
import { ReimburseStatus } from '../wechat/wire';
import { knownAdvice, refusalAdvice, Words } from './refusal-advice';

/** The answer of a verdict that is `done`; every other one as the problem its caller gets. */
export function bodyOrProblem(verdict: ReimburseVerdict, change?: ReimburseStatus): Record<string, unknown> {
  if (verdict.kind === 'done') return verdict.body;
  const { errcode, errmsg = '' } = verdict;
  const wechat = errcode === undefined ? {} : { wechat: { errcode, errmsg } };
  switch (verdict.kind) {
    case 'refused':
      throw new Problem(verdict.conflict ? 'wechat_conflict' : 'wechat_refused', {
        ...wechat,
        detail: refusalAdvice(verdict.errcode),
      });
    case 'notNow':
      throw new Problem('wechat_unavailable', {
        ...wechat,
        detail: notNow(verdict.reason, knownAdvice(errcode)),
      });
    case 'unclear':
      throw new Problem('wechat_unclear', { ...wechat, detail: unclear(change) });
  }
}

/** What WeChat did not look at, or could not answer; with what can be done about it beyond waiting. */
function notNow(reason: string, advice: Words | null): Words {
  const [zh, en] = advice ?? ['', ''];
  return [`原因：${reason}。${zh}`, `Reason: ${reason}. ${en}`.trim()];
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
