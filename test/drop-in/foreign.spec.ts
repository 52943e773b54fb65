import { query } from '../support/databases';
import { tinyPdf } from '../support/orders';
import { APPID, CARD_ID, Json, KEY, World } from '../support/world';
import { newKey, OTHER_APPID, OTHER_KEY, otherMerchant, Program } from './program';

const READ_KEY = 'pk_reader_0123456789abcdef0123456789abcd';
const CARD_READER = 'wx_reads_cards';

describe('a program finds nothing of another merchant, as if it were not there', () => {
  let world: World;
  /** The owner; and the other merchant, under its own appid and under the platform's. */
  let owner: Program;
  let other: Program;
  let otherAsPlatform: Program;
  let s_pappid: string;
  beforeAll(async () => {
    world = await World.start({
      env: { WECHAT_REIMBURSER_APPID: CARD_READER, WECHAT_REIMBURSER_SECRET: 'reimburser-secret' },
    });
    await otherMerchant(world);
    owner = await Program.login(world);
    other = await Program.login(world, OTHER_APPID, OTHER_KEY);
    otherAsPlatform = await Program.login(world, APPID, OTHER_KEY);
    await owner.post('setbizattr', { contact: { phone: '88888888', time_out: 1 } }, { action: 'set_contact' });
    s_pappid = await owner.pappid();
  });
  afterAll(() => world.end());

  const reached = async (path: string) => (await world.requests(`/card/invoice/${path}`)).length;
  const base = () => world.service.url;

  it('logs in under its own appids only', async () => {
    await expect(Program.login(world, OTHER_APPID, KEY)).rejects.toThrow('40013');
    await expect(Program.login(world, 'wx_nobodys', OTHER_KEY)).rejects.toThrow('40013');
    await expect(Program.login(world, OTHER_APPID, 'pk_wrong')).rejects.toThrow('40125');
  });

  it('an order number that another merchant asked for is taken, never authorised, and not to be rejected', async () => {
    const asking = { type: 0 };
    expect((await owner.post('getauthurl', await owner.asking('F-1', asking))).errcode).toBe(0);
    await world.authorize('F-1');
    expect((await otherAsPlatform.post('getauthurl', await owner.asking('F-1', asking))).errcode).toBe(72056);
    const ask = { s_pappid, order_id: 'F-1' };
    const before = await reached('getauthdata');
    expect((await otherAsPlatform.post('getauthdata', ask)).invoice_status).toBe('never auth');
    expect((await otherAsPlatform.post('rejectinsert', { ...ask, reason: 'x' })).errcode).toBe(72038);
    expect([await reached('getauthdata'), await reached('rejectinsert')]).toEqual([before, 0]);
    // The owner is told, by the same question.
    expect((await owner.post('getauthdata', ask)).invoice_status).toBe('auth success');
  });

  it('an account whose secret is not here, or another platform, is none that may be asked for', async () => {
    expect((await other.post('getauthurl', await owner.asking('F-2'))).errcode).toBe(48001);
    expect((await other.post('scantitle', { scan_text: 'x' })).errcode).toBe(48001);
    const foreign = { s_pappid: Buffer.from(`wx_other_${'x'.repeat(32)}`).toString('base64url') };
    const said = await owner.post('getauthurl', await owner.asking('F-2', foreign));
    expect(said).toEqual({ errcode: 72031, errmsg: 'invalid params, s_pappid is invalid' });
    expect((await owner.post('getauthdata', { ...foreign, order_id: 'F-2' })).errcode).toBe(72031);
    expect((await owner.post('rejectinsert', { ...foreign, order_id: 'F-2', reason: 'x' })).errcode).toBe(72031);
  });

  it('a platform that several use is set up by its operators: neither its words nor its templates', async () => {
    const contact = { contact: { phone: '110', time_out: 1 } };
    expect((await otherAsPlatform.post('setbizattr', contact, { action: 'set_contact' })).errcode).toBe(48001);
    expect((await owner.post('setbizattr', {}, { action: 'get_contact' })).contact.phone).toBe('88888888');
    const invoice_info = { payee: 'p', type: 't', base_info: { title: 't', logo_url: 'https://a.example/b' } };
    expect((await otherAsPlatform.post('platform/createcard', { invoice_info })).errcode).toBe(48001);
    expect((await other.post('platform/createcard', { invoice_info })).errcode).toBe(48001);
    expect(await reached('platform/createcard')).toBe(0);
    expect((await owner.post('platform/createcard', { invoice_info })).errcode).toBe(0);
  });

  it('a card of another merchant’s order cannot be changed, decrypted or looked up; its upload is none', async () => {
    await world.control('PUT', '/profile', { card_code_get: 'finds' });
    await world.authorize('F-3');
    const { code } = await owner.post('insert', await owner.insertion('F-3'));
    const { encrypt_code } = await world.control('GET', `/cards/${code as string}/encrypt-code`);
    const card = async ({ token }: Json, path: string, body: object) => {
      const url = `${base()}/card/code/${path}?access_token=${token as string}`;
      return (await (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).json()) as Json;
    };
    const set = { card_id: CARD_ID, code, reimburse_status: 'INVOICE_REIMBURSE_LOCK' };
    for (const foreign of [other, otherAsPlatform]) {
      expect((await foreign.post('platform/updatestatus', set)).errcode).toBe(72038);
      expect((await card(foreign as unknown as Json, 'decrypt', { encrypt_code })).errcode).toBe(40075);
      expect((await card(foreign as unknown as Json, 'get', { code })).errcode).toBe(40056);
    }
    expect([await reached('platform/updatestatus'), (await world.requests('/card/code/get')).length]).toEqual([0, 0]);
    expect((await card(owner as unknown as Json, 'decrypt', { encrypt_code })).code).toBe(code);
    expect((await card(owner as unknown as Json, 'get', { code })).errcode).toBe(0);
    expect((await owner.post('platform/updatestatus', set)).errcode).toBe(0);

    const s_media_id = await owner.upload(tinyPdf('F-4'));
    const link = (of: Program) => of.post('platform/getpdf', { s_media_id, action: 'get_url' });
    expect((await link(other)).errcode).toBe(40007);
    expect((await link(owner)).errcode).toBe(0);
  });

  it('a token is of the account that it was asked for in: a reader of cards asks nobody for an invoice', async () => {
    const reader = await Program.login(world, CARD_READER);
    expect((await reader.post('getauthurl', await owner.asking('F-5'))).errcode).toBe(48001);
    expect((await reader.post('setbizattr', {}, { action: 'get_contact' })).errcode).toBe(48001);
    const nobody = { card_id: CARD_ID, encrypt_code: 'bm90aGluZw==' };
    expect((await reader.post('reimburse/getinvoiceinfo', nobody)).errcode).toBe(72031);
    const [asked] = (await world.requests('/card/invoice/reimburse/getinvoiceinfo')) as [Json];
    expect(asked.appid).toBe(CARD_READER);
  });

  it('stable_token gives each account its own token, the same one each time', async () => {
    const stable = async (appid: string) => {
      const body = JSON.stringify({ grant_type: 'client_credential', appid, secret: KEY });
      const answer = await fetch(`${base()}/cgi-bin/stable_token`, { method: 'POST', body });
      return ((await answer.json()) as Json).access_token as string;
    };
    const [own, reads] = [await stable(APPID), await stable(CARD_READER)];
    expect(own).not.toBe(reads);
    expect([await stable(APPID), await stable(CARD_READER)]).toEqual([own, reads]);
    const attribute = async (token: string) => {
      const url = `${base()}/card/invoice/setbizattr?action=get_contact&access_token=${token}`;
      return ((await (await fetch(url, { method: 'POST' })).json()) as Json).errcode as number;
    };
    expect([await attribute(own), await attribute(reads)]).toEqual([0, 48001]);
  });

  it('a token is worth its key’s scopes', async () => {
    const [{ id }] = (await query<Json>(world.databaseUrl, `SELECT id FROM merchants WHERE name <> 'other'`)) as [Json];
    await newKey(world.databaseUrl, id as string, READ_KEY, ['orders:read']);
    const reader = await Program.login(world, APPID, READ_KEY);
    expect((await reader.post('getauthdata', { s_pappid, order_id: 'F-1' })).errcode).toBe(0);
    for (const path of [
      'getauthurl',
      'rejectinsert',
      'setbizattr',
      'scantitle',
      'biz/getusertitleurl',
      'biz/getselecttitleurl',
      'platform/createcard',
      'platform/updatestatus',
      'platform/getpdf',
      'reimburse/getinvoiceinfo',
      'reimburse/getinvoicebatch',
      'reimburse/updateinvoicestatus',
      'reimburse/updatestatusbatch',
    ]) {
      expect([path, (await reader.post(path, {})).errcode]).toEqual([path, 48001]);
    }
    expect((await reader.get('/cgi-bin/ticket/getticket', { type: 'wx_card' })).errcode).toBe(48001);
  });
});
