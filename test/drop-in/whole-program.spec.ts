import { query } from '../support/databases';
import { CARD_ID, Json, World } from '../support/world';
import { newKey, Program } from './program';

const TEMPLATE = { payee: '示例科技（上海）有限公司', type: '数电发票（普通发票）' };
const BASE = { title: '示例科技', logo_url: 'https://mmbiz.qpic.cn/mmbiz/example/0' };
const TICKET_KEY = 'pk_ticket_0123456789abcdef0123456789abcd';

describe('a whole program that was written against WeChat runs on the service', () => {
  let world: World;
  let program: Program;
  beforeAll(async () => {
    world = await World.start();
    program = await Program.login(world);
  });
  afterAll(() => world.end());

  const OK = { errcode: 0, errmsg: 'ok' };
  const reached = async (path: string) => (await world.requests(path)).length;
  const acts = async (object: string) =>
    (
      await query<Json>(world.databaseUrl, 'SELECT action, data FROM audit WHERE object = $1 ORDER BY seq', [object])
    ).map(({ action, data }) => [action, data] as [string, Json]);
  const inserted = async (order_id: string): Promise<Json> => {
    await world.authorize(order_id);
    return { ...(await program.post('insert', await program.insertion(order_id))), card_id: CARD_ID };
  };

  it('sets its account up: setbizattr sets and gets what is its own', async () => {
    const attribute = (action: string, body: object | string) => program.post('setbizattr', body, { action });
    expect((await attribute('get_contact', '{}')).errcode).toBe(72063);
    const contact = { phone: '88888888', time_out: 12_345 };
    expect(await attribute('set_contact', { contact })).toEqual(OK);
    expect(await attribute('get_contact', '"{}"\n')).toEqual({ ...OK, contact });
    const auth_field = { user_field: { show_title: 1, custom_field: null } };
    expect(await attribute('set_auth_field', { auth_field })).toEqual(OK);
    expect(await attribute('get_auth_field', '')).toEqual({ ...OK, auth_field });
    const paymch_info = { mchid: '1234', s_pappid: await program.pappid() };
    expect(await attribute('set_pay_mch', { paymch_info })).toEqual(OK);
    expect(await attribute('get_pay_mch', {})).toEqual({ ...OK, paymch_info });
    expect((await attribute('set_contact', {})).errmsg).toBe('invalid params, contact is empty');
    for (const action of ['drop_contact', 'set_toString', '']) {
      expect((await attribute(action, {})).errcode).toBe(72027);
    }
    const set = await query<Json>(world.databaseUrl, `SELECT data FROM audit WHERE action = 'account.attribute_asked'`);
    expect(set.map(({ data }) => (data as Json).attribute as string)).toEqual(['contact', 'auth_field', 'pay_mch']);
  });

  it('makes a template once, however often it asks', async () => {
    const create = (base_info: Json) =>
      program.post('platform/createcard', { invoice_info: { ...TEMPLATE, base_info } });
    expect((await program.post('platform/createcard', {})).errmsg).toBe('invalid params, payee is empty');
    const made = await create({ ...BASE, custom_url: null });
    expect(made).toEqual({ ...OK, card_id: expect.stringMatching(/^p[\w-]{27}$/) });
    expect(await create(BASE)).toEqual(made);
    expect((await create({ ...BASE, title: '另一名称' })).errmsg).toContain(made.card_id);
    expect(await reached('/card/invoice/platform/createcard')).toBe(1);
    const [template] = await query<Json>(world.databaseUrl, 'SELECT id, state FROM templates');
    expect(template?.state).toBe('ready');
    expect(await acts(template?.id as string)).toEqual([['template.asked', TEMPLATE]]);
  });

  it('goes an order’s whole way: asked, authorised, uploaded, linked, inserted, cancelled; all of it is on record', async () => {
    const asked = await program.post('getauthurl', await program.asking('P-1'));
    expect(asked).toEqual({ ...OK, auth_url: expect.stringMatching(/^http/) });
    const s_pappid = await program.pappid();
    const authdata = () => program.post('getauthdata', { s_pappid, order_id: 'P-1' });
    expect(await authdata()).toEqual({ ...OK, invoice_status: 'never auth' });

    const biz_field = { title: '示例科技(上海)有限公司', tax_no: '91310000MADEM0011A', bank_no: '1234' };
    const custom_field = [{ key: 'field1', value: '管理理论' }];
    const title = { user_auth_info: { biz_field: { ...biz_field, custom_field } } };
    const appid = { appid: 'wxc0b84a53ed8e8d29' };
    await world.control('POST', '/authorizations', { order_id: 'P-1', ...appid, ...title });
    // Whoever polls us does not poll WeChat: within ten seconds it is told what is known.
    expect((await authdata()).invoice_status).toBe('never auth');
    await query(world.databaseUrl, 'UPDATE authorizations SET checked_at = NULL');
    const said = { ...OK, invoice_status: 'auth success', auth_time: expect.any(Number), ...title };
    expect(await authdata()).toEqual(said);
    expect(await authdata()).toEqual(said);
    expect(await reached('/card/invoice/getauthdata')).toBe(2);
    expect((await world.get('/v1/authorizations/P-1').expect(200)).body).toMatchObject({
      state: 'authorized',
      title: { title: biz_field.title },
    });

    const body = await program.insertion('P-1');
    const { s_pdf_media_id: s_media_id } = body.card_ext.user_card.invoice_user_data;
    const link = () => program.post('platform/getpdf', { s_media_id }, { action: 'get_url' });
    const [first, second] = [await link(), await link()];
    expect(first).toMatchObject({ ...OK, pdf_url: expect.stringMatching(/^http/), pdf_url_expire_time: 7200 });
    expect(second.errcode).toBe(0);
    // WeChat has been given the file once for both.
    expect(await reached('/card/invoice/platform/setpdf')).toBe(1);
    expect((await fetch(first.pdf_url as string)).headers.get('content-type')).toContain('pdf');

    const { code } = await program.post('insert', body);
    const cancel = { card_id: CARD_ID, code, reimburse_status: 'INVOICE_REIMBURSE_CANCEL' };
    expect(await program.post('platform/updatestatus', cancel)).toEqual(OK);
    expect(await program.post('platform/updatestatus', cancel)).toEqual(OK);
    expect(await reached('/card/invoice/platform/updatestatus')).toBe(1);
    const order = await world.order('P-1');
    expect(order.state).toBe('cancelled');
    expect((await acts(order.id)).map(([action]) => action)).toContain('order.cancellation_requested');
  });

  it('tells WeChat what it knows from elsewhere of a card; what cannot be undone is written down first', async () => {
    const { code, card_id } = await inserted('P-2');
    const set = (word: string) =>
      program.post('platform/updatestatus', { card_id, code, reimburse_status: `INVOICE_REIMBURSE_${word}` });
    expect(await set('LOCK')).toEqual(OK);
    expect(await set('CLOSURE')).toEqual(OK);
    expect((await set('INIT')).errcode).toBe(72061);
    expect((await set('GONE')).errmsg).toBe('invalid params, reimburse_status is invalid');
    const order = await world.order('P-2');
    const told = (outcome: string, errcode: number | null, word: string) => [
      ['order.card_status_asked', { reimburse_status: `INVOICE_REIMBURSE_${word}` }],
      ['order.card_status_answered', { reimburse_status: `INVOICE_REIMBURSE_${word}`, outcome, errcode }],
    ];
    expect((await acts(order.id)).slice(-6)).toEqual([
      ...told('done', null, 'LOCK'),
      ...told('done', null, 'CLOSURE'),
      ...told('refused', 72061, 'INIT'),
    ]);
    const events = (await world.timeline('P-2')).filter(({ type }) => type === 'reimbursement_changed');
    expect(events.map(({ data }) => (data as Json).reimburse_status as string)).toEqual([
      'INVOICE_REIMBURSE_LOCK',
      'INVOICE_REIMBURSE_CLOSURE',
    ]);
  });

  it('rejects an order for good; WeChat is told once', async () => {
    const rejection = { s_pappid: await program.pappid(), order_id: 'P-3', reason: '重复开票', url: null };
    expect((await program.post('rejectinsert', rejection)).errcode).toBe(72038);
    await program.post(
      'getauthurl',
      await program.asking('P-3', { type: '0', money: '11', redirect_url: 'https://a.example' }),
    );
    expect(await program.post('rejectinsert', rejection)).toEqual(OK);
    expect(await program.post('rejectinsert', rejection)).toEqual(OK);
    expect((await program.post('getauthurl', await program.asking('P-3'))).errcode).toBe(72035);
    await query(world.databaseUrl, 'UPDATE authorizations SET checked_at = NULL');
    const { s_pappid } = rejection;
    expect((await program.post('getauthdata', { s_pappid, order_id: 'P-3' })).invoice_status).toBe('reject insert');
    expect((await acts('P-3')).map(([action]) => action)).toContain('order.rejected');
    const { code } = await inserted('P-4');
    expect(code).toMatch(/^\d+$/);
    expect((await program.post('rejectinsert', { ...rejection, order_id: 'P-4' })).errcode).toBe(72056);
  });

  it('knows an authorisation that was asked for before the service was there, and wakes the order that waits for it', async () => {
    const s_pappid = await program.pappid();
    expect((await program.post('insert', await program.insertion('P-5'))).errcode).toBe(72038);
    await query(
      world.databaseUrl,
      `UPDATE insertions SET due_at = now() + interval '1 day' WHERE state = 'awaiting_authorization'`,
    );
    await world.authorize('P-5');
    const told = await program.post('getauthdata', { s_pappid, order_id: 'P-5' });
    expect(told.invoice_status).toBe('auth success');
    await world.until('P-5', ['inserted']);
  });

  it('reads, locks and reimburses what users show, one by one and in batches', async () => {
    const { code, card_id } = await inserted('P-6');
    const { encrypt_code } = await world.control('GET', `/cards/${code as string}/encrypt-code`);
    const card = { card_id, encrypt_code: encrypt_code as string };
    const read = await program.post('reimburse/getinvoiceinfo', card);
    expect(read).toMatchObject({ ...OK, card_id, user_info: { reimburse_status: 'INVOICE_REIMBURSE_INIT' } });
    const batch = await program.post('reimburse/getinvoicebatch', { item_list: JSON.stringify([card]) });
    expect(batch.item_list).toHaveLength(1);
    const lock = { ...card, reimburse_status: 'INVOICE_REIMBURSE_LOCK' };
    expect(await program.post('reimburse/updateinvoicestatus', lock)).toEqual(OK);
    const close = {
      openid: read.openid as string,
      reimburse_status: 'INVOICE_REIMBURSE_CLOSURE',
      invoice_list: [card],
    };
    expect(await program.post('reimburse/updatestatusbatch', close)).toEqual(OK);
    expect((await program.post('reimburse/updateinvoicestatus', lock)).errcode).toBe(72061);
    const cancel = { ...card, reimburse_status: 'INVOICE_REIMBURSE_CANCEL' };
    expect((await program.post('reimburse/updateinvoicestatus', cancel)).errcode).toBe(72024);
    expect((await program.post('reimburse/getinvoiceinfo', { card_id })).errcode).toBe(40101);
    const intents = await query<Json>(
      world.databaseUrl,
      'SELECT outcome FROM reimbursement_intents ORDER BY started_at',
    );
    expect(intents.map(({ outcome }) => outcome as string)).toEqual(['done', 'done', 'refused']);
  });

  it('finds the code behind an encrypt_code, and looks the card up', async () => {
    await world.control('PUT', '/profile', { card_code_get: 'finds' });
    const { code } = await inserted('P-7');
    const { encrypt_code } = await world.control('GET', `/cards/${code as string}/encrypt-code`);
    const { token, base } = program as unknown as { token: string; base: string };
    const card = async (path: string, body: object) =>
      (await (
        await fetch(`${base}/card/code/${path}?access_token=${token}`, { method: 'POST', body: JSON.stringify(body) })
      ).json()) as Json;
    expect(await card('decrypt', { encrypt_code })).toEqual({ ...OK, code });
    expect(await card('get', { code, card_id: CARD_ID })).toMatchObject({ ...OK, openid: expect.any(String) });
    expect((await card('decrypt', { encrypt_code: 'nothing' })).errcode).toBe(40075);
    expect((await card('get', { code: '123456789012' })).errcode).toBe(40056);
  });

  it('passes users’ titles through', async () => {
    const filled = { title: '示例科技', phone: '021-1', tax_no: '91310000MADEM0011A', addr: null, user_fill: 0 };
    expect(await program.post('biz/getusertitleurl', filled)).toEqual({
      ...OK,
      url: expect.stringContaining('usertitle'),
    });
    const select = await program.post('biz/getselecttitleurl', { attach: 'till 7', biz_name: '示例' });
    expect(select.url).toContain('select_title_key');
    const scan_text = 'https://mp.weixin.qq.com/intp/invoice/usertitlewxa?action=list_auth&invoice_key=abcd';
    expect(await program.post('scantitle', { scan_text })).toMatchObject({
      title_type: 0,
      tax_no: '91310000MADEM0011A',
    });
    expect((await program.post('scantitle', { scan_text: 'x' })).errcode).toBe(72044);
    // As it came: the service adds nothing and takes nothing away.
    const [sent] = (await world.requests('/card/invoice/biz/getusertitleurl')) as [Json];
    expect(sent.body).toEqual(filled);
  });

  it('a key without the scope gets a ticket for getauthurl alone; WeChat’s own goes to a key that has it', async () => {
    const ticket = (of: Program, type: string) => of.get('/cgi-bin/ticket/getticket', { type });
    expect((await ticket(program, 'wx_card')).ticket).toMatch(/^getauthurl-only_/);
    expect((await ticket(program, 'jsapi')).errcode).toBe(48001);
    expect((await ticket(program, 'other')).errcode).toBe(40097);
    const [{ merchant_id }] = (await query<Json>(world.databaseUrl, 'SELECT merchant_id FROM merchant_keys')) as [Json];
    await newKey(world.databaseUrl, merchant_id as string, TICKET_KEY, ['orders:write', 'jsapi_ticket']);
    const trusted = await Program.login(world, undefined, TICKET_KEY);
    const given = await ticket(trusted, 'wx_card');
    expect(given).toEqual({ ...OK, ticket: expect.stringMatching(/^[\w-]{86}$/), expires_in: 300 });
    const asking = { ...(await program.asking('P-8')), ticket: given.ticket };
    expect((await program.post('getauthurl', asking)).errcode).toBe(0);
  });

  it('a missing parameter is named in WeChat’s words, before WeChat is asked', async () => {
    const before = await reached('/card/invoice/getauthurl');
    const whole = await program.asking('P-9');
    for (const field of ['s_pappid', 'order_id', 'money', 'timestamp', 'source', 'ticket', 'type', 'redirect_url']) {
      const said = await program.post('getauthurl', { ...whole, [field]: null });
      expect(said).toEqual({ errcode: 72031, errmsg: `invalid params, ${field} is empty` });
    }
    for (const wrong of [
      { money: 1.5 },
      { type: 3 },
      { source: 'fax' },
      { order_id: 'no blanks' },
      { s_pappid: 'x' },
    ]) {
      const said = await program.post('getauthurl', { ...whole, ...wrong });
      expect([said.errcode, said.errmsg]).toEqual([72031, expect.stringContaining(Object.keys(wrong)[0] as string)]);
    }
    expect(await reached('/card/invoice/getauthurl')).toBe(before);
  });
});
