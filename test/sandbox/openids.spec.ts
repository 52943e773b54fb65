import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { APPID as PLATFORM, type Json, WechatCaller } from './wechat-caller';

const MERCHANT = 'wx2222222222222222';
const LOCK = 'INVOICE_REIMBURSE_LOCK';

describe('one user has another openid for each account', () => {
  let wechat: WechatCaller;
  let receiver: Server;
  const received: { to: string; event: string; openid: string }[] = [];
  beforeAll(async () => {
    wechat = await WechatCaller.start();
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (data) => (body += data));
      request.on('end', () => {
        const field = (name: string) => new RegExp(`<${name}><!\\[CDATA\\[(.*?)\\]\\]>`).exec(body)?.[1] ?? '';
        received.push({
          to: (request.url ?? '').split(/[/?]/)[1] ?? '',
          event: field('Event'),
          openid: field('FromUserName'),
        });
        response.end('success');
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as AddressInfo;
    const to = (name: string) => ({ url: `http://127.0.0.1:${port}/${name}` });
    await wechat.control('PUT', '/profile', { callbacks: { [PLATFORM]: to('platform'), [MERCHANT]: to('merchant') } });
  });
  beforeEach(() => received.splice(0));
  afterAll(async () => {
    receiver.close();
    await wechat.sandbox.close();
  });

  const heard = async (to: string, event: string) => {
    for (let n = 0; n < 100; n += 1) {
      const found = received.find((one) => one.to === to && one.event === event);
      if (found) return found.openid;
      await new Promise((resume) => setTimeout(resume, 20));
    }
    throw new Error(`${to} never heard ${event}`);
  };
  const asMerchant = async <T>(work: () => Promise<T>): Promise<T> => {
    const before = wechat.token;
    await wechat.signIn(MERCHANT);
    return work().finally(() => (wechat.token = before));
  };
  const seen = async (code: string): Promise<Json> => {
    const { card_id, encrypt_code } = await wechat.control('GET', `/cards/${code}/encrypt-code`);
    return wechat.post('/card/invoice/reimburse/getinvoiceinfo', { card_id, encrypt_code });
  };

  it('the merchant hears of him by its own, the platform by the one that insert answers', async () => {
    const { invoice_url } = await wechat.post('/card/invoice/seturl', {});
    const s_pappid = new URL(invoice_url as string).searchParams.get('s_pappid');
    const { auth_url } = await asMerchant(async () => {
      await wechat.post('/card/invoice/setbizattr', { contact: { phone: '1', time_out: 1 } }, '&action=set_contact');
      const ticket = await wechat.raw('GET', `/cgi-bin/ticket/getticket?type=wx_card&access_token=${wechat.token}`);
      const page = { s_pappid, order_id: 'o-1', money: 10600, timestamp: 1795140000, source: 'wap', type: 0 };
      return wechat.post('/card/invoice/getauthurl', { ...page, ticket: ticket.json.ticket as string });
    });
    const { pathname, search } = new URL(auth_url as string);
    await wechat.raw('POST', pathname + search, 'choice=authorize', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    const asked = await heard('merchant', 'user_authorize_invoice');
    const { code, openid } = await wechat.insert('o-1', {}, { appid: MERCHANT });
    await wechat.control('PUT', `/cards/${code as string}/status`, { reimburse_status: LOCK });
    expect(await heard('platform', 'update_invoice_status')).toBe(openid);
    expect(await heard('merchant', 'update_invoice_status')).toBe(asked);
    expect(asked).not.toBe(openid);
    const theirs = (await asMerchant(() => seen(code as string))).openid as string;
    expect([asked, (await seen(code as string)).openid]).toEqual([theirs, openid]);
    // Openids of one account begin alike.
    expect(asked.slice(0, 7)).not.toBe((openid as string).slice(0, 7));
  });

  it('where the platform’s own users authorise there is one', async () => {
    await wechat.authorized('o-2', { appid: PLATFORM });
    const { code, openid } = await wechat.insert('o-2');
    expect(await heard('platform', 'user_authorize_invoice')).toBe(openid);
    await wechat.control('PUT', `/cards/${code as string}/status`, { reimburse_status: LOCK });
    expect(await heard('platform', 'update_invoice_status')).toBe(openid);
  });
});
