import { createHash } from 'node:crypto';
import { type Json, APPID, CARD_ID, WechatCaller } from './wechat-caller';

const OTHER = 'wx0000000000000009';
const [INIT, LOCK, CLOSURE, CANCEL] = ['INIT', 'LOCK', 'CLOSURE', 'CANCEL'].map((word) => `INVOICE_REIMBURSE_${word}`);

describe('the reimburser at the simulated WeChat', () => {
  let wechat: WechatCaller;
  let serial = 0;
  beforeAll(async () => (wechat = await WechatCaller.start()));
  beforeEach(() => wechat.control('PUT', '/profile', { reimburse_batch: 'items', reimburse_batch_max: 100 }));
  afterAll(() => wechat.sandbox.close());

  const reimburse = (path: string, body: object) => wechat.post(`/card/invoice/reimburse/${path}`, body);
  const asAnother = async <T>(work: () => Promise<T>): Promise<T> => {
    const { token } = wechat;
    await wechat.signIn(OTHER);
    return work().finally(() => (wechat.token = token));
  };
  /** A card in a wallet, and what its user hands to a reimburser. */
  const newCard = async (): Promise<{ card_id: string; encrypt_code: string; code: string; order_id: string }> => {
    const order_id = await wechat.authorized(`R${(serial += 1)}`);
    const { code } = await wechat.insert(order_id, { buyer_number: '91310000MADEM0011A' });
    const { encrypt_code } = await wechat.control('GET', `/cards/${code}/encrypt-code`);
    return { card_id: CARD_ID, encrypt_code, code, order_id };
  };
  const shown = ({ card_id, encrypt_code }: { card_id: string; encrypt_code: string }) => ({ card_id, encrypt_code });
  const statusOf = async (card: { code: string; order_id: string }) =>
    (await wechat.cardsOf(card.order_id))[0]?.['status'];
  const set = async (card: { card_id: string; encrypt_code: string }, reimburse_status?: string) =>
    (await reimburse('updateinvoicestatus', { ...shown(card), reimburse_status })).errcode as number;

  it('shows what was inserted, with a link that dies, in the openid of who asks', async () => {
    const card = await newCard();
    const mine = await reimburse('getinvoiceinfo', shown(card));
    expect(mine).toMatchObject({
      errcode: 0,
      card_id: CARD_ID,
      user_info: {
        order_id: card.order_id,
        fee: 10600,
        buyer_number: '91310000MADEM0011A',
        reimburse_status: INIT,
        billing_code: '',
      },
    });
    expect(mine['user_info']).not.toHaveProperty('s_pdf_media_id');
    const theirs = await asAnother(() => reimburse('getinvoiceinfo', shown(card)));
    expect(theirs['openid']).not.toBe(mine['openid']);
    const fetched = await fetch(mine['user_info'].pdf_url as string);
    expect(fetched.headers.get('content-type')).toBe('application/pdf');
    await wechat.control('POST', '/clock', { advance_seconds: 7201 });
    expect(await (await fetch(mine['user_info'].pdf_url as string)).text()).toBe('链接已失效');
    await wechat.signIn();
  });

  it('has begin and end in a batch too, and `""` for what insert was not given', async () => {
    const card = await newCard();
    const one = await reimburse('getinvoiceinfo', shown(card));
    const batch = await reimburse('getinvoicebatch', { item_list: [shown(card)] });
    for (const answer of [one, (batch['item_list'] as Json[])[0] as Json]) {
      expect(Number(answer['end_time'])).toBeGreaterThan(Number(answer['begin_time']));
      const { remarks, cashier, maker, buyer_bank_account, seller_bank_account, buyer_number } = answer['user_info'];
      expect({ remarks, cashier, maker, buyer_bank_account, seller_bank_account, buyer_number }).toEqual({
        ...{ remarks: '', cashier: '', maker: '', buyer_bank_account: '', seller_bank_account: '' },
        buyer_number: '91310000MADEM0011A',
      });
    }
  });

  it('an issuer’s permission is not a reimburser’s', async () => {
    const card = await newCard();
    const both = async () => [
      (await reimburse('getinvoiceinfo', shown(card))).errcode as number,
      (await wechat.post('/card/invoice/seturl', {})).errcode as number,
    ];
    await wechat.control('PUT', '/profile', { without_reimburse: [APPID] });
    expect(await both()).toEqual([48001, 0]);
    await wechat.control('PUT', '/profile', { without_reimburse: [], without_invoice: [APPID] });
    expect(await both()).toEqual([0, 48001]);
    await wechat.control('PUT', '/profile', { without_invoice: [] });
  });

  it('finds invoice cards at the address of ordinary ones only where it is told to', async () => {
    const card = await newCard();
    const ask = (body: object) => wechat.post('/card/code/get', body);
    expect((await ask({ code: card.code })).errcode).toBe(40056);
    await wechat.control('PUT', '/profile', { card_code_get: 'finds' });
    expect(await ask({ card_id: CARD_ID, code: card.code, check_consume: false })).toMatchObject({
      errcode: 0,
      card: { card_id: CARD_ID },
      openid: expect.stringMatching(/^o/) as string,
      can_consume: true,
      user_card_status: 'NORMAL',
    });
    expect((await ask({ card_id: 'p_another', code: card.code })).errcode).toBe(40073);
    expect((await asAnother(() => ask({ code: card.code }))).errcode).toBe(40056);
    expect((await ask({})).errcode).toBe(40101);
    await wechat.control('PUT', '/profile', { card_code_get: 'refuses' });
  });

  it('asks in WeChat’s order: token, something missing, card_id, encrypt_code', async () => {
    const card = await newCard();
    const ask = async (body: object) => (await reimburse('getinvoiceinfo', body)).errcode as number;
    expect(await ask({ card_id: CARD_ID })).toBe(40101);
    expect(await ask({ ...shown(card), card_id: 'pNobodys' })).toBe(40073);
    expect(await ask({ ...shown(card), encrypt_code: 'garbled' })).toBe(72031);
    expect((await wechat.raw('POST', '/card/invoice/reimburse/getinvoiceinfo?access_token=x', '{}')).json.errcode).toBe(
      40014,
    );
  });

  it('a lock binds everyone but its owner; only what is locked can be reimbursed; ends are ends', async () => {
    const card = await newCard();
    expect(await set(card, CLOSURE)).toBe(72039);
    expect(await set(card, LOCK)).toBe(0);
    expect(await set(card, LOCK)).toBe(0);
    expect(await asAnother(() => set(card, LOCK))).toBe(72023);
    expect(await asAnother(() => set(card, INIT))).toBe(72023);
    expect(await set(card, CANCEL)).toBe(72024);
    expect(await set(card, 'PAID')).toBe(72031);
    expect(await set(card)).toBe(40101);
    expect(await set(card, CLOSURE)).toBe(0);
    expect(await set(card, INIT)).toBe(72061);
    expect(await statusOf(card)).toBe(CLOSURE);

    const cancelled = await newCard();
    const { code } = cancelled;
    await wechat.post('/card/invoice/platform/updatestatus', { card_id: CARD_ID, code, reimburse_status: CANCEL });
    expect(await set(cancelled, LOCK)).toBe(72060);
  });

  it('a batch of states is all or nothing', async () => {
    const [one, two, foreign] = [await newCard(), await newCard(), await newCard()];
    await asAnother(() => set(foreign, LOCK));
    const { openid } = await reimburse('getinvoiceinfo', shown(one));
    const batch = async (cards: Json[], who: string) =>
      (
        await reimburse('updatestatusbatch', {
          openid: who,
          reimburse_status: LOCK,
          invoice_list: cards.map((card) => shown(card as never)),
        })
      ).errcode as number;
    // Each order had a user of its own, so the holder of one does not hold the other.
    expect(await batch([one, two], openid as string)).toBe(72037);
    expect(await statusOf(one)).toBe(INIT);
    const user = 'ojZ8Ytz4lESgdWZ34L_R1TvB2Kds';
    const mine = await Promise.all(
      [1, 2, 3].map(async () => {
        const order_id = await wechat.authorized(`R${(serial += 1)}`, { openid: user });
        const { code } = await wechat.insert(order_id);
        const { encrypt_code } = await wechat.control('GET', `/cards/${code}/encrypt-code`);
        return { card_id: CARD_ID, encrypt_code, code, order_id };
      }),
    );
    await asAnother(() => set(mine[2] as never, LOCK));
    expect(await batch(mine, user)).toBe(72023);
    expect(await Promise.all(mine.map((card) => statusOf(card)))).toEqual([INIT, INIT, LOCK]);
    expect(await batch(mine.slice(0, 2), user)).toBe(0);
    expect(await Promise.all(mine.map((card) => statusOf(card)))).toEqual([LOCK, LOCK, LOCK]);
  });

  it('a batch answers a card named twice twice; it may answer nothing at all; it has a limit', async () => {
    const card = await newCard();
    const ask = (n: number) =>
      reimburse('getinvoicebatch', { item_list: Array.from({ length: n }, () => shown(card)) });
    expect((await ask(2))['item_list']).toHaveLength(2);
    expect((await ask(0)).errcode).toBe(40101);
    await wechat.control('PUT', '/profile', { reimburse_batch: 'empty', reimburse_batch_max: 2 });
    expect(await ask(1)).toMatchObject({ errcode: 0, item_list: [] });
    expect((await ask(3)).errcode).toBe(72052);
  });

  it('the issuer, and nobody else, learns a card’s code from its encrypt_code', async () => {
    const { encrypt_code, code } = await newCard();
    const decrypt = () => wechat.post('/card/code/decrypt', { encrypt_code });
    expect(await decrypt()).toMatchObject({ errcode: 0, code });
    expect((await asAnother(decrypt)).errcode).toBe(40075);
    expect(createHash('sha256').update(code).digest('base64')).not.toBe(encrypt_code);
  });
});
