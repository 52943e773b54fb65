import { RULES } from '../domain/rules/catalogue';
import { errcodeFact, knownErrcodes } from '../wechat/errcodes';
import { INSERT, InsertJudgement, judgementOf } from '../wechat/judgements';
import { adviceForReason } from './advice';

/** One of WeChat's error codes: what it says, what we make of it on insert, what to do, and the rules that prevent it. */
export interface ErrcodeAdvice {
  errcode: number;
  name: string;
  /** WeChat's own words. */
  text: string;
  /** Our judgement when insert answers it; null: insert does not answer it, or nothing is known. */
  on_insert: InsertJudgement | null;
  advice: string;
  advice_en: string;
  /** Codes of our rules: whoever keeps them does not see this errcode. */
  prevented_by: string[];
}

const BY_JUDGEMENT: Record<InsertJudgement | 'none', readonly [zh: string, en: string]> = {
  tokenRefused: [
    '令牌失效，未执行。服务会换新令牌后自动重试，无需操作。',
    'The token was refused and nothing done. The service fetches a new one and goes on by itself.',
  ],
  configuration: [
    '账号配置或权限有误，未执行。账号会暂停，由运营修正后自动继续；订单无需重发。',
    'The account’s configuration or permission is at fault; nothing was done. It is paused until operators mend it; send nothing again.',
  ],
  dayLimit: [
    '当日额度用尽，未执行。北京时间次日自动继续。',
    'The quota of the day is used up; nothing was done. It goes on at midnight, Shanghai time.',
  ],
  rateLimit: ['调用过快，未执行。稍后自动重试。', 'Called too often; nothing was done. It is tried again by itself.'],
  busy: ['微信暂时繁忙，未执行。稍后自动重试。', 'WeChat is busy; nothing was done. It is tried again by itself.'],
  freshTemplate: [
    '卡券模板刚创建或无权限。先自动重试；持续失败请核对 card_id 与权限。',
    'The template is fresh or not permitted. It is tried again; if that does not help, check card_id and permissions.',
  ],
  dataFix: [
    '订单数据被拒，未插卡。请按 errmsg 与订单的 reason 修改后重插。',
    'The order’s data were refused; there is no card. Mend what errmsg and the order’s reason name, and let it be re-inserted.',
  ],
  unclear: [
    '不能确定卡券是否已插入。服务会用同一订单号核实，请勿换订单号重发。',
    'Whether a card was made is not known. It is settled with the same order_id; do not send it under another.',
  ],
  orderConsumed: [
    '订单号在微信已用过。此前有疑问的订单视为已插卡；否则转人工核实。',
    'The order_id is used at WeChat. After a doubt this means inserted; without one, a person looks.',
  ],
  invoiceInWallet: [
    '此发票已在某个卡包中。此前有疑问的订单等待第二个证据；否则转人工核实。',
    'The invoice lies in a wallet. After a doubt a second witness is awaited; without one, a person looks.',
  ],
  awaitingAuthorization: [
    '用户尚未授权，或授权已失效，未插卡。请引导用户完成授权；之后自动继续。',
    'The user has not authorised, or no longer; there is no card. Lead the user to authorise; it goes on by itself.',
  ],
  rejected: [
    '此订单已被拒绝开票。请用新订单号重新授权。',
    'The order is dead at WeChat. Take a new order_id and a new authorisation.',
  ],
  mediaGone: [
    '上传的 PDF 在微信侧已失效。服务会重新上传一次，无需操作。',
    'The uploaded PDF is gone at WeChat. It is uploaded once more by itself.',
  ],
  none: [
    '插卡接口不返回此码，或含义未公布；写操作遇到未知码一律视为存疑。',
    'Insert does not answer this, or nobody has published its meaning; an unknown code on a write counts as doubt.',
  ],
};

export function errcodeAdvice(): ErrcodeAdvice[] {
  return knownErrcodes()
    .filter((errcode) => errcode !== 0)
    .map((errcode) => {
      const { name, text } = errcodeFact(errcode)!;
      const judgement = judgementOf(INSERT, errcode) ?? null;
      const [zh, en] = BY_JUDGEMENT[judgement ?? 'none'];
      const special = adviceForReason(`wechat_${errcode}`);
      return {
        errcode,
        name,
        text,
        on_insert: judgement,
        advice: special ? `${special[0]}${zh}` : zh,
        advice_en: special ? `${special[1]} ${en}` : en,
        prevented_by: RULES.filter(({ preventsErrcodes }) => preventsErrcodes.includes(errcode)).map(
          ({ code }) => code,
        ),
      };
    });
}
