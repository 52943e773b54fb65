import { InsertJudgement } from '../wechat/judgements';
import { Guidance } from './guidance';

/** What each kind of answer to insert calls for; none: insert does not answer it, or nobody knows what it means. */
export const BY_JUDGEMENT: Readonly<Record<InsertJudgement | 'none', Guidance>> = {
  tokenRefused: {
    merchant: [
      '令牌失效，未执行。服务会换新令牌后自动重试，无需操作。',
      'The token was refused and nothing done. The service fetches a new one and goes on by itself.',
    ],
    operator: [
      '未执行，换新令牌后立即重发。若频繁出现，查是否有其他系统以同一账号取令牌（GET /v1/admin/tokens）。',
      'Not executed; it goes again with a new token. If this is frequent, find who else fetches tokens for this account (GET /v1/admin/tokens).',
    ],
  },
  configuration: {
    merchant: [
      '账号配置或权限有误，未执行。账号会暂停，由运营修正后自动继续；订单无需重发。',
      'The account’s configuration or permission is at fault; nothing was done. It is paused until operators mend it; send nothing again.',
    ],
    operator: ['未执行，账号已暂停，订单不耗重试次数。', 'Not executed; the account is paused and orders burn no try.'],
  },
  dayLimit: {
    merchant: [
      '当日额度用尽，未执行。北京时间次日自动继续。',
      'The quota of the day is used up; nothing was done. It goes on at midnight, Shanghai time.',
    ],
    operator: [
      '未执行，账号暂停到北京时间零点。急需时可在公众平台手动清零（每月 10 次）后解除暂停。',
      'Not executed; paused until midnight, Asia/Shanghai. In need reset the quota at WeChat by hand (10 a month) and lift the hold.',
    ],
  },
  rateLimit: {
    merchant: ['调用过快，未执行。稍后自动重试。', 'Called too often; nothing was done. It is tried again by itself.'],
    operator: [
      '未执行，一分钟后重试，不耗重试次数。持续出现请调低 INSERT_CONCURRENCY。',
      'Not executed; again after a minute, burning no try. If it goes on, lower INSERT_CONCURRENCY.',
    ],
  },
  busy: {
    merchant: [
      '微信暂时繁忙，未执行。稍后自动重试。',
      'WeChat is busy; nothing was done. It is tried again by itself.',
    ],
    operator: ['未执行，按 RETRY_SCHEDULE 自动重试。', 'Not executed; it is tried again by RETRY_SCHEDULE.'],
  },
  freshTemplate: {
    merchant: [
      '卡券模板刚创建或无权限。先自动重试；持续失败请核对 card_id 与权限。',
      'The template is fresh or not permitted. It is tried again; if that does not help, check card_id and permissions.',
    ],
    operator: [
      '未执行，10 分钟后重试。半小时后仍如此：核对 card_id 属于该账号，测试号须在白名单内。',
      'Not executed; again after 10 minutes. If it lasts over half an hour: see that card_id is this account’s, and that a test account is whitelisted.',
    ],
  },
  dataFix: {
    merchant: [
      '订单数据被拒，未插卡。请把 errmsg 与订单的 reason 所指的数据改正后交平台运营重插；或取新订单号重新授权，提交时 replaces 填本订单号。',
      'The order’s data were refused; there is no card. Give the platform’s operators what errmsg and reason name, mended, to re-insert; or have a new order_id authorised and post it with replaces naming this one.',
    ],
    operator: [
      '确定未插卡。改正后用 POST …/reinsertions 带 changes 重插；若先前曾存疑，则先向用户求证。',
      'There is surely no card by this attempt. Re-insert with the mended data as changes (POST …/reinsertions); after an earlier doubt ask the user first.',
    ],
  },
  unclear: {
    merchant: [
      '不能确定卡券是否已插入。服务会用同一订单号核实，请勿换订单号重发。',
      'Whether a card was made is not known. It is settled with the same order_id; do not send it under another.',
    ],
    operator: [
      '可能已执行，转为存疑并自动核实。反复出现时请带 hint 询问微信；切勿当作失败另开新单。',
      'It may have been executed: in doubt, and probed by itself. If it recurs, ask WeChat with the hint; never take it for a failure and issue anew.',
    ],
  },
  orderConsumed: {
    merchant: [
      '订单号在微信已用过。此前有疑问的订单视为已插卡；否则转人工核实。',
      'The order_id is used at WeChat. After a doubt this means inserted; without one, a person looks.',
    ],
    operator: [
      '存疑之后即证明已插卡（卡券号未知）；从未存疑则说明别处用过此 order_id。',
      'After a doubt it proves the card, whose code is then unknown; without one, somebody else used this order_id.',
    ],
  },
  invoiceInWallet: {
    merchant: [
      '此发票已在某个卡包中。此前有疑问的订单等待第二个证据；否则转人工核实。',
      'The invoice lies in a wallet. After a doubt a second witness is awaited; without one, a person looks.',
    ],
    operator: [
      '不能证明是本订单所插：等下一次核实或向用户求证；从未存疑则核对发票号码。',
      'No proof that this order put it there: await the next probe or ask the user; without a doubt, compare the invoice’s number.',
    ],
  },
  awaitingAuthorization: {
    merchant: [
      '用户尚未授权，或授权已失效，未插卡。请引导用户完成授权；之后自动继续。',
      'The user has not authorised, or no longer; there is no card. Lead the user to authorise; it goes on by itself.',
    ],
    operator: [
      '未插卡，等待授权，不耗重试次数。用户称已授权时，核对 appid、order_id 与 s_pappid。',
      'No card; it waits and burns no try. If the user says it is done, compare appid, order_id and s_pappid.',
    ],
  },
  rejected: {
    merchant: [
      '此订单已被拒绝开票。请用新订单号重新授权。',
      'The order is dead at WeChat. Take a new order_id and a new authorisation.',
    ],
    operator: [
      '该 order_id 不能再用；先前曾存疑的转人工，其余到此为止。',
      'This order_id cannot be used again; a doubtful order goes to a person, any other ends here.',
    ],
  },
  mediaGone: {
    merchant: [
      '上传的 PDF 在微信侧已失效。服务会重新上传一次，无需操作。',
      'The uploaded PDF is gone at WeChat. It is uploaded once more by itself.',
    ],
    operator: [
      '未插卡，自动重传一次；再次失效则转人工。',
      'No card; it is uploaded once more, and goes to a person if that vanishes, too.',
    ],
  },
  none: {
    merchant: [
      '插卡接口不返回此码，或含义未公布；写操作遇到未知码一律视为存疑。',
      'Insert does not answer this, or nobody has published its meaning; an unknown code on a write counts as doubt.',
    ],
    operator: [
      '插卡时出现即视为存疑，核实后再出现则转人工；其他接口按各自的规则处理。',
      'From insert it counts as doubt, and from a probe it goes to a person; other calls have rules of their own.',
    ],
  },
};
