import { createHash } from 'node:crypto';
import { order } from '../support/orders';
import { query } from '../support/databases';
import { APPID, CARD_ID, Json, World } from '../support/world';

const READER = 'pk_reader_8f3a61c4d27b90e5a1f6037bc95e24';
const REIMBURSER = 'wx00000000000000b2';
const PATH = '/card/invoice/reimburse';
const LINK = 'INVOICE_REIMBURSE_';
const [INIT, LOCK, CLOSURE, CANCEL] = ['INIT', 'LOCK', 'CLOSURE', 'CANCEL'].map((word) => LINK + word);

interface Shown {
  card_id: string;
  encrypt_code: string;
}

describe('a reimburser asks about invoices that users show, locks them and reimburses them', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({
      env: { WECHAT_REIMBURSER_APPID: REIMBURSER, WECHAT_REIMBURSER_SECRET: 'another-secret' },
    });
  });
  afterEach(() => world.control('DELETE', '/faults'));
  afterAll(() => world.end());

  /** An order of ours whose card lies in a wallet, and what its user hands over. */
  const cardOf = async (openid?: string): Promise<Shown & { given: Json; code: string }> => {
    const given = order();
    await world.control('POST', '/authorizations', {
      order_id: given.order_id,
      appid: APPID,
      ...(openid ? { openid } : {}),
    });
    await world.post('/v1/orders', given).expect(202);
    const { insertion } = await world.until(given.order_id, ['inserted']);
    const shown = await world.control('GET', `/cards/${insertion.card_code}/encrypt-code`);
    return { card_id: CARD_ID, encrypt_code: shown.encrypt_code as string, given, code: insertion.card_code as string };
  };
  const shown = ({ card_id, encrypt_code }: Shown) => ({ card_id, encrypt_code });
  const ask = (path: string, body: object) => world.post(`/v1/reimbursements/${path}`, body);
  const set = (card: Shown, reimburse_status?: string) => ask('status', { ...shown(card), reimburse_status });
  const stateAtWechat = async (code: string) =>
    (await world.cards()).find((card) => card.code === code)?.status as string;
  const changes = async (given: Json) =>
    (await world.timeline(given.order_id as string))
      .filter(({ type }) => type === 'reimbursement_changed')
      .map(({ data }) => data.reimburse_status);

  it('reads WeChat’s fields, and which digits are number and code', async () => {
    const card = await cardOf();
    const { body } = await ask('query', shown(card)).expect(200);
    expect(body).toMatchObject({
      errcode: 0,
      errmsg: 'ok',
      card_id: CARD_ID,
      user_info: { order_id: card.given.order_id, fee: card.given.invoice.fee, reimburse_status: INIT },
      invoice: { number: card.given.invoice.number, code: '', kind: 'digital_ordinary' },
    });
    // It is the reimburser's account that asks.
    const asked = await world.requests(`${PATH}/getinvoiceinfo`);
    expect(new Set(asked.map(({ appid }) => appid as string))).toEqual(new Set([REIMBURSER]));
    // What was read can be read back: the way to do so is kept, sealed.
    const rows = await query<{ encrypt_code: Buffer }>(world.databaseUrl, 'SELECT encrypt_code FROM shown_cards');
    expect(rows).toHaveLength(1);
    expect(rows[0]?.encrypt_code.toString('latin1')).not.toContain(card.encrypt_code);
  });

  it('takes an encrypt_code whose + became blanks; the simulated WeChat would not', async () => {
    let card = await cardOf();
    while (!card.encrypt_code.includes('+')) card = await cardOf();
    const bent = { ...shown(card), encrypt_code: card.encrypt_code.replaceAll('+', ' ') };
    await ask('query', bent).expect(200);
    const login = await fetch(`${world.sandbox.url}/cgi-bin/stable_token`, {
      method: 'POST',
      body: JSON.stringify({ grant_type: 'client_credential', appid: REIMBURSER, secret: 'x' }),
    });
    const { access_token: token } = (await login.json()) as { access_token: string };
    const straight = await fetch(`${world.sandbox.url}${PATH}/getinvoiceinfo?access_token=${token}`, {
      method: 'POST',
      body: JSON.stringify(bent),
    });
    expect(((await straight.json()) as Json).errcode).toBe(72031);
  });

  it('locks, unlocks, reimburses; the order’s timeline tells; each refusal says what stands against it', async () => {
    const card = await cardOf();
    await ask('query', shown(card)).expect(200);
    expect((await set(card, CLOSURE).expect(409)).body).toMatchObject({
      code: 'wechat_conflict',
      errcode: 72039,
      errmsg: expect.stringContaining('lock first'),
      detail: expect.stringContaining('LOCK'),
    });
    expect((await set(card, LOCK).expect(200)).body).toEqual({ errcode: 0, errmsg: 'ok' });
    await set(card, INIT).expect(200);
    await set(card, LOCK).expect(200);
    expect((await set(card, CANCEL).expect(409)).body).toMatchObject({ errcode: 72024 });
    await set(card, CLOSURE).expect(200);
    expect((await set(card, INIT).expect(409)).body).toMatchObject({ errcode: 72061 });
    expect(await changes(card.given)).toEqual([LOCK, INIT, LOCK, CLOSURE]);
    expect((await world.order(card.given.order_id as string)).state).toBe('inserted');
    // Seen again, nothing is noted twice.
    await ask('query', shown(card)).expect(200);
    expect(await changes(card.given)).toEqual([LOCK, INIT, LOCK, CLOSURE]);
  });

  it('a card that was never asked about is connected with its order when it is locked', async () => {
    const card = await cardOf();
    await set(card, LOCK).expect(200);
    expect(await changes(card.given)).toEqual([LOCK]);
  });

  it('another reimburser’s lock, a cancelled invoice, a wrong card: 409 for the card’s state, 422 for the request', async () => {
    const locked = await cardOf();
    await world.control('PUT', `/cards/${locked.code}/status`, { reimburse_status: LOCK, by: 'wxsomebodyelse' });
    expect((await set(locked, LOCK).expect(409)).body).toMatchObject({ errcode: 72023 });
    const cancelled = await cardOf();
    await world.control('PUT', `/cards/${cancelled.code}/status`, { reimburse_status: CANCEL });
    expect((await set(cancelled, LOCK).expect(409)).body).toMatchObject({ errcode: 72060 });
    const wrong = { ...shown(locked), card_id: 'pNobodysTemplate' };
    expect((await ask('query', wrong).expect(422)).body).toMatchObject({ code: 'wechat_refused', errcode: 40073 });
    await world.control('POST', '/faults', [
      { path: `${PATH}/updateinvoicestatus`, mode: 'errcode', errcode: 72036, applied: false, times: 1 },
    ]);
    expect((await set(locked, INIT).expect(409)).body).toMatchObject({ errcode: 72036 });
  });

  it('a batch changes all cards or none', async () => {
    const user = 'obLatjnG4vRXJvSO8p914rSK8-Vo';
    const mine = [await cardOf(user), await cardOf(user), await cardOf(user)];
    const { body: first } = await ask('query', shown(mine[0] as Shown)).expect(200);
    const { openid } = first as Json;
    const batch = (cards: Shown[], status: string | undefined) =>
      ask('batch-status', { openid, reimburse_status: status, invoice_list: cards.map(shown) });
    const third = mine[2] as Shown & { code: string };
    await world.control('PUT', `/cards/${third.code}/status`, { reimburse_status: LOCK, by: 'wxsomebodyelse' });
    expect((await batch(mine, LOCK).expect(409)).body).toMatchObject({ errcode: 72023 });
    expect(await Promise.all(mine.map(({ code }) => stateAtWechat(code)))).toEqual([INIT, INIT, LOCK]);
    await batch(mine.slice(0, 2), LOCK).expect(200);
    expect(await Promise.all(mine.map(({ code }) => stateAtWechat(code)))).toEqual([LOCK, LOCK, LOCK]);
    for (const { given } of mine.slice(0, 2)) expect(await changes(given)).toEqual([LOCK]);

    const { body } = await ask('batch-query', { item_list: mine.map(shown) }).expect(200);
    expect(((body as Json).item_list as Json[]).map((item) => item.invoice.number as string)).toEqual(
      mine.map(({ given }) => given.invoice.number as string),
    );
    expect((body as Json).advice).toBeUndefined();
  });

  it('errcode 0 with no items says that nothing is known, not that nothing is there', async () => {
    const card = await cardOf();
    await world.control('PUT', '/profile', { reimburse_batch: 'empty' });
    const { body } = await ask('batch-query', { item_list: [shown(card)] }).expect(200);
    await world.control('PUT', '/profile', { reimburse_batch: 'items' });
    expect(body).toMatchObject({ errcode: 0, item_list: [], advice: expect.stringContaining('未知') });
  });

  it('fetches the PDF while its link lives; the bytes are those that were inserted', async () => {
    const card = await cardOf();
    const file = await ask('pdf', shown(card))
      .responseType('blob')
      .expect(200)
      .expect('content-type', 'application/pdf');
    expect((file.body as Buffer).toString('base64')).toBe(card.given.pdf);
    await ask('pdf', { ...shown(card), part: 'trip_pdf' }).expect(404);
    await world.control('PUT', '/profile', { reimburse_pdf_seconds: 0 });
    expect((await ask('pdf', shown(card)).expect(502)).body).toMatchObject({ code: 'invoice_file_unavailable' });
    await world.control('PUT', '/profile', { reimburse_pdf_seconds: 7200 });
  });

  describe('when WeChat’s answer is lost', () => {
    const lose = (mode: string, more: object = {}) =>
      world.control('POST', '/faults', [{ path: `${PATH}/updateinvoicestatus`, mode, times: 1, ...more }]);

    it.each([
      ['cut off after it was done', 'drop_after', CLOSURE],
      ['cut off before it was done', 'drop_before', LOCK],
    ])('reimbursing, %s: 502 says that it cannot be undone and how to find out', async (_, mode, truth) => {
      const card = await cardOf();
      await set(card, LOCK).expect(200);
      await lose(mode);
      const { body } = await set(card, CLOSURE).expect(502);
      expect(body).toMatchObject({ code: 'wechat_unclear', detail: expect.stringContaining('不可撤销') });
      expect(body.detail_en).toContain('/v1/reimbursements/query');
      const seen = await ask('query', shown(card)).expect(200);
      expect((seen.body as Json).user_info.reimburse_status).toBe(truth);
      expect(await changes(card.given)).toEqual(truth === LOCK ? [LOCK] : [LOCK, CLOSURE]);
      const [intent] = await query(
        world.databaseUrl,
        'SELECT reimburse_status, outcome, errcode FROM reimbursement_intents ORDER BY id DESC LIMIT 1',
      );
      expect(intent).toEqual({ reimburse_status: CLOSURE, outcome: 'unclear', errcode: null });
    });

    it('system busy (-1) on a change is unclear, on a read merely not now', async () => {
      const card = await cardOf();
      await lose('errcode', { errcode: -1, applied: false });
      expect((await set(card, LOCK).expect(502)).body).toMatchObject({ code: 'wechat_unclear', errcode: -1 });
      await world.control('POST', '/faults', [
        { path: `${PATH}/getinvoiceinfo`, mode: 'errcode', errcode: -1, applied: false, times: 1 },
      ]);
      const busy = await ask('query', shown(card)).expect(503);
      expect(busy.body).toMatchObject({ code: 'wechat_unavailable', errcode: -1 });
      expect(busy.headers['retry-after']).toBe('30');
    });

    it('a token that died is replaced, and the caller never hears of it', async () => {
      const card = await cardOf();
      await world.control('POST', '/faults', [{ path: `${PATH}/getinvoiceinfo`, mode: 'kill_token', times: 1 }]);
      await ask('query', shown(card)).expect(200);
    });
  });

  it('names every fault of a body by its pointer, and needs its scope', async () => {
    const { body } = await ask('batch-status', { openid: '', reimburse_status: 'PAID', invoice_list: [{}] }).expect(
      422,
    );
    const pointers = ((body as Json).errors as Json[]).map(({ pointer }) => pointer as string);
    expect(pointers).toEqual(
      expect.arrayContaining([
        '/openid',
        '/reimburse_status',
        '/invoice_list/0/card_id',
        '/invoice_list/0/encrypt_code',
      ]),
    );
    await world.post('/v1/reimbursements/query', {}, 'pk_nobody').expect(401);
    await query(
      world.databaseUrl,
      `INSERT INTO merchant_keys SELECT gen_random_uuid(), merchant_id, $1, 'reader', '{reimbursements:read}' FROM merchant_keys`,
      [createHash('sha256').update(READER).digest()],
    );
    const card = { card_id: 'p', encrypt_code: 'x' };
    await world.post('/v1/reimbursements/query', card, READER).expect(422);
    await world.post('/v1/reimbursements/status', { ...card, reimburse_status: LOCK }, READER).expect(403);
  });

  it('every change is in the audit trail, without a card’s secret', async () => {
    const trail = await query<Json>(world.databaseUrl, `SELECT * FROM audit WHERE action = 'reimbursement.changed'`);
    expect(trail.length).toBeGreaterThan(10);
    expect(trail[0]).toMatchObject({
      data: { reimburse_status: CLOSURE, cards: 1, outcome: 'refused', errcode: 72039 },
    });
  });
});
