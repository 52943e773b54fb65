import { createHash, randomUUID } from 'node:crypto';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { APPID, CARD_ID, Json, KEY, World } from '../support/world';

const PAGE = 'https://pages.example.com/pick';
const TICKET_KEY = 'pk_ticket_8f3a61c4d27b90e5a1f6037bc95e24';
const READ_KEY = 'pk_reader_8f3a61c4d27b90e5a1f6037bc95e24';
const LOCK = 'INVOICE_REIMBURSE_LOCK';
const sha256 = (text: string) => createHash('sha256').update(text).digest();
const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');

describe('the token gateway of older reimbursement systems', () => {
  let world: World;
  let base: string;
  beforeAll(async () => {
    world = await World.start({ env: { GATEWAY_URL: PAGE, GATEWAY_URL_ALLOW: 'https://allowed.example.com/' } });
    base = `${world.service.url}/core/r/api/weChat`;
    for (const [key, scopes] of [
      [TICKET_KEY, ['reimbursements:read', 'jsapi_ticket']],
      [READ_KEY, ['reimbursements:read']],
    ] as const) {
      await query(
        world.databaseUrl,
        `INSERT INTO merchant_keys (id, merchant_id, key_sha256, label, scopes)
         SELECT $1, merchant_id, $2, 'test', $3 FROM merchant_keys LIMIT 1`,
        [randomUUID(), sha256(key), scopes],
      );
    }
  });
  afterAll(() => world.end());

  const getToken = async (search = '?type=auto', key: string | null = KEY): Promise<{ status: number; body: Json }> => {
    const answer = await fetch(`${base}/getToken${search}`, key ? { headers: { authorization: `Bearer ${key}` } } : {});
    return { status: answer.status, body: (await answer.json()) as Json };
  };
  const call = async (path: string, token: string, body: string | undefined, type?: string): Promise<Json> => {
    const headers: Record<string, string> = type ? { 'content-type': type } : {};
    const answer = await fetch(`${base}/${path}?token=${token}`, { method: 'POST', body, headers });
    expect(answer.status).toBe(200);
    return (await answer.json()) as Json;
  };
  const newCard = async () => {
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    const { insertion } = await world.until(given.order_id, ['inserted']);
    const { encrypt_code } = await world.control('GET', `/cards/${insertion.card_code}/encrypt-code`);
    return { card_id: CARD_ID, encrypt_code: encrypt_code as string, given };
  };

  it('answers the fields of its document, in their order; WeChat’s own token and ticket stay here', async () => {
    const { status, body } = await getToken('');
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(
      'access_token expires_in appid timestamp noncestr jsapi_ticket url signature'.split(' '),
    );
    expect(body).toMatchObject({ expires_in: 7200, appid: APPID, url: PAGE, jsapi_ticket: '' });
    expect(typeof body.timestamp).toBe('number');
    const known = await fetch(`${world.sandbox.url}/card/invoice/seturl?access_token=${body.access_token}`, {
      method: 'POST',
    });
    expect(((await known.json()) as Json).errcode).toBe(40014);
    const stored = await query<Json>(world.databaseUrl, 'SELECT * FROM gateway_tokens');
    expect(JSON.stringify(stored)).not.toContain(body.access_token);
  });

  it('a key with the scope gets the ticket, and it signs what was answered', async () => {
    const { body } = await getToken('?url=https://allowed.example.com/page', TICKET_KEY);
    const { jsapi_ticket: ticket, noncestr, timestamp, url, signature } = body;
    expect(url).toBe('https://allowed.example.com/page');
    expect(signature).toBe(sha1(`jsapi_ticket=${ticket}&noncestr=${noncestr}&timestamp=${timestamp}&url=${url}`));
    expect((await getToken('?url=https://evil.example.com/', TICKET_KEY)).body.url).toBe(PAGE);
  });

  it('nobody gets a token without a key: the one answer that is not 200', async () => {
    expect((await getToken('', null)).status).toBe(401);
    expect((await getToken('', 'pk_nobody')).status).toBe(401);
    const wrong = await fetch(`${base}/getToken`, { method: 'POST', headers: { authorization: `Bearer ${KEY}` } });
    expect(((await wrong.json()) as Json).errcode).toBe(43001);
    expect((await getToken('?type=weekly')).body.errcode).toBe(40097);
  });

  it('type=manual gives a new token and ends the older ones, and is guarded', async () => {
    const before = (await getToken('', TICKET_KEY)).body.access_token as string;
    const forced = (await getToken('?type=manual', TICKET_KEY)).body.access_token as string;
    expect((await call('getInvoiceBatch', before, '{}')).errcode).toBe(40001);
    expect((await call('getInvoiceBatch', forced, '{}')).errcode).toBe(40101);
    expect((await getToken('?type=manual', TICKET_KEY)).body.errcode).toBe(45011);
    // What was refused ended nothing.
    expect((await call('getInvoiceBatch', forced, '{}')).errcode).toBe(40101);
  });

  it('reads and locks invoices in the document’s shapes; a blank in an encrypt_code is its +', async () => {
    const card = await newCard();
    const token = (await getToken()).body.access_token as string;
    const item = { card_id: card.card_id, encrypt_code: card.encrypt_code.replaceAll('+', ' ') };
    const read = await call('getInvoiceBatch', token, JSON.stringify({ item_list: [item, item] }), 'application/json');
    expect(read).toMatchObject({ errcode: 0, errmsg: 'ok' });
    expect(Object.keys(read)).toEqual(['errcode', 'errmsg', 'item_list']);
    expect(read.item_list).toHaveLength(2);
    expect(read.item_list[0]).toMatchObject({
      card_id: CARD_ID,
      user_info: { fee: card.given.invoice.fee, order_id: card.given.order_id, billing_no: card.given.invoice.number },
    });
    const set = (reimburse_status: string) =>
      call(
        'updateStatus',
        token,
        JSON.stringify({ openid: read.item_list[0].openid, reimburse_status, invoice_list: [item] }),
      );
    expect(await set('INVOICE_REIMBURSE_CLOSURE')).toMatchObject({ errcode: 72039 });
    expect(await set(LOCK)).toEqual({ errcode: 0, errmsg: 'ok' });
    expect(await set('INVOICE_REIMBURSE_CANCEL')).toMatchObject({ errcode: 72024 });
    expect(await set('PAID')).toMatchObject({ errcode: 72031 });
    const events = await world.timeline(card.given.order_id);
    expect(events.at(-1)).toMatchObject({ type: 'reimbursement_changed', data: { reimburse_status: LOCK } });
  });

  it('takes a body as it comes: without a type, as a JSON string, empty, broken', async () => {
    const token = (await getToken()).body.access_token as string;
    const body = { item_list: [{ card_id: 'pUnknown', encrypt_code: 'x' }] };
    for (const [text, type] of [
      [JSON.stringify(body), undefined],
      [JSON.stringify(JSON.stringify(body)), 'text/plain'],
      [JSON.stringify(body), 'application/x-www-form-urlencoded'],
    ] as const) {
      expect((await call('getInvoiceBatch', token, text, type)).errcode).toBe(40073);
    }
    expect((await call('getInvoiceBatch', token, undefined)).errcode).toBe(40101);
    expect((await call('getInvoiceBatch', token, '{"item_list":', 'application/json')).errcode).toBe(47001);
    expect((await call('getInvoiceBatch', token, '{"item_list":[{"card_id":"p"}]}')).errcode).toBe(40101);
    expect((await call('nothingThere', token, '{}')).errcode).toBe(40066);
  });

  it('a token is worth its key: no more than its scopes, and nothing once it is revoked', async () => {
    const token = (await getToken('', READ_KEY)).body.access_token as string;
    const body = JSON.stringify({
      openid: 'o',
      reimburse_status: LOCK,
      invoice_list: [{ card_id: 'p', encrypt_code: 'x' }],
    });
    expect((await call('updateStatus', token, body)).errcode).toBe(48001);
    expect((await call('updateStatus', 'gw_made_up', body)).errcode).toBe(40001);
    await query(world.databaseUrl, 'UPDATE merchant_keys SET revoked_at = now() WHERE key_sha256 = $1', [
      sha256(READ_KEY),
    ]);
    await new Promise((resume) => setTimeout(resume, 5100));
    expect((await call('getInvoiceBatch', token, '{}')).errcode).toBe(40001);
  });
});
