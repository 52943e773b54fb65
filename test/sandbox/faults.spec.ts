import { FAULT_MODE_NAMES, type FaultMode } from '../../src/sandbox/weather/modes';
import { WechatCaller, type Json } from './wechat-caller';

const INSERT = '/card/invoice/insert';

/** What a caller sees of an insert under one fault, and whether the card came about. */
interface Sight {
  error?: string;
  status?: number;
  text: string;
  json: Json;
  headers: Json;
  ms: number;
  cards: number;
}

describe('every fault does what its name says', () => {
  let wechat: WechatCaller;
  let serial = 0;
  const seen = new Set<string>();
  beforeAll(async () => (wechat = await WechatCaller.start()));
  beforeEach(() => wechat.control('DELETE', '/faults'));
  afterAll(() => wechat.sandbox.close());

  async function under(mode: FaultMode, more: Json = {}): Promise<Sight> {
    seen.add(mode);
    const order_id = await wechat.authorized(`fault-${(serial += 1)}`);
    const body = JSON.stringify(await wechat.insertBody(order_id));
    await wechat.control('POST', '/faults', [{ path: INSERT, mode, times: 1, ...more }]);
    const started = Date.now();
    const sight = await wechat
      .raw('POST', `${INSERT}?access_token=${wechat.token}`, body)
      .catch((error: Error & { code?: string }) => ({
        error: error.code ?? error.name,
        text: '',
        json: {},
        headers: {},
      }));
    const ms = Date.now() - started;
    return { ...sight, ms, cards: (await wechat.cardsOf(order_id)).length };
  }

  it('delays before or after', async () => {
    expect(await under('delay', { delay_ms: 80 })).toMatchObject({ json: { errcode: 0 }, cards: 1 });
    const after = await under('delay', { delay_ms: 80, applied: true });
    expect(after).toMatchObject({ json: { errcode: 0 }, cards: 1 });
    expect(after.ms).toBeGreaterThanOrEqual(60);
  });

  it('keeps silent, with and without the card', async () => {
    expect(await under('hang')).toMatchObject({ error: 'UND_ERR_HEADERS_TIMEOUT', cards: 0 });
    expect(await under('timeout_after')).toMatchObject({ error: 'UND_ERR_HEADERS_TIMEOUT', cards: 1 });
  });

  it('commits late, and says 72054 until then', async () => {
    const order_id = await wechat.authorized('late');
    const body = await wechat.insertBody(order_id);
    await wechat.control('POST', '/faults', { path: INSERT, mode: 'late_commit', delay_ms: 300, times: 1 });
    seen.add('late_commit');
    const silent = wechat.post(INSERT, body).catch((error: { code: string }) => error.code);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect((await wechat.post(INSERT, body)).errcode).toBe(72054);
    expect(await wechat.cardsOf(order_id)).toHaveLength(0);
    expect(await silent).toBe('UND_ERR_HEADERS_TIMEOUT');
    expect((await wechat.post(INSERT, body)).errcode).toBe(72056);
    expect(await wechat.cardsOf(order_id)).toHaveLength(1);
  });

  it('drops the connection before or after', async () => {
    expect(await under('drop_before')).toMatchObject({ error: 'UND_ERR_SOCKET', cards: 0 });
    expect(await under('drop_after')).toMatchObject({ error: 'UND_ERR_SOCKET', cards: 1 });
  });

  it('answers pages instead of JSON', async () => {
    expect(await under('http_status')).toMatchObject({ status: 502, text: expect.stringContaining('<html'), cards: 0 });
    expect(await under('http_status', { status: 504, applied: true })).toMatchObject({ status: 504, cards: 1 });
    expect(await under('html_200')).toMatchObject({ status: 200, text: expect.stringContaining('<html'), cards: 1 });
    expect(await under('empty_200', { applied: false })).toMatchObject({ status: 200, text: '', cards: 0 });
    expect(await under('not_json')).toMatchObject({ status: 200, text: 'errcode=0&errmsg=ok', cards: 1 });
    expect(await under('redirect_302')).toMatchObject({ status: 302, headers: { location: '/elsewhere' }, cards: 0 });
  });

  it('answers any errcode, with and without the card', async () => {
    expect(await under('errcode', { errcode: -1, applied: true })).toMatchObject({ json: { errcode: -1 }, cards: 1 });
    const busy = await under('errcode', { errcode: 72036 });
    expect(busy).toMatchObject({ json: { errcode: 72036 }, cards: 0 });
    expect(busy.json['errmsg']).toMatch(/^invoice is busy, try again hint: \[/);
    expect((await under('errcode', { errcode: 72999, errmsg: 'odd' })).json['errmsg']).toMatch(/^odd hint/);
  });

  it('damages the answer to a card that came about', async () => {
    expect((await under('truncated_json')).text).toMatch(/^\{"errcode":0.*[^}]$/);
    expect((await under('success_without_code')).json).toEqual({
      errcode: 0,
      errmsg: 'ok',
      openid: expect.any(String),
    });
    expect((await under('errcode_as_string')).json['errcode']).toBe('0');
    expect((await under('unquoted_media_id')).text).toMatch(/"code":\d{12}[,}]/);
    expect((await under('text_plain')).headers['content-type']).toContain('text/plain');
    expect(await under('control_characters')).toMatchObject({
      text: expect.stringContaining('\n'),
      json: {},
      cards: 1,
    });
    expect(await under('wrong_content_length')).toMatchObject({ error: 'UND_ERR_SOCKET', cards: 1 });
    const slow = await under('slow_body', { delay_ms: 100 });
    expect(slow).toMatchObject({ json: { errcode: 0 }, cards: 1 });
    expect(slow.ms).toBeGreaterThanOrEqual(75);
    const swapped = await under('swap_code');
    const cards: Json[] = (await wechat.control('GET', '/ledger/cards'))['cards'];
    expect(cards.find((card) => card['code'] === swapped.json['code'])?.['order_id']).not.toBe(`fault-${serial}`);
  });

  it('escapes slashes and unquotes media ids', async () => {
    const path = '/card/invoice/*';
    await wechat.control('POST', '/faults', [
      { path, mode: 'escaped_slashes', times: 1 },
      { path, mode: 'unquoted_media_id', times: 1 },
    ]);
    seen.add('escaped_slashes');
    const seturl = await wechat.raw('POST', `/card/invoice/seturl?access_token=${wechat.token}`, '{}');
    expect(seturl.text).toContain('https:\\/\\/mp.weixin.qq.com');
    expect((await wechat.upload())['s_media_id']).toEqual(expect.any(Number));
  });

  it('takes the token away in the middle of a call', async () => {
    expect(await under('kill_token')).toMatchObject({ json: { errcode: 40001 }, cards: 0 });
    await wechat.signIn();
    expect((await wechat.insert(await wechat.authorized('after-kill'))).errcode).toBe(0);
  });

  it('has a test for each mode', () => {
    expect([...seen].sort()).toEqual([...FAULT_MODE_NAMES].sort());
  });
});
