import { request } from 'undici';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import type { SandboxOptions } from '../../src/sandbox/settings';

export const APPID = 'wxc0b84a53ed8e8d29';
export const CARD_ID = 'pjZ8Yt9WoOePThU0NfUKz5-tBEWU';

/** An answer, read the way each test expects it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = Record<string, any>;

/** A plain caller of the sandbox, written apart from the product's own client. */
export class WechatCaller {
  token = '';
  private serial = 0;

  constructor(readonly sandbox: Sandbox) {}

  static async start(options: SandboxOptions = {}): Promise<WechatCaller> {
    const caller = new WechatCaller(await startSandbox({ calm: true, seed: 'test', ...options }));
    await caller.signIn();
    return caller;
  }

  async signIn(appid = APPID): Promise<string> {
    const body = { grant_type: 'client_credential', appid, secret: 'any' };
    this.token = (await this.raw('POST', '/cgi-bin/stable_token', JSON.stringify(body))).json.access_token;
    return this.token;
  }

  async raw(method: 'GET' | 'POST', path: string, body?: string | Buffer, headers: Record<string, string> = {}) {
    const timeouts = { headersTimeout: 1000, bodyTimeout: 3000 };
    const answer = await request(this.sandbox.url + path, { method, body, headers, ...timeouts });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, text, json: parsed(text) };
  }

  /** A JSON call with the token. */
  async post(path: string, body: unknown, query = ''): Promise<Json> {
    const text = JSON.stringify(body);
    return (
      await this.raw('POST', `${path}?access_token=${this.token}${query}`, text, { 'content-type': 'application/json' })
    ).json;
  }

  async upload(pdf: Buffer | string = '%PDF-1.4 test', name = 'pdf'): Promise<Json> {
    const { body, type } = multipart(name, Buffer.from(pdf));
    const path = `/card/invoice/platform/setpdf?access_token=${this.token}`;
    return (await this.raw('POST', path, body, { 'content-type': type })).json;
  }

  async insert(order_id: string, changes: Json = {}, card: Json = {}): Promise<Json> {
    return this.post('/card/invoice/insert', await this.insertBody(order_id, changes, card));
  }

  /** A valid 数电票 insert with an invoice number of its own. */
  async insertBody(order_id: string, changes: Json = {}, card: Json = {}): Promise<Json> {
    this.serial += 1;
    const invoice_user_data = {
      fee: 10600,
      title: '示例科技(上海)有限公司',
      billing_time: 1795140000,
      billing_no: `263120000000${String(this.serial).padStart(8, '0')}`,
      billing_code: '',
      check_code: '',
      fee_without_tax: 10000,
      tax: 600,
      s_pdf_media_id: changes['s_pdf_media_id'] ?? (await this.upload()).s_media_id,
      ...changes,
    };
    const card_ext = { nonce_str: `n${this.serial}`, user_card: { invoice_user_data } };
    return { order_id, card_id: CARD_ID, appid: APPID, card_ext, ...card };
  }

  async authorized(order_id: string, more: Json = {}): Promise<string> {
    await this.control('POST', '/authorizations', { order_id, ...more });
    return order_id;
  }

  async control(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Json> {
    const answer = await this.controlRaw(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  async controlRaw(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await request(this.sandbox.controlUrl + path, { method, body: text });
    const answered = await answer.body.text();
    return { status: answer.statusCode, text: answered, json: parsed(answered) };
  }

  async cardsOf(order_id: string): Promise<Json[]> {
    return (await this.control('GET', `/ledger/cards?order_id=${order_id}`))['cards'];
  }
}

export function multipart(
  name: string,
  bytes: Buffer,
  partHeaders = 'Content-Type: application/pdf\r\n',
  filename = 'a.pdf',
) {
  const head = `--XyZ\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\n${partHeaders}\r\n`;
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--XyZ--\r\n')]);
  return { body, type: 'multipart/form-data; boundary=XyZ' };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
