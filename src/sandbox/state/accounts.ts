import { createHash } from 'node:crypto';
import { Errcode } from '../../wechat/errcodes';
import { type Answer, refused } from '../wechat/answers';

/** A WeChat official account (公众号): the same kind serves as issuing platform and as merchant. */
export interface Account {
  appid: string;
  /** Six characters that an account's openids and template ids share. */
  prefix: string;
  s_pappid: string;
  contact?: unknown;
  auth_field?: unknown;
  paymch_info?: unknown;
}

/** Any appid exists unless a list of accounts was given at the start. */
export class Accounts {
  private readonly known = new Map<string, Account>();

  constructor(private readonly secrets: ReadonlyMap<string, string>) {}

  login(appid: unknown, secret: unknown): Account | Answer {
    if (typeof appid !== 'string' || appid === '') return refused(Errcode.AppidMissing);
    if (typeof secret !== 'string' || secret === '') return refused(Errcode.AppSecretMissing);
    if (this.secrets.size > 0) {
      const expected = this.secrets.get(appid);
      if (expected === undefined) return refused(Errcode.InvalidAppid);
      if (expected !== secret) return refused(Errcode.InvalidAppSecret);
    }
    return this.get(appid);
  }

  get(appid: string): Account {
    let account = this.known.get(appid);
    if (!account) {
      account = { appid, prefix: digest(`prefix ${appid}`).toString('base64url').slice(0, 6), s_pappid: pappid(appid) };
      this.known.set(appid, account);
    }
    return account;
  }

  reset(): void {
    this.known.clear();
  }
}

/** A person as this account knows him: another account knows him by another openid. */
export function openidUnder({ appid, prefix }: Account, person: string): string {
  return `o${prefix}${digest(`openid ${person} ${appid}`).toString('base64url').slice(0, 21)}`;
}

export function isAccount(result: Account | Answer): result is Account {
  return 's_pappid' in result;
}

/** Derived, not drawn: callers store an s_pappid for good, so it must outlive a restart of the sandbox. */
function pappid(appid: string): string {
  return Buffer.concat([Buffer.from(`${appid}_`), digest(`s_pappid ${appid}`)]).toString('base64url');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
