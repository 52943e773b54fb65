import { randomBytes } from 'node:crypto';
import { invoiceCardSignature, pageSignature } from '../wechat/signatures';
import { TicketManager } from '../wechat/tickets';
import { TokenAccount } from '../wechat/tokens';
import { Outcome } from '../domain/outcome';

/** What a page needs to run wx.config. `ticket` never leaves the service but to whom it was promised by hand. */
export interface SignedPage {
  appid: string;
  timestamp: number;
  nonce: string;
  url: string;
  signature: string;
  ticket: string;
}

export type Signed<T> = { signed: T } | { signed: null; outcome: Outcome };

/** Signs pages that open the wallet, with the tickets of the reimburser's account. */
export class PageSigning {
  constructor(
    private readonly tickets: TicketManager,
    private readonly allowed: readonly string[] | null,
  ) {}

  /** Whether pages at this address may be signed; with no list it is WeChat who decides, by the account's safe domains. */
  allows(url: string, withoutList: boolean): boolean {
    if (!this.allowed) return withoutList;
    const { href } = new URL(url);
    return this.allowed.some((prefix) => href === prefix || isBelow(href, prefix));
  }

  async page(account: TokenAccount, url: string): Promise<Signed<SignedPage>> {
    const found = await this.tickets.get(account, 'jsapi');
    if (!found.ticket) return { signed: null, outcome: found.outcome };
    const [nonce, timestamp] = fresh();
    const signature = pageSignature(found.ticket.value, nonce, timestamp, url);
    return { signed: { appid: account.appid, timestamp, nonce, url, signature, ticket: found.ticket.value } };
  }

  /** The parameters of wx.invoke('chooseInvoice', …). */
  async chooseInvoice(
    account: TokenAccount,
  ): Promise<Signed<{ timestamp: number; nonceStr: string; signType: 'SHA1'; cardSign: string }>> {
    const found = await this.tickets.get(account, 'wx_card');
    if (!found.ticket) return { signed: null, outcome: found.outcome };
    const [nonceStr, timestamp] = fresh();
    const cardSign = invoiceCardSignature(found.ticket.value, account.appid, nonceStr, timestamp);
    return { signed: { timestamp, nonceStr, signType: 'SHA1', cardSign } };
  }
}

/** A page that can be signed: http or https, and no fragment, which the browser keeps to itself. */
export function isPage(url: string): boolean {
  return /^https?:\/\/[^\s#]+$/i.test(url) && URL.canParse(url) && new URL(url).username === '';
}

function fresh(): [nonce: string, timestamp: number] {
  return [randomBytes(12).toString('hex'), Math.floor(Date.now() / 1000)];
}

function isBelow(href: string, prefix: string): boolean {
  return href.startsWith(prefix) && (prefix.endsWith('/') || /^[/?]/.test(href.slice(prefix.length)));
}
