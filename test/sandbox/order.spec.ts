import { APPID, CARD_ID, WechatCaller, type Json } from './wechat-caller';

describe('an order from the authorisation page to the card', () => {
  let wechat: WechatCaller;
  beforeAll(async () => (wechat = await WechatCaller.start()));
  afterAll(() => wechat.sandbox.close());

  const get = async (path: string) => (await wechat.raw('GET', `${path}&access_token=${wechat.token}`)).json;
  const pappid = async () => {
    const { invoice_url } = await wechat.post('/card/invoice/seturl', {});
    return new URL(invoice_url).searchParams.get('s_pappid') ?? '';
  };
  const authUrl = async (order_id: string, more: Json = {}) =>
    wechat.post('/card/invoice/getauthurl', {
      s_pappid: await pappid(),
      order_id,
      money: 10600,
      timestamp: 1795140000,
      source: 'web',
      redirect_url: 'https://example.com/back',
      ticket: (await get('/cgi-bin/ticket/getticket?type=wx_card')).ticket,
      type: 0,
      ...more,
    });
  const tap = (auth_url: string, form: string) => {
    const { pathname, search } = new URL(auth_url);
    return wechat.raw('POST', pathname + search, form, { 'content-type': 'application/x-www-form-urlencoded' });
  };
  const status = async (order_id: string) =>
    wechat.post('/card/invoice/getauthdata', { s_pappid: await pappid(), order_id });

  it('tells the title that its user chose, where the page asked for one', async () => {
    await wechat.post('/card/invoice/setbizattr', { contact: { phone: '8' } }, '&action=set_contact');
    await wechat.post(
      '/card/invoice/setbizattr',
      { auth_field: { user_field: { show_title: 1 } } },
      '&action=set_auth_field',
    );
    const user_auth_info = {
      biz_field: { title: '示例科技', tax_no: '91310000MADEM0011A', custom_field: [{ key: '门店', value: '1' }] },
    };
    for (const [type, told] of [
      [1, user_auth_info],
      [0, undefined],
    ] as const) {
      await authUrl(`titled-${type}`, { type });
      await wechat.authorized(`titled-${type}`, { appid: APPID, user_auth_info });
      expect((await status(`titled-${type}`))['user_auth_info']).toEqual(told);
    }
    const wrong = await wechat.controlRaw('POST', '/authorizations', { order_id: 'x', user_auth_info: { title: 'x' } });
    expect(wrong.status).toBe(400);
    await wechat.control('POST', '/reset', { keep_tokens: true });
  });

  it('gives every platform one s_pappid for good', async () => {
    const first = await pappid();
    expect(first).toHaveLength(68);
    expect(Buffer.from(first, 'base64url').toString('latin1').startsWith(`${APPID}_`)).toBe(true);
    expect(await pappid()).toBe(first);
  });

  it('wants a contact first, then leads to a page where the user authorises', async () => {
    expect((await authUrl('web-1')).errcode).toBe(72063);
    await wechat.post(
      '/card/invoice/setbizattr',
      { contact: { phone: '88888888', time_out: 12345 } },
      '&action=set_contact',
    );
    const { auth_url } = await authUrl('web-1');
    expect((await status('web-1')).invoice_status).toBe('never auth');
    expect((await wechat.insert('web-1')).errcode).toBe(72038);

    const { pathname, search } = new URL(auth_url);
    const page = await wechat.raw('GET', pathname + search);
    expect(page.text).toContain('¥106.00');
    expect(page.text).toMatch(/授权.*拒绝/s);
    expect((await tap(auth_url, 'choice=authorize')).text).toContain('已授权');
    expect(await status('web-1')).toMatchObject({ invoice_status: 'auth success', auth_time: expect.any(Number) });

    const answer = await wechat.insert('web-1');
    expect(answer).toEqual({
      errcode: 0,
      errmsg: 'ok',
      code: expect.stringMatching(/^\d{12}$/),
      openid: expect.stringMatching(/^o[\w-]{27}$/),
    });
    const [card] = await wechat.cardsOf('web-1');
    expect(card).toMatchObject({
      code: answer['code'],
      openid: answer['openid'],
      fee: 10600,
      card_id: CARD_ID,
      appid: APPID,
    });
    expect((await authUrl('web-1')).errcode).toBe(72056);
  });

  it('lets the user refuse, which ends the order', async () => {
    const { auth_url } = await authUrl('web-2');
    expect((await tap(auth_url, 'choice=reject')).text).toContain('已拒绝');
    expect((await status('web-2')).invoice_status).toBe('reject insert');
    expect((await wechat.insert('web-2')).errcode).toBe(72035);
  });

  it('asks for a title with type 1, once the fields are set', async () => {
    expect((await authUrl('web-3', { type: 1 })).errcode).toBe(72029);
    const auth_field = { user_field: { show_title: 1 }, biz_field: { show_title: 1, show_tax_no: 1 } };
    await wechat.post('/card/invoice/setbizattr', { auth_field }, '&action=set_auth_field');
    expect((await wechat.post('/card/invoice/setbizattr', {}, '&action=get_auth_field')).auth_field).toEqual(
      auth_field,
    );
    const { auth_url } = await authUrl('web-3', { type: 1 });
    await tap(
      auth_url,
      new URLSearchParams({ choice: 'authorize', title: '某某有限公司', tax_no: '91310000MADEM0011A' }).toString(),
    );
    const biz_field = { title: '某某有限公司', tax_no: '91310000MADEM0011A' };
    expect((await status('web-3')).user_auth_info).toEqual({ biz_field });
  });

  it('names what is wrong with a request for the page', async () => {
    expect((await authUrl('x', { s_pappid: '' })).errmsg).toContain('invalid params, s_pappid is empty');
    expect((await authUrl('x', { source: 'fax' })).errmsg).toContain('source is invalid');
    expect((await authUrl('x', { ticket: 'old' })).errmsg).toContain('ticket is invalid');
    expect((await authUrl('x', { redirect_url: null })).errmsg).toContain('redirect_url is empty');
    expect((await authUrl('x', { source: 'wxa' })).appid).toMatch(/^wx/);
  });

  it('closes an order by rejectinsert, for ever', async () => {
    await authUrl('web-4');
    const body = { s_pappid: await pappid(), order_id: 'web-4', reason: '重复开票' };
    expect((await wechat.post('/card/invoice/rejectinsert', body)).errcode).toBe(0);
    expect((await wechat.post('/card/invoice/rejectinsert', body)).errcode).toBe(72035);
    expect((await wechat.insert('web-4')).errcode).toBe(72035);
  });

  it('moves the card through its states', async () => {
    const { code } = await wechat.insert(await wechat.authorized('life-1'));
    const update = async (reimburse_status: string, more: Json = {}) =>
      (await wechat.post('/card/invoice/platform/updatestatus', { card_id: CARD_ID, code, reimburse_status, ...more }))
        .errcode;
    expect(await update('INVOICE_REIMBURSE_LOCK')).toBe(0);
    expect(await update('INVOICE_REIMBURSE_INIT')).toBe(0);
    expect(await update('INVOICE_REIMBURSE_INIT', { code: '26312000000000000001' })).toBe(72038);
    expect(await update('DONE')).toBe(72031);
    await wechat.control('PUT', `/cards/${code}/status`, { reimburse_status: 'INVOICE_REIMBURSE_LOCK' });
    expect(await update('INVOICE_REIMBURSE_CANCEL')).toBe(72023);
    await wechat.control('PUT', `/cards/${code}/status`, { reimburse_status: 'INVOICE_REIMBURSE_INIT' });
    expect(await update('INVOICE_REIMBURSE_CANCEL')).toBe(0);
    expect(await update('INVOICE_REIMBURSE_CANCEL')).toBe(72060);
    expect((await wechat.insert('life-1')).errcode).toBe(72056);
    expect((await wechat.control('GET', `/cards/${code}/encrypt-code`))['encrypt_code']).toHaveLength(44);
  });
});
