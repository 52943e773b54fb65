import { deepStrictEqual, match, rejects, strictEqual } from 'node:assert';
import { promisify } from 'node:util';
import { CARD_ID } from '../sandbox/wechat-caller';
import { APPID, Check, InteropWorld } from './check';
import { CoWechatApi, WechatApi } from './peers';

const WECHAT = 'https://api.weixin.qq.com';
const JSON_BODY = { method: 'POST', headers: { 'content-type': 'application/json' } };

/** co-wechat-api writes WeChat's address into each call: its one hook sends them to the simulated WeChat. */
function coWechatApi({ peers, wechat }: InteropWorld): CoWechatApi {
  const api = new peers.CoWechatApi(APPID, 'any');
  const request = api.request.bind(api);
  api.request = (url, options) => request(url.replace(WECHAT, wechat.sandbox.url), options);
  return api;
}

function wechatApi({ peers, wechat }: InteropWorld): WechatApi {
  const api = new peers.WechatApi(APPID, 'any');
  api.endpoint = wechat.sandbox.url;
  return api;
}

/** A card in a wallet, and what its user hands on. */
async function newCard({ wechat }: InteropWorld, order_id: string) {
  await wechat.signIn();
  await wechat.control('PUT', '/profile', { card_code_get: 'finds' });
  const { code, openid } = await wechat.insert(await wechat.authorized(order_id));
  const { encrypt_code } = await wechat.control('GET', `/cards/${code as string}/encrypt-code`);
  return { code: code as string, openid: openid as string, encrypt_code: encrypt_code as string };
}

const killToken = ({ wechat }: InteropWorld) =>
  wechat.control('POST', '/rotate-token', { appid: APPID, family: 'plain', at_once: true });

const coFetches: Check[] = [
  {
    peer: 'co-wechat-api',
    what: 'fetches one token and uses it again; fetches both kinds of tickets',
    async work(world) {
      const api = coWechatApi(world);
      const first = await api.ensureAccessToken();
      strictEqual((await api.ensureAccessToken()).accessToken, first.accessToken);
      const tickets = [await api.ensureTicket('jsapi'), await api.ensureTicket('wx_card')].map(({ ticket }) => ticket);
      strictEqual(new Set(tickets).size, 2);
    },
  },
  {
    peer: 'co-wechat-api',
    what: 'decrypts an encrypt_code and looks a card up (`/card/code/decrypt`, `/card/code/get`)',
    async work(world) {
      const card = await newCard(world, 'interop-co');
      const api = coWechatApi(world);
      strictEqual((await api.decryptCode(card.encrypt_code)).code, card.code);
      strictEqual((await api.getCode(card.code, CARD_ID)).openid, card.openid);
    },
  },
  {
    peer: 'co-wechat-api',
    what: 'goes the chain seturl, getpdf, insert, updatestatus through its request()',
    async work(world) {
      const api = coWechatApi(world);
      const call = async (path: string, body: object) => {
        const { accessToken } = await api.ensureAccessToken();
        return api.request(`${WECHAT}${path}?access_token=${accessToken}`, {
          ...JSON_BODY,
          data: JSON.stringify(body),
        });
      };
      await world.wechat.signIn();
      match(String((await call('/card/invoice/seturl', {})).invoice_url), /s_pappid=/);
      const { s_media_id } = await world.wechat.upload();
      const link = await call('/card/invoice/platform/getpdf', { action: 'get_url', s_media_id: s_media_id as string });
      match(String(link.pdf_url), /^http/);
      const order_id = await world.wechat.authorized('interop-co-insert');
      const body = await world.wechat.insertBody(order_id, { s_pdf_media_id: s_media_id as string });
      const { code } = await call('/card/invoice/insert', body);
      const status = { card_id: CARD_ID, code, reimburse_status: 'INVOICE_REIMBURSE_CANCEL' };
      deepStrictEqual((await call('/card/invoice/platform/updatestatus', status)).errcode, 0);
    },
  },
  {
    peer: 'co-wechat-api',
    what: 'recovers when its token dies (40001), and throws the errcode of what WeChat refuses',
    async work(world) {
      const card = await newCard(world, 'interop-co-dies');
      const api = coWechatApi(world);
      await api.ensureAccessToken();
      await killToken(world);
      strictEqual((await api.decryptCode(card.encrypt_code)).code, card.code);
      await rejects(api.decryptCode('nothing'), { name: 'WeChatAPIError', code: 40075 });
      await rejects(api.createCard({}), { code: 40066 });
    },
  },
];

const callbacks: Check[] = [
  {
    peer: 'wechat-api',
    what: 'fetches one token and uses it again; fetches both kinds of tickets',
    async work(world) {
      const api = wechatApi(world);
      const token = promisify(api.getLatestToken.bind(api));
      const first = await token();
      strictEqual((await token()).accessToken, first.accessToken);
      const ticket = promisify(api.getTicket.bind(api));
      strictEqual(new Set([(await ticket('jsapi')).ticket, (await ticket('wx_card')).ticket]).size, 2);
    },
  },
  {
    peer: 'wechat-api',
    what: 'decrypts an encrypt_code and looks a card up (`/card/code/decrypt`, `/card/code/get`)',
    async work(world) {
      const card = await newCard(world, 'interop-callbacks');
      const api = wechatApi(world);
      strictEqual((await promisify(api.decryptCode.bind(api))(card.encrypt_code)).code, card.code);
      strictEqual((await promisify(api.getCode.bind(api))(card.code, CARD_ID)).openid, card.openid);
    },
  },
  {
    peer: 'wechat-api',
    what: 'gives its caller the errcode of what WeChat refuses',
    async work(world) {
      const api = wechatApi(world);
      await rejects(promisify(api.decryptCode.bind(api))('nothing'), { name: 'WeChatAPIError', code: 40075 });
      await rejects(promisify(api.createCard.bind(api))({}), { code: 40066 });
    },
  },
];

export const cardChecks = [...coFetches, ...callbacks];
