import { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { APPID, CARD_ID, Json, KEY, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const TURNS = 8;
const FLOOD = 30;

/** The commits of a second stand still, as behind a slow disk: so everything that is posted is posted at the same time. */
describe('a merchant that posts more at the same time than is good for the others', () => {
  let world: World;
  let neighbour: string;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN, ACCEPT_CONCURRENCY: String(TURNS), ROLE: 'api' } });
    const appid = 'wx2222222222222222';
    await world.post('/v1/admin/accounts', { appid, role: 'issuer', secret: 'x'.repeat(32) }, ADMIN).expect(201);
    const asked = { name: '邻家', appid, issuer_appid: appid, card_id: CARD_ID };
    const { body } = await world.post('/v1/admin/merchants', asked, ADMIN).expect(201);
    const path = `/v1/admin/merchants/${(body as Json).id as string}/keys`;
    const key = await world.post(path, { label: 'ERP', scopes: ['orders:write', 'orders:read'] }, ADMIN).expect(201);
    neighbour = (key.body as Json).key as string;
    // Both keys are known from now on.
    await world.get('/v1/orders?limit=1').expect(200);
    await world.get('/v1/orders?limit=1', neighbour).expect(200);
  });
  afterAll(() => world.end());

  /** All of these posts, sent while nothing can be stored, and answered once it can. */
  async function inOneMoment<T>(posts: () => Promise<T>[]): Promise<T[]> {
    const client = new Client({ connectionString: world.databaseUrl });
    await client.connect();
    try {
      await client.query('BEGIN; LOCK TABLE live_invoices IN ACCESS EXCLUSIVE MODE');
      const answers = Promise.all(posts());
      await sleep(1000);
      await client.query('COMMIT');
      return await answers;
    } finally {
      await client.end();
    }
  }
  const post = async (key?: string) => {
    const given = order();
    const { status, headers, body } = await world.post('/v1/orders', given, key);
    return { orderId: given.order_id, status, retryAfter: headers['retry-after'] as string, body: body as Json };
  };

  it('is told to come again, with nothing stored; what it had been promised is kept, and the neighbour is served', async () => {
    const flood = () => Array.from({ length: FLOOD }, () => post());
    const answers = await inOneMoment(() => [...flood(), post(neighbour), post(neighbour)]);
    const [own, others] = [answers.slice(0, FLOOD), answers.slice(FLOOD)];
    expect(others.map(({ status }) => status)).toEqual([202, 202]);
    const refused = own.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(FLOOD - TURNS);
    for (const { retryAfter, body } of refused) {
      expect(retryAfter).toBe('1');
      expect(body).toMatchObject({ code: 'too_many_requests', status: 429 });
    }
    const stored = await query<Json>(world.databaseUrl, 'SELECT order_id FROM orders');
    const taken = answers.filter(({ status }) => status === 202).map(({ orderId }) => orderId);
    expect(stored.map(({ order_id }) => order_id as string).sort()).toEqual(taken.sort());
  });

  it('is told so in WeChat’s words where it speaks WeChat’s dialect, and the same insert is taken afterwards', async () => {
    const dialect = async (path: string, body: string | FormData): Promise<Json> => {
      const answer = await fetch(`${world.service.url}${path}`, { method: 'POST', body });
      expect([path, answer.status]).toEqual([path, 200]);
      return (await answer.json()) as Json;
    };
    const login = { grant_type: 'client_credential', appid: APPID, secret: KEY };
    const { access_token: token } = await dialect('/cgi-bin/stable_token', JSON.stringify(login));
    const given = order();
    const form = new FormData();
    form.set('pdf', new Blob([Buffer.from(given.pdf, 'base64')], { type: 'application/pdf' }), 'a.pdf');
    const upload = await dialect(`/card/invoice/platform/setpdf?access_token=${token as string}`, form);
    const { number, items, issued_at, kind: _, ...invoice } = given.invoice;
    const data = {
      ...invoice,
      billing_no: number,
      billing_code: '',
      billing_time: Math.floor(new Date(issued_at as string).getTime() / 1000),
      info: items,
      s_pdf_media_id: upload.s_media_id as string,
    };
    const card_ext = { nonce_str: 'x', user_card: { invoice_user_data: data } };
    const body = JSON.stringify({ order_id: given.order_id, card_id: CARD_ID, appid: APPID, card_ext });
    const insert = () => dialect(`/card/invoice/insert?access_token=${token as string}`, body);
    const floods = () => [...Array.from({ length: FLOOD }, () => post()), sleep(300).then(insert)];
    const told = (await inOneMoment<unknown>(floods)).at(-1);
    expect(told).toMatchObject({ errcode: 45011, errmsg: expect.stringMatching(/retry next minute/) as string });
    // Nobody sends it on in this world: that it is on its way is WeChat's word for an order that was taken.
    expect((await insert()).errcode).toBe(72054);
  });

  it('has its turns back afterwards, also those of orders that were refused', async () => {
    for (let n = 0; n < 2 * TURNS; n += 1) {
      const { pdf: _, ...broken } = order();
      await world.post('/v1/orders', broken).expect(422);
      await world.post('/v1/orders', { ...order(), pdf: 'T0ZE' }).expect(422);
    }
    expect((await Promise.all(Array.from({ length: TURNS }, () => post()))).map(({ status }) => status)).toEqual(
      Array(TURNS).fill(202),
    );
  });
});
