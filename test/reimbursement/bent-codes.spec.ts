import { bodyOrProblem } from '../../src/reimbursement/refusals';
import { Problem } from '../../src/http/problems';
import { encryptCodeOf } from '../../src/wechat/encrypt-code';
import { knownErrcodes } from '../../src/wechat/errcodes';
import { order } from '../support/orders';
import { CARD_ID, World } from '../support/world';

const READ = '/card/invoice/reimburse/getinvoiceinfo';
const lower = (text: string) => text.toLowerCase();
const LOCK = 'INVOICE_REIMBURSE_LOCK';

describe('an encrypt_code on its way from chooseInvoice', () => {
  let world: World;
  let code: string;
  beforeAll(async () => {
    world = await World.start();
    // One that has all that is lost on the way.
    do {
      const given = order();
      await world.authorize(given.order_id);
      await world.post('/v1/orders', given).expect(202);
      const { insertion } = await world.until(given.order_id, ['inserted']);
      code = (await world.control('GET', `/cards/${insertion.card_code}/encrypt-code`)).encrypt_code as string;
    } while (!/\+.*\/|\/.*\+/.test(code));
  });
  afterAll(() => world.end());

  const ask = (path: string, body: object) => world.post(`/v1/reimbursements/${path}`, body);

  it.each<[string, (code: string) => string]>([
    ['as it is', (text) => text],
    ['blanks for its +', (text) => text.replaceAll('+', ' ')],
    ['a blank behind it', (text) => `${text} `],
    ['line feeds around it', (text) => `\n${text}\r\n`],
    ['broken into lines', (text) => `${text.slice(0, 20)}\r\n${text.slice(20)}`],
    ['escaped for a link', (text) => encodeURIComponent(text)],
    ['escaped twice', (text) => encodeURIComponent(encodeURIComponent(text))],
    ['escaped in small letters, with a line feed', (text) => `${encodeURIComponent(text).replace(/%../g, lower)}%0a`],
  ])('%s, is understood', async (_, bend) => {
    const card = { card_id: CARD_ID, encrypt_code: bend(code) };
    expect((await ask('query', card).expect(200)).body).toMatchObject({ errcode: 0, card_id: CARD_ID });
    expect((await ask('batch-query', { item_list: [card] }).expect(200)).body.item_list).toHaveLength(1);
    await ask('status', { ...card, reimburse_status: LOCK }).expect(200);
  });

  it('is one card however it was written: an order’s card is kept once', async () => {
    expect(encryptCodeOf(encodeURIComponent(code))).toBe(code);
    expect(encryptCodeOf(`${code.replaceAll('+', ' ')}\n`)).toBe(code);
    // Without padding the length tells that the last blank is a lost +.
    expect(encryptCodeOf('abc ')).toBe('abc+');
    expect(encryptCodeOf('abcd ')).toBe('abcd');
  });

  it.each(['%', '100%zz', '"abc="', 'a=b', '票', 'abc\u0000', '%00', '{"encrypt_code":"abc="}', ' '])(
    '%j can be none: it is named, and WeChat is not asked',
    async (bad) => {
      const before = (await world.requests(READ)).length;
      const card = { card_id: CARD_ID, encrypt_code: bad };
      const told = await ask('query', card);
      expect([422, 400]).toContain(told.status);
      if (!bad.includes('\u0000')) {
        expect(told.body.errors).toMatchObject([{ pointer: '/encrypt_code', code: 'FIELD-PATTERN' }]);
        expect(told.body.errors[0].message).toMatch(/chooseInvoice/);
        const { body } = await ask('batch-query', { item_list: [{ ...card, encrypt_code: code }, card] }).expect(422);
        expect(body.errors).toMatchObject([{ pointer: '/item_list/1/encrypt_code' }]);
      }
      expect(await world.requests(READ)).toHaveLength(before);
    },
  );

  it('choose_invoice_info is taken as WeChat returns it: with app_id, as a list or as its text', async () => {
    const shown = { card_id: CARD_ID, encrypt_code: code, app_id: 'wxissuerissuerissu' };
    const { body } = await ask('query', shown).expect(200);
    await ask('status', { ...shown, reimburse_status: LOCK }).expect(200);
    for (const list of [[shown], JSON.stringify([shown])]) {
      expect((await ask('batch-query', { item_list: list }).expect(200)).body.item_list).toHaveLength(1);
      const change = { openid: body.openid as string, reimburse_status: LOCK, invoice_list: list };
      await ask('batch-status', change).expect(200);
    }
    // WeChat hears of the two only.
    const [last] = (await world.requests('/card/invoice/reimburse/updatestatusbatch')).slice(-1);
    expect(JSON.stringify(last)).not.toContain('app_id');
    for (const wrong of ['[', '{}', '"x"', '[7]', '[{"card_id":"p"}]'])
      await ask('batch-query', { item_list: wrong }).expect(422);
  });
});

describe('a refusal of WeChat’s', () => {
  it.each(knownErrcodes().filter((errcode) => errcode !== 0))(
    '%i comes with what to do, in both languages',
    (errcode) => {
      const detail = detailOf(errcode);
      expect(detail.detail).toMatch(/\p{Script=Han}.*。$/u);
      expect(detail.detail_en).toMatch(/[a-z]{3}.*\.$/);
    },
  );

  it('each code of the reimburser’s table has words of its own', () => {
    const table = [
      ...[72015, 72017, 72023, 72024, 72025, 72028, 72029, 72030, 72031, 72035, 72036, 72038, 72039, 72040, 72042],
      ...[72043, 72044, 72060, 72061, 40073, 40075, 40078],
    ];
    expect(new Set(table.map((errcode) => detailOf(errcode).detail)).size).toBe(table.length);
    // Whoever reads it does not go to the user first with what a program has bent.
    expect(detailOf(40075).detail).toMatch(/核对.*再请用户/);
  });

  function detailOf(errcode: number) {
    try {
      bodyOrProblem({ kind: 'refused', errcode, errmsg: '', conflict: false });
    } catch (error) {
      return (error as Problem).body('');
    }
    throw new Error('not refused');
  }
});
