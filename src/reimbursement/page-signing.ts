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

/**
 * The address of this page as a browser has it, which is what WeChat signs against: with a path, without its scheme's own
 * port, its Chinese escaped, its host in small letters, and without its fragment. Null: it is no page. `&amp;` is how HTML
 * writes the `&` of an address.
 */
export function browserForm(url: string): string | null {
  const text = url.replace(/&(?:amp|#38|#x26);/gi, '&');
  if (!/^\s*https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const page = new URL(text);
  page.hash = '';
  return page.username === '' && page.password === '' ? page.href : null;
}

function fresh(): [nonce: string, timestamp: number] {
  return [randomBytes(12).toString('hex'), Math.floor(Date.now() / 1000)];
}

function isBelow(href: string, prefix: string): boolean {
  return href.startsWith(prefix) && (prefix.endsWith('/') || /^[/?]/.test(href.slice(prefix.length)));
}
