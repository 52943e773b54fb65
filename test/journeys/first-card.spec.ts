import { createHash } from 'node:crypto';
import { order, orderWithRealPdf, tinyPdf } from '../support/orders';
import { query } from '../support/databases';
import { Json, KEY, WHOLE_CHECK, World } from '../support/world';

describe('an order becomes a card', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: WHOLE_CHECK });
  });
  afterAll(() => world.end());

  it('from a REST call to the card in the user’s wallet', async () => {
    const given = await orderWithRealPdf();
    await world.authorize(given.order_id);
    const posted = await world.post('/v1/orders', given).expect(202);
    // Optional text given as "" counts as absent.
    const { remarks: _, ...invoice } = given.invoice as Json;
    expect(posted.body).toMatchObject({ order_id: given.order_id, state: 'accepted', invoice });
    expect(posted.headers.location).toBe(`/v1/orders/${given.order_id}?appid=wxc0b84a53ed8e8d29`);

    const inserted = await world.until(given.order_id, ['inserted']);
    const [card, ...others] = await world.cards(given.order_id);
    expect(others).toEqual([]);
    expect(inserted.insertion).toMatchObject({ card_code: card?.code, card_code_state: 'known', openid: card?.openid });
    expect(inserted.insertion.attempts).toMatchObject([{ n: 1, kind: 'first', outcome: 'inserted', errcode: 0 }]);
    expect(inserted.insertion.next_attempt_at).toBeUndefined();

    const timeline = await world.timeline(given.order_id);
    expect(timeline.map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'accepted'],
      [2, 'uploaded'],
      [3, 'sending'],
      [4, 'inserted'],
    ]);
  });

  it('the PDF that arrives at WeChat, and comes back from us, is the PDF that was posted', async () => {
    const given = await orderWithRealPdf();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['inserted']);
    const pdf = Buffer.from(given.pdf as string, 'base64');
    const [card] = await world.cards(given.order_id);
    expect(card?.pdf_sha256).toBe(createHash('sha256').update(pdf).digest('hex'));
    const back = await world
      .get(`/v1/orders/${given.order_id}/pdf`)
      .expect(200)
      .expect('content-type', 'application/pdf');
    expect(Buffer.compare(back.body as Buffer, pdf)).toBe(0);
  });

  it('an attachment travels as s_trip_pdf_media_id', async () => {
    const given = { ...order(), trip_pdf: tinyPdf('trip').toString('base64') };
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['inserted']);
    const [insert] = await world.requests('/card/invoice/insert', given.order_id);
    const data = insert?.body.card_ext.user_card.invoice_user_data as Json;
    expect(data.s_trip_pdf_media_id).toMatch(/^\d+$/);
    expect(data.s_trip_pdf_media_id).not.toBe(data.s_pdf_media_id);
    const back = await world.get(`/v1/orders/${given.order_id}/pdf?part=trip_pdf`).expect(200);
    expect(Buffer.compare(back.body as Buffer, tinyPdf('trip'))).toBe(0);
  });

  it('a unionid is told where WeChat tells one, and lies sealed', async () => {
    await world.control('PUT', '/profile', { unionid: true });
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    const { insertion } = await world.until(given.order_id, ['inserted']);
    await world.control('PUT', '/profile', { unionid: false });
    expect(insertion.unionid).toMatch(/^o[\w-]{27}$/);
    const [row] = await query<{ person: Buffer }>(
      world.databaseUrl,
      'SELECT i.person FROM insertions i JOIN orders USING (merchant_id, id) WHERE order_id = $1',
      [given.order_id],
    );
    expect(row?.person.toString('latin1')).not.toContain(insertion.unionid);
  });

  it('two hundred orders are two hundred cards, each once', async () => {
    const orders = Array.from({ length: 200 }, () => order());
    const ids = orders.map(({ order_id }) => order_id);
    await world.authorize(...ids);
    for (let at = 0; at < orders.length; at += 20) {
      await Promise.all(orders.slice(at, at + 20).map((one) => world.post('/v1/orders', one).expect(202)));
    }
    for (const id of ids) await world.until(id, ['inserted']);
    const cards = (await world.cards()).filter(({ order_id }) => ids.includes(order_id as string));
    expect(cards.map(({ order_id }) => order_id as string).sort()).toEqual([...ids].sort());
  });

  it('personal data is stored sealed, and no WeChat token in the clear', async () => {
    const given = order({ buyerType: 'individual' });
    given.invoice = {
      ...given.invoice,
      title: '张样例',
      remarks: '乘客 李样例',
      buyer_address_and_phone: '示例路 13900000000',
      buyer_bank_account: '示例银行 6222000011112222',
    };
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    const inserted = await world.until(given.order_id, ['inserted']);
    expect(inserted.invoice).toMatchObject({ title: '张样例', remarks: '乘客 李样例' });

    const tables = ['orders', 'insertions', 'events', 'attempts', 'accounts', 'wechat_tokens', 'merchant_keys'];
    const rows = tables.map((table) =>
      query<{ row: string }>(world.databaseUrl, `SELECT t::text AS row FROM ${table} t`),
    );
    const stored = (await Promise.all(rows))
      .flat()
      .map(({ row }) => row)
      .join('\n');
    expect(stored).toContain(given.invoice.number);
    const personal = ['张样例', '李样例', '13900000000', '6222000011112222', inserted.insertion.openid as string];
    for (const secret of [...personal, 'sandbox-secret', KEY]) {
      expect(stored).not.toContain(secret);
      expect(stored).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });
});
