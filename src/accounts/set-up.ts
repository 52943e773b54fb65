import { nothingElse } from '../data/together';
import { AccountCalls } from '../wechat/account-calls';
import { CallVerdict, NotDone } from '../wechat/call-verdict';
import { Accounts, WechatAccount } from './accounts';

/** What setbizattr sets: whom users may phone, what they fill in, who collects their money; and the field it comes in. */
export const ATTRIBUTES = { contact: 'contact', auth_field: 'auth_field', pay_mch: 'paymch_info' } as const;
export type Attribute = keyof typeof ATTRIBUTES;

/** Preparing an account at WeChat. Everything here may be repeated; making a template may not (templates.ts). */
export class SetUp {
  constructor(
    private readonly accounts: Accounts,
    private readonly calls: AccountCalls,
  ) {}

  /** The issuer's s_pappid (开票平台识别码): asked for once, with the issuer's token, and kept. */
  async pappid(issuer: WechatAccount): Promise<{ sPappid: string } | { verdict: NotDone }> {
    if (issuer.sPappid) return { sPappid: issuer.sPappid };
    return this.fetchPappid(issuer);
  }

  /** `also` is of the commit that keeps it. */
  async fetchPappid(issuer: WechatAccount, also = nothingElse): Promise<{ sPappid: string } | { verdict: NotDone }> {
    const verdict = await this.calls.ask('seturl', issuer, {});
    if (verdict.kind !== 'done') return { verdict };
    const sPappid = pappidIn(verdict.body.invoice_url as string);
    if (!sPappid) {
      return { verdict: { kind: 'later', reason: 'without_s_pappid', wait: 15, errcode: null, errmsg: null } };
    }
    await this.accounts.change(issuer.appid, { sPappid }, also);
    return { sPappid };
  }

  read(account: WechatAccount, attribute: Attribute): Promise<CallVerdict> {
    return this.calls.ask('getbizattr', account, {}, { action: `get_${attribute}` });
  }

  write(account: WechatAccount, attribute: Attribute, value: object): Promise<CallVerdict> {
    return this.calls.ask('setbizattr', account, { [ATTRIBUTES[attribute]]: value }, { action: `set_${attribute}` });
  }
}

/** An s_pappid begins with its platform's appid: another's would be answered 72038 by every insert. */
export function pappidIsOf(sPappid: string, appid: string): boolean {
  return Buffer.from(sPappid, 'base64url').toString('latin1').startsWith(`${appid}_`);
}

/** There is no field for it: it stands in the URL's query, where an old sample has a raw `+`. */
function pappidIn(invoiceUrl: string): string | null {
  const query = /[?&]s_pappid=([^&#]+)/.exec(invoiceUrl)?.[1];
  if (!query) return null;
  try {
    return decodeURIComponent(query);
  } catch {
    return query;
  }
}
