import { DataSource } from 'typeorm';
import { Accounts, WechatAccount } from '../accounts/accounts';
import { SetUp } from '../accounts/set-up';
import { Sealer } from '../data/sealed';
import { asEngine, asMerchant } from '../data/statement';
import { wake, Woken } from '../insertion/authorized';
import { Settlements } from '../insertion/settle';
import { Caller } from '../merchants/merchants';
import { AccountCalls } from '../wechat/account-calls';
import { AuthData, authDataBody, AuthorizedTitle, readAuthData } from '../wechat/auth-data';
import { CallVerdict, notAsked, NotDone } from '../wechat/call-verdict';
import { TicketManager } from '../wechat/tickets';
import { AuthorizationRow, beginCheck, findOf, isTaken, lock, moveOn, writeAsked } from './authorization.store';
import { AuthorizationRequest } from './authorizations.api';

export interface Person {
  openid?: string;
  title?: AuthorizedTitle;
}

interface Learnt extends Person {
  /** Null: nothing new. */
  state: 'authorized' | 'failed' | 'rejected' | null;
  at: Date | null;
  /** Something happened, but what is for WeChat to say: the order that waits is to ask. */
  ask?: boolean;
}

export type Asked =
  { link: { auth_url: string; appid: string } } | { refused: 'taken' | 'rejected' } | { verdict: NotDone };

/** WeChat is asked again no sooner than this: whoever polls us does not poll WeChat. */
const RECHECK_SECONDS = 10;
const INVALID_PARAMS = 72031;

/** Asking users for an authorisation, and learning what became of it. Made in the name of the account that authorises. */
export class Authorizations {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    private readonly accounts: Accounts,
    private readonly setUp: SetUp,
    private readonly tickets: TicketManager,
    private readonly calls: AccountCalls,
    private readonly settlements: Settlements,
  ) {}

  /** Written down before WeChat is asked: the user's answer may come before WeChat's. */
  async ask(caller: Caller, merchant: WechatAccount, request: AuthorizationRequest): Promise<Asked> {
    const name = { merchantId: caller.merchantId, appid: merchant.appid, orderId: request.order_id };
    const issuer = (await this.accounts.issuer(caller.issuerAppid)) as WechatAccount;
    const platform = await this.setUp.pappid(issuer);
    if ('verdict' in platform) return platform;
    const row = await asEngine(this.dataSource, async (client) => {
      if (await isTaken(client, name)) return null;
      return writeAsked(client, name, caller.issuerAppid, request);
    });
    if (!row) return { refused: 'taken' };
    if (row.state === 'rejected') return { refused: 'rejected' };
    const verdict = await this.getauthurl(merchant, platform.sPappid, request);
    if (verdict.kind !== 'done') return { verdict };
    const { auth_url, appid } = verdict.body as { auth_url: string; appid?: string };
    return { link: { auth_url, appid: typeof appid === 'string' && appid !== '' ? appid : merchant.appid } };
  }

  find(merchantId: string, orderId: string, appid: string | null): Promise<AuthorizationRow[]> {
    return asMerchant(this.dataSource, merchantId, (client) => findOf(client, merchantId, orderId, appid));
  }

  /** Asks WeChat how it stands, where that may have changed and was not asked a moment ago. */
  async upToDate(row: AuthorizationRow): Promise<AuthorizationRow> {
    const open = row.state === 'asked' || row.state === 'failed' || (row.type === 1 && !this.personOf(row)?.title);
    if (row.state === 'rejected' || row.type === null || !open) return row;
    if (!(await asEngine(this.dataSource, (client) => beginCheck(client, row, RECHECK_SECONDS)))) return row;
    await this.refresh(row.appid, row.order_id);
    return (await this.find(row.merchant_id, row.order_id, row.appid))[0] ?? row;
  }

  /** getauthdata, kept. Null: WeChat gave no answer that says anything. */
  async refresh(appid: string, orderId: string): Promise<AuthData | null> {
    const merchant = await this.accounts.find(appid);
    const known = await asEngine(this.dataSource, (client) => lock(client, appid, orderId));
    const issuer = known && (await this.accounts.find(known.issuer_appid));
    if (!merchant || !issuer) return null;
    return dataOf(await this.getauthdata(merchant, issuer, orderId));
  }

  /**
   * WeChat's own word about an order number, for whoever speaks its dialect: as it is kept here where it was asked a moment
   * ago. Null: the number is another merchant's.
   */
  async tell(caller: Caller, merchant: WechatAccount, orderId: string): Promise<CallVerdict | null> {
    const name = { merchantId: caller.merchantId, appid: merchant.appid, orderId };
    const [row] = await this.find(caller.merchantId, orderId, merchant.appid);
    const isFresh = await asEngine(this.dataSource, async (client) => {
      if (row) return !(await beginCheck(client, row, RECHECK_SECONDS));
      return (await isTaken(client, name)) ? null : false;
    });
    if (isFresh === null) return null;
    if (row && isFresh) return { kind: 'done', body: this.wordOf(row) };
    const issuer = await this.accounts.issuer(row?.issuer_appid ?? caller.issuerAppid);
    return this.getauthdata(merchant, issuer as WechatAccount, orderId);
  }

  /** What an event or getauthdata told. The order that waits for it is woken first: its row is locked before any other. */
  learn(appid: string, orderId: string, { state, at, openid, title, ask = false }: Learnt): Promise<Woken | 'asked'> {
    return asEngine(this.dataSource, async (client) => {
      const name = { appid, orderId };
      const woken = state || ask ? await wake(client, this.settlements, name, state === 'authorized') : 'unknown';
      const row = await lock(client, appid, orderId);
      if (!row) return woken;
      const person = this.sealedPerson(row, { openid, title });
      const to = { state: state ?? row.state, at: at ?? new Date(), person };
      await moveOn(client, row, { ...to, titleKnown: Boolean(title), checked: !openid });
      return woken === 'unknown' ? 'asked' : woken;
    });
  }

  /** Null also where it cannot be opened: WeChat is asked for the title again. */
  personOf(row: AuthorizationRow): Person | null {
    return this.sealer.opened<Person>(row.person, `authorizations|${row.id}`).value;
  }

  private sealedPerson(row: AuthorizationRow, { title, openid }: Person): Buffer | null {
    if (!title && !openid) return null;
    const known = this.personOf(row) ?? {};
    const person = { ...known, ...(title ? { title } : {}), ...(openid ? { openid } : {}) };
    return this.sealer.seal(JSON.stringify(person), `authorizations|${row.id}`);
  }

  private wordOf(row: AuthorizationRow): Record<string, unknown> {
    const at = row.state === 'authorized' && row.authorized_at ? row.authorized_at.getTime() / 1000 : null;
    return authDataBody({
      status: row.state === 'authorized' || row.state === 'rejected' ? row.state : 'never',
      authorizedAt: at === null ? null : Math.floor(at),
      title: this.personOf(row)?.title ?? null,
    });
  }

  private async getauthdata(merchant: WechatAccount, issuer: WechatAccount, orderId: string): Promise<CallVerdict> {
    const platform = await this.setUp.pappid(issuer);
    if ('verdict' in platform) return platform.verdict;
    const body = { s_pappid: platform.sPappid, order_id: orderId };
    const verdict = await this.calls.ask('getauthdata', merchant, body);
    const data = dataOf(verdict);
    const state = data?.status === 'authorized' || data?.status === 'rejected' ? data.status : null;
    const at = data?.authorizedAt ? new Date(data.authorizedAt * 1000) : null;
    await this.learn(merchant.appid, orderId, { state, at, title: data?.title ?? undefined });
    return verdict;
  }

  /** A ticket that WeChat takes no more is refused as a parameter; it is replaced once. */
  private async getauthurl(
    merchant: WechatAccount,
    sPappid: string,
    request: AuthorizationRequest,
  ): Promise<CallVerdict> {
    let held = await this.tickets.get(merchant, 'wx_card');
    for (let round = 0; ; round += 1) {
      if (!held.ticket) return notAsked(held.outcome);
      const { order_id, fee, source, type, redirect_url } = request;
      const verdict = await this.calls.ask('getauthurl', merchant, {
        s_pappid: sPappid,
        order_id,
        money: fee,
        timestamp: Math.floor(Date.now() / 1000),
        source,
        ...(redirect_url === undefined ? {} : { redirect_url }),
        ticket: held.ticket.value,
        type,
      });
      const ofTicket =
        verdict.kind === 'refused' && verdict.errcode === INVALID_PARAMS && /ticket/i.test(verdict.errmsg);
      if (!ofTicket || round > 0) return verdict;
      held = await this.tickets.invalidate(merchant, 'wx_card', held.ticket.generation);
    }
  }
}

function dataOf(verdict: CallVerdict): AuthData | null {
  if (verdict.kind === 'done') return readAuthData(verdict.body);
  if (verdict.kind !== 'refused' || verdict.why === 'configuration' || verdict.why === 'data') return null;
  const status = verdict.why === 'rejected' ? 'rejected' : verdict.why === 'notAuthorized' ? 'never' : 'unknown';
  return { status, authorizedAt: null, title: null };
}
