import { Accounts } from '../accounts/accounts';
import { SetUp } from '../accounts/set-up';
import { Templates } from '../accounts/templates';
import { Outcome } from '../domain/outcome';
import { AccountCalls } from '../wechat/account-calls';
import { readAuthData } from '../wechat/auth-data';
import { Claimed } from './claimed';

/** What WeChat would refuse for certain need not be sent. Whatever is not certain is: insert itself decides. */
export class BeforeSending {
  constructor(
    private readonly accounts: Accounts,
    private readonly setUp: SetUp,
    private readonly templates: Templates,
    private readonly calls: AccountCalls,
  ) {}

  /** Null: nothing speaks against sending now. An order in doubt is never held back. */
  async reasonToWait(claimed: Claimed): Promise<Outcome | null> {
    const { doubtSince, state } = claimed.insertion;
    if (doubtSince || state === 'sending') return null;
    const youth = await this.templates.youthOf(claimed.cardId);
    if (youth > 0) return { kind: 'later', reason: 'template_too_young', wait: youth, counted: false };
    return state === 'awaiting_authorization' ? this.authorization(claimed) : null;
  }

  /** Asked with the token of the account that authorises; where that is not known here, insert is sent and tells. */
  private async authorization({ appid, issuerAppid, orderId }: Claimed): Promise<Outcome | null> {
    const [merchant, issuer] = await Promise.all([this.accounts.find(appid), this.accounts.find(issuerAppid)]);
    if (!merchant || !issuer) return null;
    const platform = await this.setUp.pappid(issuer);
    if ('verdict' in platform) return null;
    const body = { s_pappid: platform.sPappid, order_id: orderId };
    const verdict = await this.calls.ask('getauthdata', merchant, body);
    if (verdict.kind === 'refused') {
      if (verdict.why === 'rejected') return { kind: 'rejected', code: `wechat_${verdict.errcode}` };
      return verdict.why === 'notAuthorized' ? { kind: 'awaitingAuthorization' } : null;
    }
    if (verdict.kind !== 'done') return null;
    const { status } = readAuthData(verdict.body);
    if (status === 'rejected') return { kind: 'rejected', code: 'rejected_at_wechat' };
    return status === 'never' ? { kind: 'awaitingAuthorization' } : null;
  }
}
