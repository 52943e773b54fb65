import { query } from '../support/databases';
import { tinyPdf } from '../support/orders';
import { CARD_ID, Json, World } from '../support/world';
import { Program } from './program';

type Call = (order: string) => Promise<Json>;

/** Whatever WeChat does, a program gets one answer in WeChat's shape, and never one that speaks of its own token. */
describe('a program whose WeChat is unwell', () => {
  let world: World;
  let program: Program;
  let calls: [path: string, call: Call][];
  beforeAll(async () => {
    world = await World.start();
    program = await Program.login(world);
    await program.post('setbizattr', { contact: { phone: '88888888', time_out: 1 } }, { action: 'set_contact' });
    const s_pappid = await program.pappid();
    await world.authorize('U-CARD');
    const { code } = await program.post('insert', await program.insertion('U-CARD'));
    const s_media_id = await program.upload(tinyPdf('unwell'));
    const lock = { card_id: CARD_ID, code, reimburse_status: 'INVOICE_REIMBURSE_LOCK' };
    const shown = { card_id: CARD_ID, encrypt_code: 'bm90aGluZw==' };
    const change = { ...shown, reimburse_status: 'INVOICE_REIMBURSE_LOCK' };
    calls = [
      ['seturl', () => program.post('seturl', {})],
      ['getauthurl', async (order_id) => program.post('getauthurl', await asking(order_id, s_pappid))],
      ['getauthdata', (order_id) => program.post('getauthdata', { s_pappid, order_id })],
      ['rejectinsert', (order_id) => program.post('rejectinsert', { s_pappid, order_id, reason: 'x' })],
      ['setbizattr', () => program.post('setbizattr', {}, { action: 'get_contact' })],
      ['biz/getusertitleurl', () => program.post('biz/getusertitleurl', { user_fill: 1 })],
      ['biz/getselecttitleurl', () => program.post('biz/getselecttitleurl', { attach: 'a', biz_name: 'b' })],
      ['scantitle', () => program.post('scantitle', { scan_text: 'https://a.example/?invoice_key=a' })],
      ['platform/getpdf', () => program.post('platform/getpdf', { s_media_id, action: 'get_url' })],
      ['platform/updatestatus', () => program.post('platform/updatestatus', lock)],
      ['reimburse/getinvoiceinfo', () => program.post('reimburse/getinvoiceinfo', shown)],
      ['reimburse/getinvoicebatch', () => program.post('reimburse/getinvoicebatch', { item_list: [shown] })],
      ['reimburse/updateinvoicestatus', () => program.post('reimburse/updateinvoicestatus', change)],
    ];
  });
  afterEach(() => world.control('DELETE', '/faults'));
  afterAll(() => world.end());

  const asking = (order_id: string, s_pappid: string) => {
    const at = { timestamp: 1_474_875_876, source: 'wap', ticket: 'any', type: 0 };
    return Promise.resolve({ s_pappid, order_id, money: 1, ...at });
  };
  const under = (fault: Json) =>
    world.control(
      'POST',
      '/faults',
      calls.map(([path]) => ({ path: `/card/invoice/${path}`, ...fault })),
    );
  const answers = (round: string) =>
    Promise.all(calls.map(async ([path, call]) => [path, (await call(`U-${round}`)).errcode as number]));
  const all = (errcode: number) => calls.map(([path]) => [path, errcode]);

  it.each<[string, Json]>([
    ['hangs', { mode: 'hang' }],
    ['answers a page', { mode: 'html_200', applied: false }],
    ['answers nothing', { mode: 'empty_200', applied: false }],
    ['breaks off', { mode: 'drop_before' }],
    ['stands behind a broken gateway', { mode: 'http_status', status: 502 }],
    ['redirects', { mode: 'redirect_302' }],
    ['is busy', { mode: 'errcode', errcode: -1, applied: false }],
  ])('that %s: -1', async (name, fault) => {
    await under(fault);
    expect(await answers(name.replace(/\W/g, '-'))).toEqual(all(-1));
  });

  it('WeChat’s own refusal comes back as it is', async () => {
    await under({ mode: 'errcode', errcode: 45009, applied: false });
    expect(await answers('quota')).toEqual(all(45009));
  });

  it('a template whose answer was lost is not asked for again, whoever asks', async () => {
    const path = '/card/invoice/platform/createcard';
    await world.control('POST', '/faults', [{ path, mode: 'drop_after', times: 1 }]);
    const invoice_info = { payee: 'p', type: 't', base_info: { title: 't', logo_url: 'https://a.example/b' } };
    const make = () => program.post('platform/createcard', { invoice_info });
    expect([(await make()).errcode, (await make()).errcode]).toEqual([-1, -1]);
    expect(await world.requests(path)).toHaveLength(1);
    const [template] = await query<Json>(world.databaseUrl, 'SELECT state FROM templates');
    expect(template?.state).toBe('unclear');
  });

  it('a cancellation whose answer was lost is told again by itself', async () => {
    await world.authorize('U-CANCEL');
    const { code } = await program.post('insert', await program.insertion('U-CANCEL'));
    const path = '/card/invoice/platform/updatestatus';
    await world.control('POST', '/faults', [{ path, mode: 'drop_after', times: 1 }]);
    const cancel = { card_id: CARD_ID, code, reimburse_status: 'INVOICE_REIMBURSE_CANCEL' };
    expect((await program.post('platform/updatestatus', cancel)).errcode).toBe(-1);
    const [wish] = await query<Json>(world.databaseUrl, 'SELECT state FROM cancellations');
    expect(wish?.state).toBe('pending');
  });

  it('a token of ours that WeChat refuses is no word about the program’s own: -1', async () => {
    await under({ mode: 'errcode', errcode: 40001, applied: false });
    expect(await answers('token')).toEqual(all(-1));
    expect((await program.post('getauthurl', {})).errcode).toBe(72031);
  });
});
