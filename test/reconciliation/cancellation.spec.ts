import { query } from '../support/databases';
import { order } from '../support/orders';
import { Json, World } from '../support/world';

const UPDATESTATUS = '/card/invoice/platform/updatestatus';

describe('cancellation (冲红) and re-issue', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world.end());

  async function inserted(): Promise<Json & { order_id: string }> {
    const made = order();
    await world.authorize(made.order_id);
    await world.post('/v1/orders', made).expect(202);
    await world.until(made.order_id, ['inserted']);
    return made;
  }
  const cancel = (id: string, body: object = { reason: '开票有误' }) =>
    world.post(`/v1/orders/${id}/cancellation`, body);
  const fault = (rule: object) => world.control('POST', '/faults', { path: UPDATESTATUS, times: 1, ...rule });

  test('the card is cancelled at WeChat at once; again is as good as once', async () => {
    const made = await inserted();
    const { body } = await cancel(made.order_id).expect(200);
    expect(body).toMatchObject({ state: 'cancelled', cancellation: { state: 'done', reason: '开票有误' } });
    const [card] = await world.cards(made.order_id);
    expect(card).toMatchObject({ status: 'INVOICE_REIMBURSE_CANCEL' });
    await cancel(made.order_id).expect(200);
    expect(await world.requests(UPDATESTATUS)).toHaveLength(1);
    expect((await world.timeline(made.order_id)).filter(({ type }) => type === 'cancelled')).toHaveLength(1);
  });

  test('cancelled at WeChat before we asked (72060) is what was wanted', async () => {
    const made = await inserted();
    await fault({ mode: 'errcode', errcode: 72060 });
    await cancel(made.order_id).expect(200);
  });

  test.each([
    [72061, 'wechat_conflict', 409],
    [72023, 'wechat_conflict', 409],
    [72036, 'wechat_conflict', 409],
    [72038, 'wechat_refused', 422],
  ])('WeChat’s %i changes nothing and says what to do', async (errcode, code, status) => {
    const made = await inserted();
    await fault({ mode: 'errcode', errcode });
    const { body } = await cancel(made.order_id).expect(status);
    expect(body).toMatchObject({ code, errcode });
    expect(body.detail).toMatch(/。$/);
    expect(await world.order(made.order_id)).toMatchObject({
      state: 'inserted',
      cancellation: { state: 'refused', errcode },
    });
    // What stood in the way is gone: the same request succeeds.
    await cancel(made.order_id).expect(200);
  });

  test('an answer that is lost is told again until it is clear', async () => {
    const made = await inserted();
    await fault({ mode: 'drop_after' });
    const { body } = await cancel(made.order_id).expect(202);
    expect(body).toMatchObject({ state: 'inserted', cancellation: { state: 'pending' } });
    // While it waits its turn, asking again changes nothing and tells nobody.
    await cancel(made.order_id).expect(202);
    await query(world.databaseUrl, `UPDATE cancellations SET due_at = now() WHERE state = 'pending'`);
    await query(world.databaseUrl, `SELECT graphile_worker.add_job('retry_cancellations')`);
    await world.until(made.order_id, ['cancelled']);
    expect(await world.order(made.order_id)).toMatchObject({ cancellation: { state: 'done' } });
  });

  test('without a card there is nothing to cancel; without its code it cannot be', async () => {
    const waiting = order();
    await world.post('/v1/orders', waiting).expect(202);
    await world.until(waiting.order_id, ['awaiting_authorization']);
    expect((await cancel(waiting.order_id).expect(409)).body.code).toBe('order_not_inserted');
    const lost = order();
    await world.authorize(lost.order_id);
    const drop = { path: '/card/invoice/insert', mode: 'success_without_code', order_id: lost.order_id };
    await world.control('POST', '/faults', drop);
    await world.post('/v1/orders', lost).expect(202);
    await world.until(lost.order_id, ['inserted']);
    expect((await cancel(lost.order_id).expect(409)).body.code).toBe('card_code_unknown');
    await cancel('no-such-order').expect(404);
    await cancel(lost.order_id, { why: 'x' }).expect(422);
  });

  test('the invoice is re-issued under a new order that names the old one; the old order_id is never free', async () => {
    const old = await inserted();
    const { order_id: _id, ...rest } = old;
    const again = { ...rest, order_id: `${old.order_id}R`, replaces: old.order_id };
    const early = await world.post('/v1/orders', again).expect(422);
    expect(early.body.errors).toMatchObject([{ pointer: '/replaces', code: 'REPLACES-STATE' }]);
    const unknown = await world.post('/v1/orders', { ...again, replaces: 'nobody' }).expect(422);
    expect(unknown.body.errors).toMatchObject([{ pointer: '/replaces', code: 'REPLACES-UNKNOWN' }]);

    await cancel(old.order_id).expect(200);
    await world.authorize(again.order_id);
    // The same number is free again here; WeChat decides about it by itself.
    const { body } = await world.post('/v1/orders', again).expect(202);
    expect(body.replaces).toBe(old.order_id);
    await world.post('/v1/orders', again).expect(200);
    const other = await world.post('/v1/orders', { ...rest, order_id: again.order_id }).expect(409);
    expect((other.body.errors as Json[]).map(({ pointer }) => pointer as string)).toEqual(['/replaces']);
    expect(await world.order(again.order_id)).toMatchObject({ replaces: old.order_id });
    expect(await world.order(old.order_id)).toMatchObject({ state: 'cancelled', replaced_by: [again.order_id] });
    await world.post('/v1/orders', { ...order(), order_id: old.order_id }).expect(409);
  });
});
