import { AES_KEY, event, Pushes, TOKEN } from '../callbacks/pushes';
import { order } from '../support/orders';
import { query } from '../support/databases';
import { APPID, Json, World } from '../support/world';
import { Receiver, until, verified } from './receiver';

const TITLE = { title: '示例贸易（北京）有限公司', tax_no: '91110000MADEM00338' };

describe('what a merchant is told of an authorisation, before there is any order', () => {
  let receiver: Receiver;
  let pushes: Pushes;
  let world: World;
  let secret: string;
  let serial = 0;
  beforeAll(async () => {
    receiver = await Receiver.start();
    pushes = await Pushes.start({ env: { WEBHOOK_ALLOW: receiver.place } });
    world = pushes.world;
    const { body } = await world.post('/v1/webhook_endpoints', { url: receiver.url('/all') }).expect(201);
    secret = (body as Json).secret as string;
    const types = ['invoice.card.inserted'];
    await world.post('/v1/webhook_endpoints', { url: receiver.url('/cards'), types }).expect(201);
    const set = (attribute: string, value: object) =>
      pushes.administrate('PUT', `/v1/admin/accounts/${APPID}/attributes/${attribute}`, value);
    await set('contact', { phone: '021-8', time_out: 7200 });
    await set('auth_field', { user_field: { show_title: 1 }, biz_field: { show_title: 1, show_tax_no: 1 } });
  });
  afterAll(async () => {
    await world.end();
    await receiver.close();
  });

  const ask = async (type: number, order_id = `W${(serial += 1)}`) => {
    const asked = { order_id, fee: 10600, source: 'wap', type };
    const { auth_url } = (await world.post('/v1/authorizations', asked).expect(201)).body as Json;
    return { order_id, auth_url: auth_url as string };
  };
  /** Type, sequence and data, once there are so many messages about this order number. */
  const told = async (orderId: string, count: number) => {
    const heard = await until(async () => {
      const about = receiver.at('/all').filter(({ body }) => body.data.order_id === orderId);
      return about.length >= count && about.map((one) => verified(secret, one));
    });
    const sorted = heard.toSorted((a, b) => a.data.sequence - b.data.sequence);
    return sorted.map(({ type, data }) => {
      const { sequence, state, title_known } = data as Json;
      return [sequence, type, state, title_known] as unknown[];
    });
  };
  const failed = (order_id: string) =>
    pushes.tell({
      ...event('user_authorize_invoice', { SuccOrderId: '', FailOrderId: order_id }),
      CreateTime: String(1_700_000_000 + (serial += 1)),
    });

  it('type 1: that the user has chosen a title, which is then fetched; the message itself holds nothing of it', async () => {
    const { order_id, auth_url } = await ask(1);
    const target = { url: pushes.address, token: TOKEN, encoding_aes_key: AES_KEY };
    await world.control('PUT', '/profile', { callbacks: { [APPID]: target } });
    await fetch(auth_url, { method: 'POST', body: new URLSearchParams({ choice: 'authorize', ...TITLE }) });
    const authorized = 'invoice.authorization.authorized';
    expect(await told(order_id, 2)).toEqual([
      [1, authorized, 'authorized', false],
      [2, authorized, 'authorized', true],
    ]);
    const { title } = (await world.get(`/v1/authorizations/${order_id}`).expect(200)).body as Json;
    expect(title).toMatchObject(TITLE);
    const texts = receiver.received.map(({ text }) => text).join();
    for (const secretOfThePerson of Object.values(TITLE)) expect(texts).not.toContain(secretOfThePerson);
    const { items } = (await world.get(`/v1/webhook_deliveries?order_id=${order_id}`).expect(200)).body as Json;
    expect((items as Json[]).map(({ type }) => type as string)).toEqual([authorized, authorized]);
    await world.control('PUT', '/profile', { callbacks: {} });
  });

  it('a user who stopped, each time that he was asked; once however often WeChat says so', async () => {
    const { order_id } = await ask(0);
    for (let n = 0; n < 2; n += 1) await failed(order_id);
    const one = [1, 'invoice.authorization.failed', 'failed', false];
    expect(await told(order_id, 1)).toEqual([one]);
    await ask(0, order_id);
    await failed(order_id);
    expect(await told(order_id, 2)).toEqual([one, [2, ...one.slice(1)]]);
  });

  it('a rejection, also of an order number that was never asked about', async () => {
    const given = order();
    await world.authorize(given.order_id);
    await world.post(`/v1/orders/${given.order_id}/rejection`, { reason: '重复开票' }).expect(200);
    expect(await told(given.order_id, 1)).toEqual([[1, 'invoice.authorization.rejected', 'rejected', false]]);
  });

  it('an order’s own messages are as they were, and whoever wants those alone gets those alone', async () => {
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    expect((await told(given.order_id, 1)).map(([, type]) => type)).toEqual(['invoice.card.inserted']);
    await receiver.until('/cards', 1);
    expect(receiver.at('/cards').map(({ body }) => body.type as string)).toEqual(['invoice.card.inserted']);
  });

  it('a merchant without endpoints costs nothing, and asking again is no message', async () => {
    const count = async () => (await query<Json>(world.databaseUrl, 'SELECT count(*) FROM webhook_deliveries'))[0];
    const before = await count();
    await ask(0, (await ask(0)).order_id);
    expect(await count()).toEqual(before);
    await query(world.databaseUrl, 'DELETE FROM webhook_endpoints');
    const { order_id } = await ask(0);
    await failed(order_id);
    await until(async () => {
      const { state } = (await world.get(`/v1/authorizations/${order_id}`).expect(200)).body as Json;
      return state === 'failed';
    });
    expect(await count()).toEqual(before);
  });
});
