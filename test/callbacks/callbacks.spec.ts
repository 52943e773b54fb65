import { encrypt, getSignature } from '@wecom/crypto';
import { randomBytes } from 'node:crypto';
import { order } from '../support/orders';
import { query } from '../support/databases';
import { APPID, CARD_ID, Json, World } from '../support/world';

const TOKEN = 'tokenoftheaccount';
const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const FUZZ = process.env.LONG ? 10_000 : 300;

describe('WeChat’s pushes', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { WECHAT_CALLBACK_TOKEN: TOKEN, WECHAT_CALLBACK_AES_KEY: KEY } });
  });
  afterAll(() => world.end());

  const address = () => `${world.service.url}/wechat/callbacks/${APPID}`;
  const seconds = () => String(Math.floor(Date.now() / 1000));
  const sealed = (fields: Json, timestamp = seconds()) => {
    const xml = `<xml>${Object.entries(fields)
      .map(([name, value]) => `<${name}><![CDATA[${String(value)}]]></${name}>`)
      .join('')}</xml>`;
    const Encrypt = encrypt(KEY, xml, APPID);
    const nonce = randomBytes(4).toString('hex');
    const parameters = {
      timestamp,
      nonce,
      encrypt_type: 'aes',
      msg_signature: getSignature(TOKEN, timestamp, nonce, Encrypt),
    };
    const body = `<xml><ToUserName><![CDATA[gh_fc0a06a20993]]></ToUserName><Encrypt><![CDATA[${Encrypt}]]></Encrypt></xml>`;
    return { url: `${address()}?${new URLSearchParams(parameters).toString()}`, body };
  };
  const send = async ({ url, body }: { url: string; body: string }, type = 'text/xml') => {
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body });
    return { status: answer.status, text: await answer.text() };
  };
  const event = (Event: string, fields: Json, openid = 'ojZ8Ytz4lESgdWZ34L_R1TvB2Kds'): Json => ({
    ToUserName: 'gh_fc0a06a20993',
    FromUserName: openid,
    CreateTime: seconds(),
    MsgType: 'event',
    Event,
    ...fields,
  });
  const tell = async (fields: Json) => expect(await send(sealed(fields))).toEqual({ status: 200, text: 'success' });
  const rows = () => query<Json>(world.databaseUrl, 'SELECT event, state, outcome FROM callbacks ORDER BY received_at');
  const settled = async (count: number) => {
    for (let n = 0; n < 300; n += 1) {
      const all = await rows();
      if (all.length >= count && all.every(({ state }) => state !== 'received')) return all;
      await new Promise((resume) => setTimeout(resume, 50));
    }
    throw new Error(`waited in vain: ${JSON.stringify(await rows())}`);
  };
  beforeEach(() => query(world.databaseUrl, 'DELETE FROM callbacks'));

  it('the URL check is answered to WeChat only', async () => {
    const timestamp = seconds();
    const ask = async (token: string) => {
      const signature = getSignature(token, timestamp, 'n', '');
      const answer = await fetch(
        `${address()}?signature=${signature}&timestamp=${timestamp}&nonce=n&echostr=5927782489442352469`,
      );
      return [answer.status, await answer.text()];
    };
    expect(await ask(TOKEN)).toEqual([200, '5927782489442352469']);
    expect(await ask('wrong')).toEqual([403, 'refused']);
  });

  it('an order that waits goes on when the user has authorised; the push again, thrice, changes nothing', async () => {
    const given = order();
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['awaiting_authorization']);
    await world.authorize(given.order_id);
    const push = sealed(
      event('user_authorize_invoice', { SuccOrderId: given.order_id, FailOrderId: '', AuthorizeAppId: APPID }),
    );
    for (let n = 0; n < 3; n += 1) expect(await send(push)).toEqual({ status: 200, text: 'success' });
    await world.until(given.order_id, ['inserted']);
    expect(await settled(1)).toEqual([{ event: 'user_authorize_invoice', state: 'done', outcome: 'woken' }]);
    const stored = await query<Json>(world.databaseUrl, 'SELECT body FROM callbacks');
    expect((stored[0]?.body as Buffer).toString('latin1')).not.toContain('ojZ8Ytz4lESgdWZ34L');
  });

  it('two orders of one user in one second are two events; one without an order is parked', async () => {
    for (const SuccOrderId of ['P1', 'P2']) {
      await tell({ ...event('user_authorize_invoice', { SuccOrderId, FailOrderId: '' }), CreateTime: '1700000000' });
    }
    expect((await settled(2)).map(({ state }) => state as string)).toEqual(['parked', 'parked']);
  });

  it('the authorisation the merchant asked for is authorised by the event, also in the old field and in any order', async () => {
    await query(
      world.databaseUrl,
      `INSERT INTO authorizations (merchant_id, id, appid, order_id, issuer_appid, fee, source, type, state)
       SELECT id, gen_random_uuid(), $1, 'Q1', $1, 1, 'wap', 0, 'asked' FROM merchants`,
      [APPID],
    );
    await tell(event('user_authorize_invoice', { SuccOrderId: '', FailOrderId: 'Q1', AppId: '', Source: '' }));
    await tell(event('user_authorize_invoice', { SuccOrderId: 'Q1', FailOrderId: '', AppId: '', Source: '' }));
    await settled(2);
    expect((await world.get('/v1/authorizations/Q1').expect(200)).body).toMatchObject({ state: 'authorized' });
  });

  it('a card’s reimbursement is told on the timeline; a lost code is learnt only where it can be one card’s alone', async () => {
    const [known, lost] = [order(), order()];
    await world.authorize(known.order_id, lost.order_id);
    for (const one of [known, lost]) await world.post('/v1/orders', one).expect(202);
    const { insertion } = await world.until(known.order_id, ['inserted']);
    const card = await world.until(lost.order_id, ['inserted']);
    const code = card.insertion.card_code as string;
    await query(
      world.databaseUrl,
      `ALTER TABLE insertions DISABLE TRIGGER guard;
       UPDATE insertions SET card_code = NULL, card_code_state = 'unknown' WHERE card_code = '${code}';
       ALTER TABLE insertions ENABLE TRIGGER guard`,
    );
    const status = (Code: string, Status: string, openid: string) =>
      tell(event('update_invoice_status', { Status, CardId: CARD_ID, Code }, openid));
    await status(insertion.card_code as string, 'INVOICE_REIMBURSE_LOCK', insertion.openid as string);
    await settled(1);
    expect((await world.timeline(known.order_id)).at(-1)).toMatchObject({
      type: 'reimbursement_changed',
      data: { reimburse_status: 'INVOICE_REIMBURSE_LOCK' },
    });
    // Another user's card is nobody's here.
    await status('999999999999', 'INVOICE_REIMBURSE_LOCK', 'o_somebody_else');
    await settled(2);
    expect(await world.order(lost.order_id)).toMatchObject({ insertion: { card_code_state: 'unknown' } });
    await status(code, 'INVOICE_REIMBURSE_LOCK', card.insertion.openid as string);
    await settled(3);
    expect(await world.order(lost.order_id)).toMatchObject({
      insertion: { card_code: code, card_code_state: 'known' },
    });
  });

  it('events of other kinds are kept, unknown ones acknowledged; a title under another event’s name is a title', async () => {
    await tell(event('cloud_invoice_invoiceresult_event', { fpqqlsh: '14574d75004451097886', status: '100' }));
    await tell(
      event('cloud_invoice_invoiceresult_event', { title: '示例', title_type: 'InvoiceUserTitleBusinessType' }),
    );
    await tell(event('subscribe', {}));
    expect((await settled(3)).map(({ outcome }) => outcome as string)).toEqual(['kept', 'kept', 'unknown_event']);
  });

  it.each([
    ['xml', {}],
    ['json', { format: 'json' }],
    ['the old sample’s way', { old_style: true }],
  ])('the simulated WeChat pushes by itself, %s, and the order goes on', async (_, style) => {
    const given = order();
    const target = { url: address(), token: TOKEN, encoding_aes_key: KEY, ...style };
    await world.control('PUT', '/profile', { callbacks: { [APPID]: target } });
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['awaiting_authorization']);
    await world.authorize(given.order_id);
    await world.until(given.order_id, ['inserted']);
    // What comes in another mode is refused.
    const pushed = { event: 'subscribe', attempts: 1, ...target, appid: APPID };
    for (const mode of ['plain', 'compatible'])
      expect((await world.control('POST', '/events', { ...pushed, mode })).status).toBe(403);
    await world.control('PUT', '/profile', { callbacks: {} });
  });

  const EVENTS = ['succ', 'fail', 'lock', 'init'] as const;
  it('four events in each of their orders come to one end', async () => {
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    const { insertion } = await world.until(given.order_id, ['inserted']);
    const user = (Succ: string, Fail: string, at: string) => ({
      ...event('user_authorize_invoice', { SuccOrderId: Succ, FailOrderId: Fail, AuthorizeAppId: APPID }),
      CreateTime: at,
    });
    const status = (Status: string, at: string) => ({
      ...event('update_invoice_status', { Status, CardId: CARD_ID, Code: insertion.card_code }, insertion.openid),
      CreateTime: at,
    });
    let at = 1_700_000_000;
    for (const sequence of permutations([...EVENTS])) {
      for (const name of sequence) {
        const time = String((at += 1));
        if (name === 'succ') await tell(user(given.order_id, '', time));
        if (name === 'fail') await tell(user('', given.order_id, time));
        if (name === 'lock') await tell(status('INVOICE_REIMBURSE_LOCK', time));
        if (name === 'init') await tell(status('INVOICE_REIMBURSE_INIT', time));
      }
    }
    const all = await settled(96);
    expect(all.filter(({ state }) => state !== 'done')).toEqual([]);
    expect(await world.order(given.order_id)).toMatchObject({
      state: 'inserted',
      insertion: { card_code: insertion.card_code },
    });
    expect(await world.cards(given.order_id)).toHaveLength(1);
  });

  it('forged, late, oversized and foreign pushes are refused and leave nothing behind', async () => {
    const good = event('user_authorize_invoice', { SuccOrderId: 'F1', FailOrderId: '' });
    const late = sealed(good, String(Math.floor(Date.now() / 1000) - 3600));
    const { url, body } = sealed(good);
    for (const [one, type] of [
      [late, 'text/xml'],
      [{ url: url.replace(APPID, 'wx_nobody'), body }, 'text/xml'],
      [{ url: `${world.service.url}/wechat/component/callbacks${url.slice(address().length)}`, body }, 'text/xml'],
      [{ url, body: body.replace('<Encrypt>', '<Event>x</Event><Encrypt>') }, 'text/xml'],
      [{ url, body: `<!DOCTYPE xml>${body}` }, 'application/xml'],
      [{ url, body: '{"Encrypt":' }, 'application/json'],
      [{ url: address(), body: '' }, 'text/xml'],
    ] as const) {
      expect(await send(one, type)).toEqual({ status: 403, text: 'refused' });
    }
    expect((await send({ url, body: body + ' '.repeat(70_000) })).status).toBe(413);
    expect(await rows()).toEqual([]);
  });

  it(`${FUZZ} damaged requests: refused, no 5xx, nothing stored`, async () => {
    const statuses = new Set<number>();
    const { url, body } = sealed(event('user_authorize_invoice', { SuccOrderId: 'Z1', FailOrderId: '' }));
    const from = body.indexOf('CDATA[', body.indexOf('Encrypt')) + 6;
    for (let n = 0; n < FUZZ; n += 20) {
      const answers = Array.from({ length: 20 }, () => {
        const at = from + (randomBytes(2).readUInt16BE() % (body.length - from - 30));
        const changed = body.charAt(at) === 'A' ? 'B' : 'A';
        return send({ url, body: body.slice(0, at) + changed + body.slice(at + 1) });
      });
      for (const { status } of await Promise.all(answers)) statuses.add(status);
    }
    expect([...statuses]).toEqual([403]);
    expect(await rows()).toEqual([]);
  }, 300_000);
});

function permutations<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}
