import { APPID, CARD_ID, WechatCaller, type Json } from './wechat-caller';

describe('what insert refuses, and in which order', () => {
  let wechat: WechatCaller;
  let serial = 0;
  beforeAll(async () => (wechat = await WechatCaller.start()));
  beforeEach(() => wechat.control('POST', '/reset', { keep_tokens: true }));
  afterAll(() => wechat.sandbox.close());

  const order = () => wechat.authorized(`rule-${(serial += 1)}`);
  const profile = (changes: Json) => wechat.control('PUT', '/profile', changes);

  it('names the first field that is missing', async () => {
    const id = await order();
    const whole = await wechat.insertBody(id);
    expect((await wechat.post('/card/invoice/insert', { info: whole })).errmsg).toMatch(
      /^invalid params, order_id is empty hint: \[[\w.]{6}\d{8}\]$/,
    );
    const { user_card } = whole['card_ext'];
    const unwrapped = { ...whole, card_ext: { nonce_str: 'n', user_card: user_card.invoice_user_data } };
    expect((await wechat.post('/card/invoice/insert', unwrapped)).errmsg).toContain('fee is empty');
    expect(await wechat.insert(id, { billing_no: '' })).toMatchObject({
      errcode: 72031,
      errmsg: expect.stringContaining('billing no is empty'),
    });
    expect((await wechat.insert(id, { check_code: null })).errcode).toBe(72045);
    expect((await wechat.insert(id, { fee: '106.00' })).errcode).toBe(47001);
    expect((await wechat.insert(id, { billing_time: '1795140000' })).errcode).toBe(0);
  });

  it.each([
    ['a date', { billing_time: '2020-08-25 09:37:03' }, 72031],
    ['milliseconds', { billing_time: 1795140000000 }, 72031],
    ['milliseconds as text', { billing_time: '1795140000000' }, 72031],
    ['ten digits as text', { billing_time: '1795140000' }, 0],
    ['a line without a name', { info: [{ price: 10000 }] }, 72031],
    ['a line with an empty name', { info: [{ name: '', price: 10000 }] }, 72031],
    ['a line without a price', { info: [{ name: '服务费', num: 1 }] }, 72031],
    ['a price as text', { info: [{ name: '服务费', price: '10000' }] }, 47001],
    ['a price in 元', { info: [{ name: '服务费', price: 100.5 }] }, 47001],
    ['a quantity as text', { info: [{ name: '服务费', price: 10000, num: '1' }] }, 47001],
    ['a line of text', { info: ['服务费'] }, 47001],
    ['a name and a price alone', { info: [{ name: '服务费', price: 10000 }] }, 0],
    ['what is left out as null', { info: [{ name: '服务费', price: 10000, num: null, unit: null }] }, 0],
  ])('%s: %j is answered %i', async (_, changes, errcode) => {
    expect((await wechat.insert(await order(), changes)).errcode).toBe(errcode);
  });

  it('knows a legacy invoice by its two numbers, in whichever fields they stand', async () => {
    const classic = { billing_no: '044000000111', billing_code: '12345678', check_code: '12345678901234567890' };
    const current = { ...classic, billing_no: '12345678', billing_code: '044000000111' };
    expect((await wechat.insert(await order(), classic)).errcode).toBe(0);
    expect((await wechat.insert(await order(), current)).errcode).toBe(72042);
    expect((await wechat.insert(await order(), { ...current, billing_no: '12345679' })).errcode).toBe(0);
  });

  it('looks at the token, then the JSON, the fields, the card_id, the check_code, the authorisation', async () => {
    const bad = Buffer.from('{"order_id":');
    expect((await wechat.raw('POST', '/card/invoice/insert', bad)).json.errcode).toBe(41001);
    expect((await wechat.raw('POST', `/card/invoice/insert?access_token=${wechat.token}`, bad)).json.errcode).toBe(
      47001,
    );
    const everythingWrong = {
      check_code: '',
      billing_no: '044000000111',
      billing_code: '12345678',
      s_pdf_media_id: '1',
    };
    expect((await wechat.insert('none', { ...everythingWrong, title: '' }, { card_id: '!' })).errcode).toBe(72031);
    expect((await wechat.insert('none', everythingWrong, { card_id: '!' })).errcode).toBe(40073);
    expect((await wechat.insert('none', everythingWrong)).errcode).toBe(72045);
    expect((await wechat.insert('none', { ...everythingWrong, check_code: '1' })).errcode).toBe(72038);
    expect((await wechat.insert(await order(), { ...everythingWrong, check_code: '1' })).errcode).toBe(40007);
  });

  it('can look at the uncertain groups in another order', async () => {
    await profile({ check_order: ['pdf', 'duplicates', 'billing', 'authorization'] });
    expect((await wechat.insert('none', { s_pdf_media_id: '1' })).errcode).toBe(40007);
  });

  it('puts one card per order and per invoice', async () => {
    const id = await order();
    const body = await wechat.insertBody(id);
    expect((await wechat.post('/card/invoice/insert', body)).errcode).toBe(0);
    expect((await wechat.post('/card/invoice/insert', body)).errcode).toBe(72056);
    const { billing_no } = body['card_ext'].user_card.invoice_user_data;
    expect((await wechat.insert(await order(), { billing_no })).errcode).toBe(72042);
    expect(await wechat.cardsOf(id)).toHaveLength(1);
  });

  it('answers 72054 while the same order is in flight, then 72056', async () => {
    const id = await order();
    const body = await wechat.insertBody(id);
    await profile({ insert_latency_ms: 150 });
    const first = wechat.post('/card/invoice/insert', body);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await wechat.post('/card/invoice/insert', body)).errcode).toBe(72054);
    expect((await first)['errcode']).toBe(0);
    expect((await wechat.post('/card/invoice/insert', body)).errcode).toBe(72056);
  });

  it('destroys an upload after three days unless a card holds it', async () => {
    const [kept, lost] = [await wechat.upload('%PDF-kept'), await wechat.upload('%PDF-lost')];
    await wechat.insert(await order(), { s_pdf_media_id: kept['s_media_id'] });
    await wechat.control('POST', '/clock', { advance_seconds: 3 * 86_400 + 1 });
    await wechat.signIn();
    expect((await wechat.insert(await order(), { s_pdf_media_id: lost['s_media_id'] })).errcode).toBe(40007);
    await profile({ missing_media_errcode: 72081 });
    expect((await wechat.insert(await order(), { s_pdf_media_id: lost['s_media_id'] })).errcode).toBe(72081);
    const url = (
      await wechat.post('/card/invoice/platform/getpdf', { action: 'get_url', s_media_id: kept['s_media_id'] })
    ).pdf_url;
    const { pathname, search } = new URL(url);
    expect((await wechat.raw('GET', pathname + search)).text).toBe('%PDF-kept');
  });

  it('reads of a PDF that it is one, and the number it carries', async () => {
    const upload = async (pdf: string) => ({ s_pdf_media_id: (await wechat.upload(pdf))['s_media_id'] });
    expect((await wechat.insert(await order(), await upload('<html>'))).errcode).toBe(72040);
    const other = await upload('%PDF-1.7 << /InvoiceNumber (26312000000099999999) >>');
    expect((await wechat.insert(await order(), other)).errcode).toBe(72047);
    expect((await wechat.insert(await order(), { ...other, billing_no: '26312000000099999999' })).errcode).toBe(0);
    await profile({ pdf_in_wallet: '72040' });
    expect(
      (
        await wechat.insert(await order(), {
          ...(await upload('%PDF-1.7 << /InvoiceNumber (26312000000099999999) >>')),
        })
      ).errcode,
    ).toBe(72040);
  });

  it('plays every answer known for a 数电票', async () => {
    for (const [digital, errcode] of [
      ['minus1', -1],
      ['72040', 72040],
      ['72082', 72082],
      ['72045', 72045],
      ['accept', 0],
    ]) {
      await profile({ digital });
      expect((await wechat.insert(await order())).errcode).toBe(errcode);
    }
  });

  it('can insist on either reading of billing_no and billing_code', async () => {
    const classic = { billing_no: '044000000111', billing_code: '12345678', check_code: '12345678901234567890' };
    const current = { ...classic, billing_no: '12345679', billing_code: '044000000111' };
    await profile({ billing_fields: 'legacy-strict' });
    expect((await wechat.insert(await order(), current)).errcode).toBe(72043);
    expect((await wechat.insert(await order(), classic)).errcode).toBe(0);
    await profile({ billing_fields: 'new-strict' });
    expect((await wechat.insert(await order(), { ...classic, billing_no: '044000000112' })).errcode).toBe(72043);
    expect((await wechat.insert(await order(), current)).errcode).toBe(0);
    expect((await wechat.insert(await order())).errcode).toBe(0);
  });

  it('knows templates: whose they are, how fresh they are', async () => {
    const words = {
      base_info: { logo_url: 'http://mmbiz.qpic.cn/x', title: 'xx公司' },
      type: '数电发票',
      payee: '测试-收款方',
    };
    await profile({ fresh_template_seconds: 60 });
    const { card_id } = (await wechat.post('/card/invoice/platform/createcard', { invoice_info: words })) as {
      card_id: string;
    };
    expect(card_id).toMatch(/^p[\w-]{27}$/);
    const { payee: _payee, ...nameless } = words;
    expect((await wechat.post('/card/invoice/platform/createcard', { invoice_info: nameless })).errmsg).toContain(
      'payee is empty',
    );
    const id = await order();
    expect((await wechat.insert(id, {}, { card_id })).errcode).toBe(40078);
    await wechat.control('POST', '/clock', { advance_seconds: 61 });
    const { openid } = (await wechat.insert(id, {}, { card_id })) as { openid: string };
    expect(openid.slice(1, 7)).toBe(card_id.slice(1, 7));
    await profile({ cards: 'strict' });
    expect((await wechat.insert(await order(), {}, { card_id: CARD_ID })).errcode).toBe(40073);

    const other = new WechatCaller(wechat.sandbox);
    await other.signIn('wx0000000000000001');
    expect((await other.insert(await order(), {}, { card_id })).errcode).toBe(40073);
  });

  it('needs the permission, keeps the quotas, and takes orders for granted only when told to', async () => {
    await profile({ quota: { '/card/invoice/insert': { day: 1 } }, authorizations: 'implied' });
    expect((await wechat.insert('unheard-of')).errcode).toBe(0);
    expect((await wechat.insert('unheard-of-too')).errcode).toBe(45009);
    await wechat.control('POST', '/clock', { advance_seconds: 86_400 });
    await wechat.signIn();
    expect((await wechat.insert('unheard-of-too')).errcode).toBe(0);
    await profile({ without_invoice: [APPID] });
    expect((await wechat.insert('unheard-of-three')).errcode).toBe(48001);
    await profile({ without_invoice: [], quota: { '/card/invoice/insert': { minute: 1 } } });
    await wechat.control('POST', '/clock', { advance_seconds: 60 });
    expect((await wechat.insert('unheard-of-three')).errcode).toBe(0);
    expect((await wechat.insert('unheard-of-four')).errcode).toBe(45011);
    await wechat.control('POST', '/clock', { advance_seconds: 60 });
    expect((await wechat.insert('unheard-of-four')).errcode).toBe(0);
  });

  it('gives one card for one order, and a second one only where checkers are to be proved', async () => {
    const id = await order();
    expect((await wechat.insert(id)).errcode).toBe(0);
    expect((await wechat.insert(id)).errcode).toBe(72056);
    await profile({ dedupe: false });
    expect((await wechat.insert(id)).errcode).toBe(0);
    const { cards } = (await wechat.control('GET', `/ledger/cards?order_id=${id}`)) as { cards: Json[] };
    expect(cards.length).toBe(2);
  });
});
