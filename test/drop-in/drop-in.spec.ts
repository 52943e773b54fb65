import { connect } from 'node:net';
import { query } from '../support/databases';
import { orderWithoutPdf, tinyPdf } from '../support/orders';
import { APPID, CARD_ID, Json, KEY, World } from '../support/world';

const INSERT = '/card/invoice/insert';
const SETPDF = '/card/invoice/platform/setpdf';

describe('a program that was written against WeChat changes its base URL and nothing else', () => {
  let world: World;
  let token: string;
  beforeAll(async () => {
    world = await World.start();
    token = (await login()).access_token as string;
  });
  afterEach(() => world.control('DELETE', '/faults'));
  afterAll(() => world.end());

  const login = async (query = `grant_type=client_credential&appid=${APPID}&secret=${KEY}`): Promise<Json> =>
    (await (await fetch(`${world.service.url}/cgi-bin/token?${query}`)).json()) as Json;
  const post = async (path: string, body?: string | Buffer, type?: string, with_ = token): Promise<Json> => {
    const headers: Record<string, string> = type ? { 'content-type': type } : {};
    const answer = await fetch(`${world.service.url}${path}?access_token=${with_}`, { method: 'POST', body, headers });
    expect(answer.status).toBe(200);
    return (await answer.json()) as Json;
  };
  const form = (name: string, pdf: Buffer, partHeaders = 'Content-Type: application/pdf\r\n', filename = 'a.pdf') => {
    const head = `--XyZ\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\n${partHeaders}\r\n`;
    return Buffer.concat([Buffer.from(head), pdf, Buffer.from('\r\n--XyZ--\r\n')]);
  };
  const upload = (pdf: Buffer, name = 'pdf') => post(SETPDF, form(name, pdf), 'multipart/form-data; boundary=XyZ');
  /** The body of insert for an invoice that stands up to every rule. */
  const insertBody = async (changes: Json = {}, more: Json = {}): Promise<Json & { order_id: string }> => {
    const { order_id, invoice } = orderWithoutPdf();
    const { s_media_id } = await upload(tinyPdf(order_id));
    const invoice_user_data = {
      fee: invoice.fee,
      title: invoice.title,
      billing_time: String(Math.floor(new Date(invoice.issued_at as string).getTime() / 1000)),
      billing_no: invoice.number,
      billing_code: '',
      check_code: '',
      info: invoice.items,
      fee_without_tax: invoice.fee_without_tax,
      tax: invoice.tax,
      s_pdf_media_id: s_media_id,
      buyer_number: invoice.buyer_number,
      seller_number: invoice.seller_number ?? null,
      remarks: null,
      ...changes,
    };
    const card_ext = { nonce_str: 'j!Re1WxaHv', user_card: { invoice_user_data } };
    return { order_id, card_id: CARD_ID, appid: APPID, card_ext, ...more };
  };
  const insert = (body: Json) => post(INSERT, JSON.stringify(body), 'application/json');

  it('takes the merchant’s key for its secret, and gives a token of its own', async () => {
    expect(await login()).toEqual({ access_token: expect.stringMatching(/^gw_/), expires_in: 7200 });
    const stable = { grant_type: 'client_credential', appid: APPID, secret: KEY };
    const answer = await fetch(`${world.service.url}/cgi-bin/stable_token`, {
      method: 'POST',
      body: JSON.stringify(stable),
    });
    expect(await answer.json()).toMatchObject({ expires_in: 7200 });
    const errcode = async (query: string) => (await login(query)).errcode as number;
    expect(await errcode(`grant_type=client_credential&appid=${APPID}&secret=wrong`)).toBe(40125);
    expect(await errcode(`grant_type=client_credential&appid=wx0&secret=${KEY}`)).toBe(40013);
    expect(await errcode(`grant_type=client_credential&appid=${APPID}`)).toBe(41004);
    expect(await errcode(`appid=${APPID}&secret=${KEY}`)).toBe(40002);
  });

  it('stable_token is stable: one token for whoever asks, until it is forced, which ends it', async () => {
    const ask = async (more: Json = {}): Promise<Json> => {
      const body = JSON.stringify({ grant_type: 'client_credential', appid: APPID, secret: KEY, ...more });
      return (await (
        await fetch(`${world.service.url}/cgi-bin/stable_token`, { method: 'POST', body })
      ).json()) as Json;
    };
    const works = async (token: string) => (await post(INSERT, '{}', 'application/json', token)).errcode === 72031;
    const first = await ask();
    const many = await Promise.all(Array.from({ length: 8 }, () => ask()));
    expect(new Set(many.map(({ access_token }) => access_token as string))).toEqual(new Set([first.access_token]));
    expect(first.expires_in).toBeGreaterThanOrEqual(300);
    expect(first.expires_in).toBeLessThanOrEqual(7200);
    expect(await works(first.access_token as string)).toBe(true);
    // The other family does not touch it.
    expect((await login()).access_token).not.toBe(first.access_token);
    expect((await ask()).access_token).toBe(first.access_token);

    const forced = await ask({ force_refresh: true });
    expect(forced.access_token).not.toBe(first.access_token);
    expect([await works(first.access_token as string), await works(forced.access_token as string)]).toEqual([
      false,
      true,
    ]);
    // Again within half a minute it is not forced, and in normal mode it is what it is.
    expect((await ask({ force_refresh: true })).access_token).toBe(forced.access_token);
    expect((await ask()).access_token).toBe(forced.access_token);
    token = (await login()).access_token as string;
  });

  it('an upload in chunks is answered as WeChat’s edge answers it: 412', async () => {
    const body = new ReadableStream({
      start(to) {
        to.enqueue(form('pdf', tinyPdf('chunks')));
        to.close();
      },
    });
    const headers = { 'content-type': 'multipart/form-data; boundary=XyZ' };
    const url = `${world.service.url}${SETPDF}?access_token=${token}`;
    const answer = await fetch(url, { method: 'POST', body, headers, duplex: 'half' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([412, 'text/html']);
    // JSON may come in chunks, there as here.
    const json = new ReadableStream({ start: (to) => (to.enqueue(Buffer.from('{}')), to.close()) });
    const insertUrl = `${world.service.url}${INSERT}?access_token=${token}`;
    const inserted = await fetch(insertUrl, { method: 'POST', body: json, duplex: 'half' });
    expect([inserted.status, ((await inserted.json()) as Json).errcode]).toEqual([200, 72031]);
  });

  it('setpdf and insert: the card is in the wallet, and its code in the answer', async () => {
    const body = await insertBody();
    await world.authorize(body.order_id);
    const answer = await insert(body);
    const [card] = await world.cards(body.order_id);
    expect(answer).toEqual({ errcode: 0, errmsg: 'ok', code: card?.code, openid: card?.openid });
    // It went the way of every order, under its own upload and its own nonce.
    expect((await world.order(body.order_id)).state).toBe('inserted');
    const [sent] = await world.requests(INSERT, body.order_id);
    expect(sent?.body.card_ext.nonce_str).not.toBe(body.card_ext.nonce_str);
    expect(card?.s_pdf_media_id).not.toBe(body.card_ext.user_card.invoice_user_data.s_pdf_media_id);

    // Whose answer was lost asks again and has his code; there is one card.
    expect(await insert(body)).toEqual(answer);
    expect(await world.cards(body.order_id)).toHaveLength(1);
    const other = { ...body, card_ext: (await insertBody()).card_ext };
    expect((await insert(other)).errcode).toBe(72056);
    expect(
      (await insert({ ...(await insertBody({ billing_no: body.card_ext.user_card.invoice_user_data.billing_no })) }))
        .errcode,
    ).toBe(72042);
  });

  it('an order nobody authorised is 72038, and becomes a card when the user has', async () => {
    const body = await insertBody();
    expect((await insert(body)).errcode).toBe(72038);
    await world.authorize(body.order_id);
    await query(world.databaseUrl, `UPDATE insertions SET due_at = now() WHERE state = 'awaiting_authorization'`);
    await world.until(body.order_id, ['inserted']);
    expect((await insert(body)).errcode).toBe(0);
  });

  it('a fault is 72031 with WeChat’s name of the field; a file that is none is 72040', async () => {
    expect((await insert(await insertBody({ fee: null }))).errmsg).toBe('invalid params, fee is empty');
    expect((await insert(await insertBody({}, { appid: undefined }))).errmsg).toBe('invalid params, appid is empty');
    const numbered = await insert(await insertBody({ billing_no: '123', tax: 1 }));
    expect(numbered.errcode).toBe(72031);
    expect(numbered.errmsg).toContain('billing_no: ');
    expect((await insert(await insertBody({}, { order_id: 'no blanks here' }))).errmsg).toContain('order_id: ');
    expect((await insert(await insertBody({ s_pdf_media_id: '4324363860661076972' }))).errcode).toBe(40007);
    const { s_media_id } = await upload(Buffer.from('no pdf'));
    expect((await insert(await insertBody({ s_pdf_media_id: s_media_id }))).errcode).toBe(72040);
    expect((await world.get('/v1/orders?limit=200').expect(200)).body.items).toHaveLength(2);
  });

  it('WeChat’s refusal comes back as WeChat gave it, and stands when the order is sent again changed', async () => {
    const body = await insertBody();
    await world.authorize(body.order_id);
    await world.control('POST', '/faults', [
      { path: INSERT, mode: 'errcode', errcode: 72017, applied: false, times: 1 },
    ]);
    const refused = await insert(body);
    expect(refused).toMatchObject({ errcode: 72017, errmsg: expect.stringContaining('hint: [') });
    expect((await insert({ ...body, card_ext: (await insertBody()).card_ext })).errmsg).toContain('refused before');
  });

  it('an order that takes too long is 72054; the same insert asks for it again', async () => {
    const body = await insertBody();
    await world.authorize(body.order_id);
    await query(
      world.databaseUrl,
      `INSERT INTO holds (id, scope, appid, reason) VALUES (gen_random_uuid(), 'account', $1, 'test')`,
      [APPID],
    );
    expect((await insert(body)).errcode).toBe(72054);
    await query(world.databaseUrl, `UPDATE holds SET lifted_at = now(), lifted_by = 'test'`);
    await world.until(body.order_id, ['inserted']);
    expect((await insert(body)).errcode).toBe(0);
  }, 40_000);

  it('takes every shape that SDKs send', async () => {
    const type = 'multipart/form-data; boundary=XyZ';
    const pdf = tinyPdf('shapes');
    expect((await post(SETPDF, form('pdf', pdf, '', '发票.pdf'), type)).s_media_id).toMatch(/^\d{19}$/);
    expect((await post(SETPDF, form('pdf', pdf, 'Content-Transfer-Encoding: binary\r\n'), type)).errcode).toBe(0);
    expect((await upload(pdf, 'media')).errcode).toBe(47001);
    expect((await upload(Buffer.alloc(0))).errcode).toBe(44002);
    expect((await upload(Buffer.alloc(5 * 1024 * 1024 + 1))).errcode).toBe(45002);
    expect((await post(SETPDF, '{}', 'application/json')).errcode).toBe(47001);
    expect((await post(SETPDF, form('pdf', pdf).subarray(0, -8), type)).errcode).toBe(47001);
    expect(await expectingContinue(form('pdf', pdf), type)).toMatch(/100 Continue[^]*"errcode":0/);
    // JSON without a type, in a JSON string, empty, broken.
    const body = await insertBody({ fee: null });
    for (const [text, kind] of [
      [JSON.stringify(body), undefined],
      [`${JSON.stringify(JSON.stringify(body))}\n`, 'text/plain'],
    ] as const) {
      expect((await post(INSERT, text, kind)).errmsg).toContain('fee is empty');
    }
    expect((await post(INSERT, '', 'application/json')).errmsg).toContain('order_id is empty');
    expect((await post(INSERT, '{"order_id":', 'application/json')).errcode).toBe(47001);
    expect((await post(INSERT, '{"order_id":"a\\u0000"}', 'application/json')).errcode).toBe(47001);
  });

  it('answers other paths 40066, GET 43002, tokens that are none 40001 and 41001', async () => {
    expect((await post('/card/create', '{}')).errcode).toBe(40066);
    expect((await post('/card/invoice/makeoutinvoice', '{}')).errcode).toBe(40066);
    expect((await post('/card/invoice/insert/', '{}', undefined, 'gw_unknown')).errcode).toBeGreaterThan(40000);
    expect((await post(INSERT, '{}', undefined, 'gw_unknown')).errcode).toBe(40001);
    expect((await post(INSERT, '{}', undefined, '')).errcode).toBe(41001);
    const got = await fetch(`${world.service.url}${INSERT}?access_token=${token}`);
    expect(((await got.json()) as Json).errcode).toBe(43002);
    // The order API's own door is as strict as before.
    const strict = await fetch(`${world.service.url}/v1/orders`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'text/plain', authorization: `Bearer ${KEY}` },
    });
    expect(strict.status).toBe(415);
  });

  function expectingContinue(body: Buffer, type: string): Promise<string> {
    const { hostname, port } = new URL(world.service.url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      let heard = '';
      socket.on('data', (data) => {
        heard += data.toString();
        if (heard.startsWith('HTTP/1.1 100') && !heard.includes('200 OK')) socket.write(body);
        if (heard.includes('errcode')) socket.end();
      });
      socket.on('close', () => resolve(heard));
      socket.on('error', reject);
      socket.write(
        `POST ${SETPDF}?access_token=${token} HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
    });
  }
});
