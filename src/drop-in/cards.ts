import { DataSource } from 'typeorm';
import { WechatAccount } from '../accounts/accounts';
import { audit } from '../audit/audit';
import { asEngine } from '../data/statement';
import { noteReimbursement } from '../insertion/reimbursement-event';
import { Subject } from '../insertion/settle';
import { Cancelled, CancelOrders } from '../orders/cancel-order';
import { answerOfReimburse, statusOf } from '../token-gateway/reimburser-doors';
import { DoorHandler, refusal, WechatAnswer } from '../token-gateway/wechat-door';
import { AccountCalls } from '../wechat/account-calls';
import { WechatClient } from '../wechat/client';
import { Errcode } from '../wechat/errcodes';
import { plainId } from '../wechat/plain-id';
import { changeVerdict, ReimburseVerdict } from '../wechat/reimburse-verdict';
import { TokenManager } from '../wechat/tokens';
import { ReimburseStatus, WIRE_PATHS } from '../wechat/wire';
import { withToken } from '../wechat/with-token';
import { Admission, Admitted } from './admission';
import { missing, textOf } from './fields';
import { OwnAccount } from './own-account';
import { ownCard } from './own-card';
import { wordOf } from './wechat-word';

/** The issuer's word about cards of the merchant's orders: updatestatus, and the codes behind encrypt_codes. */
export class Cards {
  constructor(
    private readonly admission: Admission,
    private readonly accounts: OwnAccount,
    private readonly cancels: CancelOrders,
    private readonly tokens: TokenManager,
    private readonly wechat: WechatClient,
    private readonly calls: AccountCalls,
    private readonly dataSource: DataSource,
  ) {}

  doors(): Record<string, DoorHandler> {
    return {
      [WIRE_PATHS.updatestatus]: this.admission.json('orders:write', (admitted) => this.updatestatus(admitted)),
      [WIRE_PATHS.decryptcode]: this.admission.json('orders:read', (admitted) => this.decrypt(admitted)),
      [WIRE_PATHS.cardcode]: this.admission.json('orders:read', (admitted) => this.look(admitted)),
    };
  }

  /** A card of no order of the merchant's is one that WeChat does not know: 72038. */
  private async updatestatus({ json, ...holder }: Admitted): Promise<WechatAnswer> {
    const absent = missing(json, 'card_id', 'code', 'reimburse_status');
    if (absent) return absent;
    const status = statusOf(json.reimburse_status);
    if (!status) return refusal(Errcode.InvalidParams, 'reimburse_status is invalid');
    const [cardId, code] = [textOf(json.card_id), textOf(json.code)];
    const order = await ownCard(this.dataSource, holder.caller, code, cardId);
    if (!order) return refusal(Errcode.OrderNeverAuth);
    const by = `key ${holder.caller.keyId}`;
    if (status === 'INVOICE_REIMBURSE_CANCEL')
      return answerOfCancelled(await this.cancels.cancel(order, { by, reason: null }));
    const card = { card_id: cardId, code, reimburse_status: status };
    return this.tell(order, by, await this.accounts.issuer(holder), card);
  }

  /** Written down before it is sent: what is reimbursed (CLOSURE) stays so. */
  private async tell(
    order: Subject,
    actor: string,
    issuer: WechatAccount,
    card: { card_id: string; code: string; reimburse_status: ReimburseStatus },
  ): Promise<WechatAnswer> {
    const { merchantId, id: object } = order;
    const { reimburse_status: status } = card;
    const said = { merchantId, actor, object, reason: null };
    const asked = { ...said, action: 'order.card_status_asked', data: { reimburse_status: status } };
    await asEngine(this.dataSource, (client) => audit(client, asked));
    const verdict = changeVerdict(
      await withToken(this.tokens, issuer, (token) => this.wechat.updatestatus(token, card)),
    );
    const heard = performance.now();
    await asEngine(this.dataSource, async (client) => {
      if (verdict.kind === 'done') await noteReimbursement(client, order, status, 'update', { heard });
      const data = { reimburse_status: status, outcome: verdict.kind, errcode: errcodeOf(verdict) };
      await audit(client, { ...said, action: 'order.card_status_answered', data });
    });
    return verdict.kind === 'done' ? OK : answerOfReimburse(verdict);
  }

  /** Whose card it is shows only when it is decrypted: another merchant's is then none. */
  private async decrypt({ json, ...holder }: Admitted): Promise<WechatAnswer> {
    const absent = missing(json, 'encrypt_code');
    if (absent) return absent;
    const issuer = await this.accounts.issuer(holder);
    const verdict = await this.calls.ask('decryptcode', issuer, { encrypt_code: textOf(json.encrypt_code) });
    if (verdict.kind !== 'done') return wordOf(verdict);
    const code = plainId(verdict.body.code) as string;
    const order = await ownCard(this.dataSource, holder.caller, code, null);
    return order ? { ...OK, code } : refusal(Errcode.InvalidEncryptCode);
  }

  private async look({ json, ...holder }: Admitted): Promise<WechatAnswer> {
    const absent = missing(json, 'code');
    if (absent) return absent;
    const cardId = textOf(json.card_id);
    const order = await ownCard(this.dataSource, holder.caller, textOf(json.code), cardId === '' ? null : cardId);
    if (!order) return refusal(Errcode.InvalidCardCode);
    return wordOf(await this.calls.ask('cardcode', await this.accounts.issuer(holder), json));
  }
}

const OK = { errcode: 0, errmsg: 'ok' };

function errcodeOf(verdict: ReimburseVerdict): number | null {
  return verdict.kind === 'done' ? null : (verdict.errcode ?? null);
}

/** A wish that WeChat has not answered clearly stays a wish: it is told again, and whoever asks again is told how it stands. */
function answerOfCancelled(cancelled: Cancelled): WechatAnswer {
  switch (cancelled.kind) {
    case 'cancelled':
      return OK;
    case 'refused':
      return { errcode: cancelled.errcode, errmsg: cancelled.errmsg };
    case 'inapplicable':
      return refusal(Errcode.OrderNeverAuth);
    case 'under_way':
      return refusal(Errcode.InvoiceBusy);
    case 'again':
      return refusal(Errcode.SystemBusy, 'it is told again until WeChat has answered');
  }
}
