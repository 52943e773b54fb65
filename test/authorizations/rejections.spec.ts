import { order } from '../support/orders';
import { query } from '../support/databases';
import { APPID, Json, World } from '../support/world';

const REJECT = '/card/invoice/rejectinsert';
const INSERT = '/card/invoice/insert';

describe('rejecting an order (拒绝开票)', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterEach(() => world.control('DELETE', '/faults'));
  afterAll(() => world.end());

  const reject = (orderId: string, body: Json = { reason: '重复开票' }) =>
    world.post(`/v1/orders/${orderId}/rejection`, body);

  it('before it is posted here: the user is told, and a later order with that number ends as rejected', async () => {
    const given = order();
    await world.authorize(given.order_id);
    const { body } = await reject(given.order_id, { reason: '重复开票', url: 'https://shop.example/again' }).expect(
      200,
    );
    expect(body).toEqual({ order_id: given.order_id, appid: APPID, state: 'rejected', reason: '重复开票' });
    const [sent] = (await world.requests(REJECT, given.order_id)) as [Json];
    expect(sent.body).toMatchObject({
      order_id: given.order_id,
      reason: '重复开票',
      url: 'https://shop.example/again',
    });
    expect((await world.get(`/v1/authorizations/${given.order_id}`).expect(200)).body).toMatchObject({
      state: 'rejected',
      reason: '重复开票',
    });
    // 72035 the second time is a success.
    await reject(given.order_id).expect(200);
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['rejected']);
    expect(await world.cards(given.order_id)).toEqual([]);
  });

  it.each(['awaiting_authorization', 'uploaded', 'accepted'])(
    'while it is %s: it ends, and is never sent',
    async (state) => {
      const given = order();
      await world.control('POST', '/faults', [{ path: INSERT, mode: 'errcode', errcode: 72038, applied: false }]);
      await world.authorize(given.order_id);
      await world.post('/v1/orders', given).expect(202);
      await world.until(given.order_id, ['awaiting_authorization']);
      await world.control('DELETE', '/faults');
      // As it would stand while its account is held.
      const media = state === 'accepted' ? ', media_id = NULL, uploaded_at = NULL' : '';
      await query(
        world.databaseUrl,
        `ALTER TABLE insertions DISABLE TRIGGER guard; UPDATE insertions SET state = '${state}'${media}, due_at = now() + interval '1 hour'
        WHERE id = (SELECT id FROM orders WHERE order_id = '${given.order_id}'); ALTER TABLE insertions ENABLE TRIGGER guard`,
      );
      const sent = (await world.requests(INSERT, given.order_id)).length;
      await reject(given.order_id).expect(200);
      const ended = await world.order(given.order_id);
      expect(ended).toMatchObject({ state: 'rejected', insertion: { reason: 'rejected_by_merchant' } });
      expect((await world.timeline(given.order_id)).at(-1)).toMatchObject({
        type: 'rejected',
        data: { reason: 'rejected_by_merchant' },
      });
      await reject(given.order_id).expect(200);
      expect((await world.requests(INSERT, given.order_id)).length).toBe(sent);
      // The invoice may be issued again under another number.
      await world.post('/v1/orders', { ...given, order_id: `${given.order_id}-2` }).expect(202);
    },
  );

  it('not while it is being sent or in doubt, and not once it has its card', async () => {
    const doubtful = order();
    await world.control('POST', '/faults', [{ path: INSERT, mode: 'timeout_after', order_id: doubtful.order_id }]);
    await world.authorize(doubtful.order_id);
    await world.post('/v1/orders', doubtful).expect(202);
    await world.until(doubtful.order_id, ['sending', 'in_doubt']);
    expect((await reject(doubtful.order_id).expect(409)).body).toMatchObject({ code: 'order_busy' });
    await world.control('DELETE', '/faults');
    await world.until(doubtful.order_id, ['inserted']);
    expect((await reject(doubtful.order_id).expect(409)).body).toMatchObject({ code: 'order_has_card' });
    expect(await world.requests(REJECT, doubtful.order_id)).toEqual([]);
  });

  it('WeChat does not do it: the order goes on as if nothing had been asked', async () => {
    const given = order();
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['awaiting_authorization']);
    const refused = await reject(given.order_id).expect(422);
    expect(refused.body).toMatchObject({ code: 'wechat_refused', errcode: 72038 });
    await world.control('POST', '/faults', [{ path: REJECT, mode: 'http_status', status: 502, times: 1 }]);
    await reject(given.order_id).expect(503);
    await world.authorize(given.order_id);
    await query(world.databaseUrl, `UPDATE insertions SET due_at = now() WHERE state = 'awaiting_authorization'`);
    await world.until(given.order_id, ['inserted']);
  });

  describe('in the audit trail', () => {
    const trail = async (orderId: string) =>
      (
        await query<Json>(
          world.databaseUrl,
          `SELECT actor, action, object, reason, data FROM audit WHERE data ->> 'order_id' = $1 ORDER BY seq`,
          [orderId],
        )
      ).map(({ actor, ...act }) => ({ ...act, byKey: /^key [\da-f-]{36}$/.test(actor as string) }));
    const entry = (action: string, given: Json, more: Json = {}) => ({
      ...{ action, object: given.order_id as string, reason: '重复开票', byKey: true },
      data: { appid: APPID, order_id: given.order_id as string, ...more },
    });

    it('stands who rejected what and why, before WeChat is asked and with what it came to', async () => {
      const given = order();
      await world.control('POST', '/faults', [{ path: REJECT, mode: 'http_status', status: 502, times: 1 }]);
      await reject(given.order_id).expect(503);
      await world.authorize(given.order_id);
      await reject(given.order_id).expect(200);
      expect(await trail(given.order_id)).toEqual([
        entry('order.rejection_requested', given),
        entry('order.rejection_failed', given, { outcome: 'later', errcode: null }),
        entry('order.rejection_requested', given),
        entry('order.rejected', given),
      ]);
      // Of an order that was posted here, under its id; what is not asked of WeChat leaves no line.
      const posted = order();
      await world.post('/v1/orders', posted).expect(202);
      const { id } = await world.until(posted.order_id, ['awaiting_authorization']);
      await world.control('POST', '/faults', [{ path: REJECT, mode: 'delay', delay_ms: 500, times: 1 }]);
      await world.authorize(posted.order_id);
      const rejecting = reject(posted.order_id).then(({ status }) => status);
      while ((await world.requests(REJECT, posted.order_id)).length === 0)
        await new Promise((resume) => setTimeout(resume, 20));
      const requested = { ...entry('order.rejection_requested', posted), object: id };
      expect(await trail(posted.order_id)).toEqual([requested]);
      expect(await rejecting).toBe(200);
      await reject(posted.order_id).expect(200);
      expect(await trail(posted.order_id)).toEqual([requested, { ...entry('order.rejected', posted), object: id }]);
    });
  });

  it('bad requests are named', async () => {
    const { body } = await reject('R1', { reason: '', url: 'javascript:alert(1)' }).expect(422);
    expect(((body as Json).errors as Json[]).map(({ pointer }) => pointer as string).sort()).toEqual([
      '/reason',
      '/url',
    ]);
  });
});
