import { strictEqual } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pageSignature } from '../../src/wechat/signatures';
import { APPID, Check, InteropWorld, TOKEN } from './check';

const URL = 'https://shop.example/pay?order=1';

/** The jsapi ticket that this account has at the simulated WeChat. */
async function ticketOf({ wechat }: InteropWorld): Promise<string> {
  await wechat.signIn();
  const { json } = await wechat.raw('GET', `/cgi-bin/ticket/getticket?access_token=${wechat.token}&type=jsapi`);
  return json.ticket as string;
}

async function sameAsOurs(world: InteropWorld, made: Record<string, string>, ticket?: string): Promise<void> {
  const ours = pageSignature(ticket ?? (await ticketOf(world)), made.nonceStr ?? '', Number(made.timestamp), URL);
  strictEqual(made.signature, ours);
}

export const signatureChecks: Check[] = [
  {
    peer: 'co-wechat-api',
    what: 'signs a page as we do',
    async work(world) {
      const api = new world.peers.CoWechatApi(APPID, 'any');
      const request = api.request.bind(api);
      api.request = (url, options) =>
        request(url.replace('https://api.weixin.qq.com', world.wechat.sandbox.url), options);
      const { ticket } = await api.ensureTicket('jsapi');
      await sameAsOurs(world, await api.getJsConfig({ url: URL, jsApiList: ['chooseInvoice'] }), ticket);
    },
  },
  {
    peer: 'wechat-api',
    what: 'signs a page as we do',
    async work(world) {
      const api = new world.peers.WechatApi(APPID, 'any');
      api.endpoint = world.wechat.sandbox.url;
      const { ticket } = await promisify(api.getTicket.bind(api))('jsapi');
      const made = await promisify(api.getJsConfig.bind(api))({ url: URL, jsApiList: ['chooseInvoice'] });
      await sameAsOurs(world, made as Record<string, string>, ticket as string);
    },
  },
  {
    peer: 'wechat-jssdk',
    what: 'fetches token and ticket, signs a page as we do, and finds the signature of our URL check genuine',
    async work(world) {
      const folder = mkdtempSync(join(tmpdir(), 'piaoka-jssdk-'));
      const { JSSDK } = world.peers.wechatJssdk;
      const sdk = new JSSDK({
        appId: APPID,
        appSecret: 'any',
        wechatToken: TOKEN,
        accessTokenUrl: `${world.wechat.sandbox.url}/cgi-bin/token`,
        ticketUrl: `${world.wechat.sandbox.url}/cgi-bin/ticket/getticket`,
        storeOptions: { fileStorePath: join(folder, 'store.json') },
      });
      const made = await sdk.getSignature(URL);
      await sameAsOurs(world, made, (await sdk.store.getGlobalToken()).jsapi_ticket);
      const [timestamp, nonce] = ['1714037059', '486452656'];
      const signature = world.peers.wecomCrypto.getSignature(TOKEN, timestamp, nonce, '');
      strictEqual(sdk.verifySignature({ timestamp, nonce, signature }), true);
      strictEqual(sdk.verifySignature({ timestamp, nonce: 'other', signature }), false);
      rmSync(folder, { recursive: true, force: true });
    },
  },
];
