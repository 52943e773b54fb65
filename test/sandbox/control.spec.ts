import { createDecipheriv } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { settingsFrom } from '../../src/sandbox/settings';
import { APPID, WechatCaller, type Json } from './wechat-caller';

describe('the control port', () => {
  let wechat: WechatCaller;
  beforeAll(async () => (wechat = await WechatCaller.start()));
  beforeEach(() => wechat.control('POST', '/reset', { keep_tokens: true }));
  afterAll(() => wechat.sandbox.close());

  const refusal = async (method: 'POST' | 'PUT', path: string, body: unknown) => {
    const { status, json } = await wechat.controlRaw(method, path, body);
    return `${status} ${json['error']}`;
  };

  it('refuses what it does not understand, and says what it would', async () => {
    expect(await refusal('POST', '/faults', [{ path: '*', mode: 'rain' }])).toMatch(
      /^400 body.*drop_after, timeout_after/,
    );
    expect(await refusal('POST', '/faults', { path: '*', mode: 'delay', probability: '1' })).toMatch(
      /^400 body.probability/,
    );
    expect(await refusal('POST', '/faults', { path: '*', mode: 'delay', often: 1 })).toMatch(/^400 .*"often"/);
    expect(await refusal('POST', '/faults', { path: '*', mode: 'drop_after', applied: false })).toMatch(
      /^400 .*always applied/,
    );
    expect(await refusal('PUT', '/profile', { digital: 'maybe' })).toMatch(/^400 .*minus1/);
    expect(await refusal('POST', '/clock', {})).toMatch(/^400 .*advance_seconds/);
    expect(await refusal('POST', '/scenarios/nice', undefined)).toMatch(/^404 .*calm/);
    expect(await refusal('POST', '/authorizations', { order: '1' })).toMatch(/^400/);
    expect(await refusal('POST', '/rotate-token', { appid: 1 })).toMatch(/^400/);
  });

  it('keeps a ledger of everything, without tokens or secrets', async () => {
    const order_id = await wechat.authorized('ledger-1');
    const { code } = await wechat.insert(order_id);
    await wechat.signIn();
    const ledger = await wechat.control('GET', '/ledger');
    expect(ledger['totals']).toEqual({ requests: 3, uploads: 1, cards: 1 });
    expect(ledger['uploads'][0]).toMatchObject({ linked_card: code, size: 13 });
    expect(ledger['authorizations'][0]).toMatchObject({ order_id, state: 'INSERTED' });
    const requests: Json[] = ledger['requests'];
    expect(requests.map((one) => [one['n'], one['path'], one['errcode'], one['decided']])).toEqual([
      [1, '/card/invoice/platform/setpdf', 0, 0],
      [2, '/card/invoice/insert', 0, 0],
      [3, '/cgi-bin/stable_token', 0, 0],
    ]);
    expect(requests[1]).toMatchObject({ order_id, token: 'stable#1', body: { order_id } });
    expect(requests[2]?.['body'].secret).toBe('***');
    expect(JSON.stringify(ledger)).not.toContain(wechat.token);
    expect((await wechat.control('GET', '/ledger?after=1&limit=1'))['requests']).toHaveLength(1);
  });

  it('writes down both what was decided and what was told', async () => {
    await wechat.control('POST', '/faults', [
      { path: '/card/invoice/insert', mode: 'errcode', errcode: -1, applied: true, order_id: 'two' },
      { path: '/card/invoice/insert', mode: 'drop_before', order_id: 'one' },
    ]);
    await wechat.insert(await wechat.authorized('one')).catch(() => undefined);
    await wechat.insert(await wechat.authorized('two'));
    const { requests } = await wechat.control('GET', '/ledger?path=/card/invoice/insert');
    expect(requests).toMatchObject([
      { order_id: 'one', fault: 'drop_before', errcode: null, decided: null },
      { order_id: 'two', fault: 'errcode', errcode: -1, decided: 0 },
    ]);
  });

  it('lets a fault skip, stop, wait for an order, and hit each order once', async () => {
    const path = '/card/invoice/insert';
    const busy = { path, mode: 'errcode', errcode: -1 };
    const codes = async (...ids: string[]) => {
      const out: number[] = [];
      for (const id of ids) out.push((await wechat.insert(id)).errcode);
      return out;
    };
    await wechat.control('POST', '/faults', { ...busy, skip: 1, times: 1 });
    expect(await codes('a', 'b', 'c')).toEqual([72038, -1, 72038]);
    await wechat.control('DELETE', '/faults');
    await wechat.control('POST', '/faults', { ...busy, after_matching_order_id: 'b' });
    expect(await codes('a', 'b', 'c')).toEqual([72038, 72038, -1]);
    await wechat.control('DELETE', '/faults');
    const { items } = await wechat.control('POST', '/faults', { ...busy, once_per_order: true });
    expect(await codes('a', 'a', 'b')).toEqual([-1, 72038, -1]);
    await wechat.control('DELETE', `/faults/${items[0].id}`);
    expect((await wechat.control('GET', '/faults'))['items']).toEqual([]);
  });

  it('plays scenarios, which replace faults and profile', async () => {
    const { items } = await wechat.control('GET', '/scenarios');
    for (const { name, says } of items) {
      expect(says).not.toBe('');
      await wechat.control('POST', `/scenarios/${name}`);
    }
    await wechat.control('POST', '/scenarios/commit_then_busy');
    const id = await wechat.authorized('scene');
    expect([(await wechat.insert(id)).errcode, (await wechat.insert(id)).errcode]).toEqual([-1, 72056]);
    await wechat.control('POST', '/scenarios/quota_exhausted');
    expect((await wechat.insert('x')).errcode).toBe(45009);
    await wechat.control('POST', '/clock', { advance_seconds: 86_400 });
    await wechat.signIn();
    expect((await wechat.insert('x')).errcode).toBe(72038);
    await wechat.control('POST', '/scenarios/calm');
  });

  it('is hostile unless told to be calm, the same way for the same seed', async () => {
    const run = async () => {
      const other = await WechatCaller.start({ calm: false, seed: 'storm' });
      const { items } = await other.control('GET', '/faults');
      await other.control('PUT', '/profile', { authorizations: 'implied' });
      const answers: unknown[] = [];
      for (let i = 0; i < 60; i += 1) {
        const body = await other.insertBody(`o${i}`, { s_pdf_media_id: '1' });
        answers.push(
          await other.post('/card/invoice/insert', body).then(
            (answer) => answer['errcode'],
            () => 'lost',
          ),
        );
      }
      await other.sandbox.close();
      return { rules: items.length, answers };
    };
    const first = await run();
    expect(first.rules).toBeGreaterThan(4);
    expect(new Set(first.answers).size).toBeGreaterThan(1);
    expect((await run()).answers).toEqual(first.answers);
  });

  it('forgets everything on reset, and tokens too unless asked not to', async () => {
    await wechat.insert(await wechat.authorized('gone'));
    await wechat.control('PUT', '/profile', { cards: 'strict' });
    await wechat.control('POST', '/reset', { keep_tokens: true });
    expect((await wechat.control('GET', '/ledger'))['totals']).toEqual({ requests: 0, uploads: 0, cards: 0 });
    expect((await wechat.control('GET', '/profile'))['cards']).toBe('lenient');
    expect((await wechat.insert('gone')).errcode).toBe(72038);
    await wechat.control('POST', '/reset');
    expect((await wechat.insert('gone')).errcode).toBe(40001);
    await wechat.signIn();
  });

  it('answers the same authorisation twice, and names one of several appids', async () => {
    const first = await wechat.control('POST', '/authorizations', {
      order_id: 'p',
      appid: 'wx1',
      openid: 'ojZ8Ytz4lESgdWZ34L_R1TvB2Kds',
    });
    expect(await wechat.control('POST', '/authorizations', { order_id: 'p' })).toEqual(first);
    await wechat.control('POST', '/authorizations', [{ order_id: 'p', appid: 'wx2' }]);
    expect(await refusal('POST', '/authorizations', { order_id: 'p' })).toMatch(/^409/);
    expect((await wechat.insert('p', {}, { appid: 'wx1' })).openid).toBe('ojZ8Ytz4lESgdWZ34L_R1TvB2Kds');
    await wechat.control('POST', '/authorizations', { order_id: 'q', reject: true });
    expect((await wechat.insert('q')).errcode).toBe(72035);
    expect(await refusal('POST', '/authorizations', { order_id: 'q' })).toMatch(/^409/);
  });

  it('shows the wallet, the weather and what arrived on a page', async () => {
    await wechat.insert(await wechat.authorized('<b>page</b>'), { title: '<script>alert(1)</script>' });
    const { text } = await wechat.controlRaw('GET', '/');
    expect(text).toContain('&lt;script&gt;alert(1)');
    expect(text).not.toContain('<script>alert(1)');
    expect(text).toMatch(/卡包[^]*¥106\.00[^]*等待授权[^]*天气[^]*commit_then_timeout[^]*最近的请求/);
  });

  describe('pushes', () => {
    let receiver: Server;
    const received: { url: string; body: string }[] = [];
    let answers: string[] = [];
    beforeAll(async () => {
      receiver = createServer((request, response) => {
        let body = '';
        request.on('data', (data) => (body += data));
        request.on('end', () => {
          received.push({ url: request.url ?? '', body });
          response.end(answers.shift() ?? 'success');
        });
      });
      await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    });
    beforeEach(() => received.splice(0));
    afterAll(() => receiver.close());
    const url = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/callbacks`;

    it('repeats an event up to three times until it hears success', async () => {
      answers = ['what?', ''];
      const fields = { SuccOrderId: '1202933957956', FailOrderId: '' };
      const result = await wechat.control('POST', '/events', {
        url: url(),
        event: 'user_authorize_invoice',
        fields,
        token: 'AAAAA',
      });
      expect(result).toMatchObject({ attempts: 2, status: 200 });
      expect(received[1]?.url).toMatch(/timestamp=\d+&nonce=\d+&signature=[0-9a-f]{40}$/);
      expect(received[1]?.body).toContain('<SuccOrderId><![CDATA[1202933957956]]></SuccOrderId>');
    });

    it('loses pushes, sends them twice, late and out of order, and waits between attempts', async () => {
      const targets = (weather: object) => wechat.control('PUT', '/profile', { callback: { url: url(), ...weather } });
      const heard = async (count: number) => {
        while (received.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
        return received.map(({ body }) => /<SuccOrderId><!\[CDATA\[(\w+)/.exec(body)?.[1]);
      };
      await targets({ lost: 1 });
      await wechat.authorized('lost', { appid: APPID });
      await targets({ twice: 1 });
      await wechat.authorized('twice', { appid: APPID });
      expect(await heard(2)).toEqual(['twice', 'twice']);
      received.splice(0);
      await targets({ late_ms: 400 });
      const names = Array.from({ length: 8 }, (_, n) => `late${n}`);
      for (const name of names) await wechat.authorized(name, { appid: APPID });
      const order = await heard(8);
      expect(order).not.toEqual(names);
      expect(order.sort()).toEqual(names);
      received.splice(0);
      answers = ['busy'];
      await targets({ retry_ms: 150 });
      const begun = performance.now();
      await wechat.authorized('again', { appid: APPID });
      expect(await heard(2)).toEqual(['again', 'again']);
      expect(performance.now() - begun).toBeGreaterThanOrEqual(140);
      await targets({});
    });

    it('tells the merchant by itself, encrypted when it has the key', async () => {
      const encoding_aes_key = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
      await wechat.control('PUT', '/profile', { callback: { url: url(), token: 'pamtest', encoding_aes_key } });
      await wechat.authorized('told', { appid: APPID });
      while (received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(received[0]?.url).toContain('encrypt_type=aes&msg_signature=');
      const [, encrypted = ''] = /<Encrypt><!\[CDATA\[([\w+/=]+)\]\]>/.exec(received[0]?.body ?? '') ?? [];
      const key = Buffer.from(`${encoding_aes_key}=`, 'base64');
      const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
      const clear = Buffer.concat([decipher.update(encrypted, 'base64'), decipher.final()]);
      const end = 20 + clear.readUInt32BE(16);
      expect(clear.subarray(20, end).toString()).toContain('<SuccOrderId><![CDATA[told]]></SuccOrderId>');
      expect(clear.subarray(end, clear.length - (clear.at(-1) ?? 0)).toString()).toBe(APPID);
    });
  });
});

describe('the environment', () => {
  it('is read once, with every value checked', () => {
    expect(settingsFrom({})).toMatchObject({ host: '127.0.0.1', port: 8790, controlPort: 8791, calm: false });
    expect(settingsFrom({ SANDBOX_ACCOUNTS: 'wx1:a:b, wx2:c', SANDBOX_CALM: '1' })).toMatchObject({
      calm: true,
      accounts: new Map([
        ['wx1', 'a:b'],
        ['wx2', 'c'],
      ]),
    });
    for (const SANDBOX_ACCOUNTS of ['{"wx1":"a"}', '[{"appid":"wx1","secret":"a"}]']) {
      expect(settingsFrom({ SANDBOX_ACCOUNTS }).accounts).toEqual(new Map([['wx1', 'a']]));
    }
    expect(() => settingsFrom({ SANDBOX_ACCOUNTS: 'wx1' })).toThrow('SANDBOX_ACCOUNTS');
    expect(() => settingsFrom({ SANDBOX_PORT: 'x' })).toThrow('SANDBOX_PORT');
  });
});
