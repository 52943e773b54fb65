import { match, strictEqual } from 'node:assert';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { orderWithoutPdf, tinyPdf } from '../support/orders';
import { KEY } from '../support/world';
import { CARD_ID } from '../sandbox/wechat-caller';
import { APPID, Check, InteropWorld } from './check';
import { FormStream, WechatApi } from './peers';

const WECHAT = 'https://api.weixin.qq.com';
const SETPDF = '/card/invoice/platform/setpdf';
export type Said = Record<string, unknown>;

/** A program's own client at one of our doors: what it uploads and asks goes out as the package itself would send it. */
export interface Client {
  upload(pdf: Buffer): Promise<Said>;
  ask(path: string, body: object, query?: Record<string, string>): Promise<Said>;
  /** A wx_card ticket, as the package fetches one. */
  ticket(): Promise<string>;
}

/** Made when it is sent and not before: it does not wait for whoever reads it. */
function formOf({ peers }: InteropWorld, pdf: Buffer): FormStream {
  const form = peers.formstream();
  form.buffer('pdf', pdf, '发票.pdf', 'application/pdf');
  return form;
}

/** WeChat's address is written into each of its calls: its one hook sends them elsewhere. */
function coWechatApi(world: InteropWorld, base: string, secret: string): Client {
  const api = new world.peers.CoWechatApi(APPID, secret);
  const request = api.request.bind(api);
  api.request = (url, options) => request(url.replace(WECHAT, base), options);
  const send = async (path: string, optionsNow: () => object, query: Record<string, string> = {}) => {
    const { accessToken: access_token } = await api.ensureAccessToken();
    return api.request(`${WECHAT}${path}?${new URLSearchParams({ access_token, ...query }).toString()}`, {
      method: 'POST',
      timeout: 20_000,
      ...optionsNow(),
    });
  };
  return {
    // As its uploadMedia does, under WeChat's name of the part.
    upload: (pdf) =>
      send(SETPDF, () => {
        const form = formOf(world, pdf);
        return { headers: form.headers(), data: form };
      }),
    ask: (path, body, query) =>
      send(path, () => ({ headers: { 'content-type': 'application/json' }, data: JSON.stringify(body) }), query),
    ticket: async () => (await api.ensureTicket('wx_card')).ticket,
  };
}

function wechatApi(world: InteropWorld, base: string, secret: string): Client {
  const api: WechatApi = new world.peers.WechatApi(APPID, secret);
  api.endpoint = base;
  const token = () =>
    new Promise<string>((resolve, reject) =>
      api.getLatestToken((error, said) => (error ? reject(error) : resolve(said.accessToken as string))),
    );
  const send = async (path: string, optionsNow: () => object, query: Record<string, string> = {}) => {
    const url = `${base}${path}?${new URLSearchParams({ access_token: await token(), ...query }).toString()}`;
    return new Promise<Said>((resolve, reject) =>
      api.request(url, { dataType: 'json', type: 'POST', timeout: 20_000, ...optionsNow() }, (error, said) =>
        error ? reject(error) : resolve(said),
      ),
    );
  };
  return {
    upload: (pdf) =>
      send(SETPDF, () => {
        const form = formOf(world, pdf);
        return { headers: form.headers(), stream: form };
      }),
    ask: (path, body, query) => send(path, () => ({ contentType: 'json', data: body }), query),
    ticket: async () => (await promisify(api.getTicket.bind(api))('wx_card')).ticket as string,
  };
}

export const CLIENTS = { 'co-wechat-api': coWechatApi, 'wechat-api': wechatApi };

/** An insert that stands up to every rule, of an invoice whose PDF this is. */
export function invoice(s_pdf_media_id: unknown) {
  const { order_id, invoice: given } = orderWithoutPdf();
  const { number, issued_at, fee, fee_without_tax, tax, title, buyer_number, items } = given;
  const invoice_user_data = {
    ...{ fee, fee_without_tax, tax, title, buyer_number, s_pdf_media_id, billing_no: number, billing_code: '' },
    ...{ check_code: '', info: items, billing_time: Math.floor(new Date(issued_at as string).getTime() / 1000) },
  };
  const card_ext = { nonce_str: 'j!Re1WxaHv', user_card: { invoice_user_data } };
  return { order_id, card_id: CARD_ID, appid: APPID, card_ext };
}

/** What WeChat has of the upload: by its own ledger, byte for byte. */
async function arrived({ wechat }: InteropWorld, pdf: Buffer): Promise<boolean> {
  const { uploads } = await wechat.control('GET', '/ledger');
  const sha256 = createHash('sha256').update(pdf).digest('hex');
  return (uploads as Said[]).some((upload) => upload.sha256 === sha256);
}

async function wholeChain(world: InteropWorld, client: Client, through: 'WeChat' | 'drop-in'): Promise<void> {
  const { wechat } = world;
  const pdf = tinyPdf(`interop ${through} ${Math.random()}`);
  const uploaded = await client.upload(pdf);
  // Read as text it has all its digits: a double would have lost the last ones.
  match(String(uploaded.s_media_id), /^\d{16,19}$/);
  const body = invoice(uploaded.s_media_id);
  await wechat.control('POST', '/authorizations', { order_id: body.order_id, appid: APPID });
  const inserted = await client.ask('/card/invoice/insert', body);
  const [card] = await wechat.cardsOf(body.order_id);
  strictEqual(inserted.code, card?.code);
  strictEqual(await arrived(world, pdf), true);
}

const toWechat = Object.entries(CLIENTS).map(([peer, clientOf]): Check => ({
  peer,
  what: 'uploads a PDF by its own form, which arrives byte for byte; inserts it by the very `s_media_id` it got',
  work: (world) => wholeChain(world, clientOf(world, world.wechat.sandbox.url, 'any'), 'WeChat'),
}));

const toDropIn = Object.entries(CLIENTS).map(([peer, clientOf]): Check => ({
  peer,
  what: 'the same against our drop-in, with nothing changed but its base URL and its secret',
  work: (world) => wholeChain(world, clientOf(world, world.serviceUrl, KEY), 'drop-in'),
}));

/** Digits beyond 2^53 come as JSON text, so that a client without care keeps them. */
const digits: Check = {
  peer: 'co-wechat-api',
  what: 'keeps every digit of an `s_media_id` beyond 2^53 that it got for its own upload: getpdf finds it',
  async work(world) {
    const client = coWechatApi(world, world.wechat.sandbox.url, 'any');
    for (let n = 0; n < 5; n += 1) {
      const { s_media_id } = await client.upload(Buffer.from(`%PDF-1.4 ${n}`));
      const link = await client.ask('/card/invoice/platform/getpdf', { action: 'get_url', s_media_id });
      match(String(link.pdf_url), /^http/);
    }
  },
};

export const uploadChecks: Check[] = [...toWechat, digits, ...toDropIn];
