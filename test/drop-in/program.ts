import { createHash, randomUUID } from 'node:crypto';
import { query } from '../support/databases';
import { orderWithoutPdf, tinyPdf } from '../support/orders';
import { APPID, CARD_ID, Json, KEY, World } from '../support/world';

export const OTHER_KEY = 'pk_other_8f3a61c4d27b90e5a1f6037bc95e24d8';
export const OTHER_APPID = 'wx2222222222222222';

/** A program that was written against WeChat, on our service: it knows its appid, its secret and the base URL. */
export class Program {
  private constructor(
    private readonly base: string,
    private readonly token: string,
    private readonly appid: string,
  ) {}

  static async login({ service }: World, appid = APPID, secret = KEY): Promise<Program> {
    const query = new URLSearchParams({ grant_type: 'client_credential', appid, secret });
    const answer = (await (await fetch(`${service.url}/cgi-bin/token?${query.toString()}`)).json()) as Json;
    if (typeof answer.access_token !== 'string') throw new Error(JSON.stringify(answer));
    return new Program(service.url, answer.access_token, appid);
  }

  async get(path: string, more: Record<string, string>): Promise<Json> {
    return this.fetched(path, more);
  }

  /** `path` below /card/invoice. */
  async post(path: string, body: object | string | FormData, more: Record<string, string> = {}): Promise<Json> {
    const isRaw = typeof body === 'string' || body instanceof FormData;
    return this.fetched(`/card/invoice/${path}`, more, isRaw ? body : JSON.stringify(body));
  }

  async setpdf(pdf: Buffer): Promise<Json> {
    const form = new FormData();
    form.set('pdf', new Blob([pdf], { type: 'application/pdf' }), 'a.pdf');
    return this.post('platform/setpdf', form);
  }

  async upload(pdf: Buffer): Promise<string> {
    return (await this.setpdf(pdf)).s_media_id as string;
  }

  async pappid(): Promise<string> {
    const { invoice_url: url } = await this.post('seturl', {});
    return new URL(url as string).searchParams.get('s_pappid') as string;
  }

  /** The body of getauthurl, with a ticket fetched as a program fetches it. */
  async asking(order_id: string, more: Json = {}): Promise<Json> {
    const { ticket } = await this.get('/cgi-bin/ticket/getticket', { type: 'wx_card' });
    const s_pappid = await this.pappid();
    const at = { timestamp: 1_474_875_876, source: 'web', redirect_url: 'https://shop.example/back' };
    return { s_pappid, order_id, money: 10_600, ticket, type: 1, ...at, ...more };
  }

  /** The body of insert for an invoice that stands up to every rule. */
  async insertion(order_id: string): Promise<Json> {
    const { invoice } = orderWithoutPdf();
    const { fee, title, issued_at, number, items, fee_without_tax, tax, buyer_number } = invoice;
    const invoice_user_data = {
      ...{ fee, title, fee_without_tax, tax, buyer_number, billing_no: number, billing_code: '', check_code: '' },
      billing_time: Math.floor(new Date(issued_at as string).getTime() / 1000),
      info: items,
      s_pdf_media_id: await this.upload(tinyPdf(order_id)),
    };
    const card_ext = { nonce_str: 'j!Re1WxaHv', user_card: { invoice_user_data } };
    return { order_id, card_id: CARD_ID, appid: this.appid, card_ext };
  }

  private async fetched(path: string, more: Record<string, string>, body?: string | FormData): Promise<Json> {
    const query = new URLSearchParams({ access_token: this.token, ...more });
    const init = body === undefined ? {} : { method: 'POST', body };
    const answer = await fetch(`${this.base}${path}?${query.toString()}`, init);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    return (await answer.json()) as Json;
  }
}

/** A second merchant of the same platform, with an account of its own. */
export async function otherMerchant({ databaseUrl }: World): Promise<void> {
  const id = randomUUID();
  await query(
    databaseUrl,
    `INSERT INTO merchants (id, name, appid, card_id, issuer_appid) VALUES ($1, 'other', $2, $3, $4)`,
    [id, OTHER_APPID, CARD_ID, APPID],
  );
  await newKey(databaseUrl, id, OTHER_KEY, ['orders:write', 'orders:read', 'reimbursements:read']);
}

export async function newKey(databaseUrl: string, merchantId: string, key: string, scopes: string[]): Promise<void> {
  await query(
    databaseUrl,
    `INSERT INTO merchant_keys (id, merchant_id, key_sha256, label, scopes) VALUES ($1, $2, $3, 'test', $4)`,
    [randomUUID(), merchantId, createHash('sha256').update(key).digest(), scopes],
  );
}
