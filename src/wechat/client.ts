import FormData from 'form-data';
import { randomBytes } from 'node:crypto';
import { Answer } from './answer';
import { Transport } from './transport';
import { ReimburseStatus, WIRE_PATHS } from './wire';

/** Drawn once: 192 random bits stand in no PDF. */
const BOUNDARY = `----piaoka${randomBytes(24).toString('hex')}`;

export interface WechatTimeouts {
  /** Milliseconds for setpdf and insert. */
  call: number;
  /** Milliseconds for fetching a token: short, because a row lock is held meanwhile. */
  token: number;
}

/** WeChat's endpoints as they are. It never retries: each call is one request and one answer. */
export class WechatClient {
  constructor(
    private readonly transport: Transport,
    private readonly timeouts: WechatTimeouts,
  ) {}

  /** GET /cgi-bin/token: a new token; the one before lives five minutes longer at most. */
  fetchPlainToken(appid: string, secret: string): Promise<Answer> {
    return this.transport.call({
      method: 'GET',
      path: WIRE_PATHS.token,
      query: { grant_type: 'client_credential', appid, secret },
      successField: 'access_token',
      timeoutMs: this.timeouts.token,
    });
  }

  /** POST /cgi-bin/stable_token in normal mode: the same token until its last five minutes. */
  fetchStableToken(appid: string, secret: string): Promise<Answer> {
    return this.transport.call({
      method: 'POST',
      path: WIRE_PATHS.stableToken,
      contentType: 'application/json',
      body: json({ grant_type: 'client_credential', appid, secret, force_refresh: false }),
      successField: 'access_token',
      timeoutMs: this.timeouts.token,
    });
  }

  /** GET /cgi-bin/ticket/getticket. Seldom: tickets live two hours and are cached (tickets.ts). */
  getticket(accessToken: string, type: 'jsapi' | 'wx_card'): Promise<Answer> {
    return this.transport.call({
      method: 'GET',
      path: WIRE_PATHS.getticket,
      query: { access_token: accessToken, type },
      successField: 'ticket',
      timeoutMs: this.timeouts.token,
    });
  }

  /** Any other endpoint that takes JSON: its path, its body, and what else stands in the query. */
  post(
    accessToken: string,
    path: string,
    body: object,
    { query, successField }: { query: Record<string, string>; successField: string | null },
  ): Promise<Answer> {
    return this.transport.call({
      method: 'POST',
      path,
      query: { access_token: accessToken, ...query },
      contentType: 'application/json',
      body: json(body),
      successField,
      timeoutMs: this.timeouts.call,
    });
  }

  /** POST /card/invoice/platform/setpdf: multipart part `pdf`, one buffer with its length. */
  setpdf(accessToken: string, pdf: Buffer): Promise<Answer> {
    const form = new FormData();
    form.setBoundary(BOUNDARY);
    form.append('pdf', pdf, { filename: 'invoice.pdf', contentType: 'application/pdf' });
    return this.transport.call({
      method: 'POST',
      path: WIRE_PATHS.setpdf,
      query: { access_token: accessToken },
      contentType: form.getHeaders()['content-type'] as string,
      body: form.getBuffer(),
      successField: 's_media_id',
      timeoutMs: this.timeouts.call,
    });
  }

  /** POST /card/invoice/platform/updatestatus: the issuer's word about one of its cards. */
  updatestatus(
    accessToken: string,
    card: { card_id: string; code: string; reimburse_status: ReimburseStatus },
  ): Promise<Answer> {
    return this.transport.call({
      method: 'POST',
      path: WIRE_PATHS.updatestatus,
      query: { access_token: accessToken },
      contentType: 'application/json',
      body: json(card),
      successField: 'errcode',
      timeoutMs: this.timeouts.call,
    });
  }

  /** POST /cgi-bin/openapi/quota/get: how often an account may make one of WeChat's calls a day. */
  quota(accessToken: string, path: string): Promise<Answer> {
    return this.transport.call({
      method: 'POST',
      path: WIRE_PATHS.quota,
      query: { access_token: accessToken },
      contentType: 'application/json',
      body: json({ cgi_path: path }),
      successField: 'quota',
      timeoutMs: this.timeouts.call,
    });
  }

  /**
   * POST /card/invoice/insert. `body` is the exact bytes that the attempt's hash was taken of. Without errcode the holder's
   * openid shows a success; a code alone does not, because gateways answer {"code": 500} too. `sendBefore`: see `Call`.
   */
  insert(accessToken: string, body: Buffer, sendBefore?: number): Promise<Answer> {
    return this.transport.call({
      method: 'POST',
      path: WIRE_PATHS.insert,
      query: { access_token: accessToken },
      contentType: 'application/json',
      body,
      successField: 'openid',
      timeoutMs: this.timeouts.call,
      ...(sendBefore === undefined ? {} : { sendBefore }),
    });
  }
}

/** UTF-8 JSON. Chinese stays literal: WeChat refuses \uXXXX escapes (40033). */
export function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
