import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { request } from 'undici';
import { type Json, multipart, WechatCaller } from './wechat-caller';

describe('the request shapes SDKs send', () => {
  let wechat: WechatCaller;
  beforeAll(async () => (wechat = await WechatCaller.start()));
  afterAll(() => wechat.sandbox.close());

  const setpdf = () => `/card/invoice/platform/setpdf?access_token=${wechat.token}`;

  it('takes JSON without a type, an empty body, a JSON string, escaped slashes, nulls, a token anywhere', async () => {
    const seturl = `/card/invoice/seturl?access_token=${wechat.token}`;
    expect((await wechat.raw('POST', seturl, Buffer.from('{}'))).json.errcode).toBe(0);
    expect((await wechat.raw('POST', seturl, '"{}"\n', { 'content-type': 'text/plain' })).json.errcode).toBe(0);
    expect((await wechat.raw('POST', seturl, '', { 'content-type': 'application/json' })).json.errcode).toBe(0);
    expect((await wechat.raw('POST', seturl)).json.errcode).toBe(0);
    const contact = '{"contact":{"phone":"1\\/2","time_out":null}}';
    const set = `/card/invoice/setbizattr?access_token=${wechat.token}&action=set_contact`;
    expect((await wechat.raw('POST', set, contact)).json.errcode).toBe(0);
    const got = await wechat.raw(
      'POST',
      `/card/invoice/setbizattr?action=get_contact&access_token=${wechat.token}`,
      '',
    );
    expect(got.json.contact).toEqual({ phone: '1/2', time_out: null });
    expect(got.headers['content-type']).toContain('application/json');
  });

  it('takes the six actions of setbizattr and no other', async () => {
    const act = async (action: string, body: object) =>
      (await wechat.post('/card/invoice/setbizattr', body, `&action=${action}`)).errcode;
    expect(await act('get_pay_mch', {})).toBe(72028);
    expect(await act('set_pay_mch', { paymch_info: { mchid: 'abc', s_pappid: 'x' } })).toBe(72030);
    expect(await act('set_pay_mch', { paymch_info: { mchid: '1234', s_pappid: 'x' } })).toBe(0);
    expect(await act('get_pay_mch', {})).toBe(0);
    expect(await act('get_auth_field', {})).toBe(72029);
    expect(await act('drop_contact', {})).toBe(72027);
  });

  it('takes the action of getpdf in the query, in the body or in both', async () => {
    const { s_media_id } = await wechat.upload();
    const ask = async (body: object, query: string) =>
      (await wechat.post('/card/invoice/platform/getpdf', body, query)).errcode;
    expect(await ask({ s_media_id }, '&action=get_url')).toBe(0);
    expect(await ask({ s_media_id, action: 'get_url' }, '')).toBe(0);
    expect(await ask({ s_media_id, action: 'get_url' }, '&action=get_url')).toBe(0);
    expect(await ask({ s_media_id }, '')).toBe(72031);
  });

  it('takes parts without a type, with further headers, with raw UTF-8 names, after Expect: 100-continue', async () => {
    const send = async (partHeaders: string, filename: string, headers: Record<string, string> = {}) => {
      const { body, type } = multipart('pdf', Buffer.from('%PDF-发票'), partHeaders, filename);
      return (await wechat.raw('POST', setpdf(), body, { 'content-type': type, ...headers })).json;
    };
    const answer = await send('', '发票.pdf');
    expect(answer.s_media_id).toMatch(/^\d{19}$/);
    expect(BigInt(answer.s_media_id) > 2n ** 53n && BigInt(answer.s_media_id) < 2n ** 63n).toBe(true);
    expect((await send('Content-Transfer-Encoding: binary\r\nContent-Length: 11\r\n', 'a.pdf')).errcode).toBe(0);
    expect((await send('Content-Type: application/octet-stream\r\n', 'a.pdf')).errcode).toBe(0);
    expect(await expectingContinue()).toMatch(/100 Continue[^]*"errcode":0/);
    const { requests } = await wechat.control('GET', '/ledger?path=/card/invoice/platform/setpdf');
    const uploads = (requests as Json[]).map((one) => one['upload'] as Json);
    expect(uploads.find((upload) => upload['filename'] === '发票.pdf')).toMatchObject({
      filename: '发票.pdf',
      size: 11,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('refuses an upload without a length, with a wrong part, too large, or that is none', async () => {
    const { body, type } = multipart('pdf', Buffer.from('%PDF-1.4'));
    const headers = { 'content-type': type };
    const chunked = await request(wechat.sandbox.url + setpdf(), {
      method: 'POST',
      body: Readable.from([body]),
      headers,
    });
    expect(chunked.statusCode).toBe(412);
    await chunked.body.dump();
    expect((await wechat.upload('%PDF-1.4', 'media')).errcode).toBe(47001);
    expect((await wechat.raw('POST', setpdf(), '{}', { 'content-type': 'application/json' })).json.errcode).toBe(47001);
    expect((await wechat.raw('POST', setpdf(), body.subarray(0, -8), headers)).json.errcode).toBe(47001);
    await wechat.control('PUT', '/profile', { max_pdf_bytes: 100 });
    expect((await wechat.upload(Buffer.alloc(101))).errcode).toBe(45002);
  });

  it('answers 40066 for paths it does not know, 43002 for GET, 47001 for a broken type', async () => {
    const post = async (path: string) => (await wechat.raw('POST', path, '{}')).json.errcode;
    expect([await post('/card/invoice/elsewhere'), await post('/cgi-bin/menu')]).toEqual([40066, 40066]);
    expect((await wechat.raw('GET', `/card/invoice/insert?access_token=${wechat.token}`)).json.errcode).toBe(43002);
    expect((await wechat.raw('POST', '/card/invoice/insert', '{}', { 'content-type': '??' })).status).toBe(200);
  });

  function expectingContinue(): Promise<string> {
    const { body, type } = multipart('pdf', Buffer.from('%PDF-1.4'));
    const { hostname, port } = new URL(wechat.sandbox.url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      let heard = '';
      socket.on('data', (data) => {
        heard += data.toString();
        if (heard.startsWith('HTTP/1.1 100') && !heard.includes('200 OK')) socket.write(body);
        if (heard.includes('errcode')) socket.end();
      });
      socket.on('close', () => resolve(heard));
      socket.on('error', reject);
      socket.write(
        `POST ${setpdf()} HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
    });
  }
});
