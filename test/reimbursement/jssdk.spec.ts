import { createHash } from 'node:crypto';
import { APPID, Json, World } from '../support/world';

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');

describe('a page that lets users choose invoices', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({
      env: { ROLE: 'api', GATEWAY_URL_ALLOW: 'https://m.example.com/expenses, https://other.example.com' },
    });
  });
  afterAll(() => world.end());

  const ask = (url: unknown) => world.post('/v1/jssdk/choose-invoice-config', { url });
  /** The ticket as WeChat knows it: getticket answers the same one again. */
  const ticket = async (type: string): Promise<string> => {
    const login = { grant_type: 'client_credential', appid: APPID, secret: 'x' };
    const token = await fetch(`${world.sandbox.url}/cgi-bin/stable_token`, {
      method: 'POST',
      body: JSON.stringify(login),
    });
    const { access_token } = (await token.json()) as Json;
    const answer = await fetch(
      `${world.sandbox.url}/cgi-bin/ticket/getticket?access_token=${access_token}&type=${type}`,
    );
    return ((await answer.json()) as Json).ticket as string;
  };

  it('gets wx.config and chooseInvoice, both signed by WeChat’s rule, and no ticket', async () => {
    const url = 'https://m.example.com/expenses?trip=7&name=%E5%BC%A0';
    const { body, text } = await ask(url).expect(200);
    const { config, choose_invoice: choose } = body as Json;
    expect(config).toMatchObject({ beta: true, appId: APPID, jsApiList: ['chooseInvoice'] });
    const [jsapi, card] = [await ticket('jsapi'), await ticket('wx_card')];
    expect(config.signature).toBe(
      sha1(`jsapi_ticket=${jsapi}&noncestr=${config.nonceStr}&timestamp=${config.timestamp}&url=${url}`),
    );
    const values = [card, APPID, String(choose.timestamp), choose.nonceStr as string, 'INVOICE'].sort();
    expect(choose).toMatchObject({ signType: 'SHA1', cardSign: sha1(values.join('')) });
    expect(text).not.toContain(jsapi);
    expect(text).not.toContain(card);
    // Asked again, no further ticket is fetched: one of each, and the two of this test.
    await ask(url).expect(200);
    expect(await world.requests('/cgi-bin/ticket/getticket')).toHaveLength(4);
  });

  it.each([
    ['https://m.example.com/expenses#top', 'a fragment'],
    ['javascript:alert(1)', 'no page'],
    ['m.example.com', 'no scheme'],
    ['https://m.example.com/elsewhere', 'not below what is allowed'],
    ['https://m.example.com/expensesevil', 'not below what is allowed'],
    ['https://m.example.com.evil.example/expenses', 'another host'],
    ['https://user@m.example.com/expenses', 'a user'],
    [7, 'no text'],
  ])('%s is refused: %s', async (url, _why) => {
    const { body } = await ask(url).expect(422);
    expect(((body as Json).errors as Json[])[0]?.pointer).toBe('/url');
  });

  it.each([
    ['https://other.example.com', 'https://other.example.com/'],
    ['https://other.example.com?a=1', 'https://other.example.com/?a=1'],
    ['https://other.example.com:443/x', 'https://other.example.com/x'],
    ['HTTPS://Other.Example.com/x', 'https://other.example.com/x'],
    ['https://other.example.com/报销?名=张', 'https://other.example.com/%E6%8A%A5%E9%94%80?%E5%90%8D=%E5%BC%A0'],
    ['https://other.example.com/x?a=1&amp;b=2', 'https://other.example.com/x?a=1&b=2'],
    ['https://other.example.com/x?a=1&#38;b=2', 'https://other.example.com/x?a=1&b=2'],
    ['https://other.example.com/a/../x', 'https://other.example.com/x'],
    ['https://other.example.com/x?a=b c', 'https://other.example.com/x?a=b%20c'],
    [' https://other.example.com/x', 'https://other.example.com/x'],
    ['https://other.example.com\\x', 'https://other.example.com/x'],
    ['https://m.example.com/expenses#/choose', 'https://m.example.com/expenses'],
    ['https://报销.example/', 'https://xn--4ruw43i.example/'],
  ])('%s is no address of a browser: refused with the browser’s form', async (url, form) => {
    const { body } = await ask(url).expect(422);
    const [told] = (body as Json).errors as Json[];
    expect(told).toMatchObject({ pointer: '/url', code: 'PAGE-URL' });
    expect(told?.message).toContain(` ${form}，`);
    expect(told?.message).toContain('location.href');
    expect(told?.message_en).toContain(` ${form}:`);
  });

  it('says so when WeChat gives no ticket', async () => {
    const other = await World.start({ env: { ROLE: 'api' } });
    await other.control('POST', '/faults', [
      { path: '/cgi-bin/ticket/getticket', mode: 'errcode', errcode: 48001, applied: false },
    ]);
    const { body } = await other.post('/v1/jssdk/choose-invoice-config', { url: 'https://any.example/' }).expect(503);
    await other.control('DELETE', '/faults');
    expect(body).toMatchObject({ code: 'wechat_unavailable', errcode: 48001 });
    // Without a list WeChat's safe domains decide.
    await other.post('/v1/jssdk/choose-invoice-config', { url: 'https://any.example/' }).expect(200);
    await other.end();
  });
});
