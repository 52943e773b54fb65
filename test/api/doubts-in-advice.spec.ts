import { orderWithRealPdf } from '../support/orders';
import { Json, KEY, WHOLE_CHECK, World } from '../support/world';
import { piaoka } from '../cli/piaoka';
import { Receiver, until } from '../webhooks/receiver';

describe('what the full check of a PDF leaves in doubt', () => {
  let world: World;
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await Receiver.start();
    world = await World.start({ env: { ...WHOLE_CHECK, WEBHOOK_ALLOW: receiver.place } });
    await world.post('/v1/webhook_endpoints', { url: receiver.url('/hook') }).expect(201);
  });
  afterAll(async () => {
    await world.end();
    await receiver.close();
  });

  const told = (orderId: string) =>
    until(async () => receiver.at('/hook').find(({ body }) => body.data.order_id === orderId)?.body.data);

  it('stands in the order’s advice, and on the screen of whoever asks for it: another title than the PDF’s', async () => {
    const given = await orderWithRealPdf();
    const invoice = { ...(given.invoice as Json), title: '示例别家(杭州)有限公司' };
    await world.authorize(given.order_id);
    await world.post('/v1/orders', { ...given, invoice }).expect(202);
    const { insertion } = await world.until(given.order_id, ['inserted']);
    expect(insertion.faults).toMatchObject([{ code: 'PDF-TITLE-01', severity: 'warning' }]);
    expect(insertion.advice).toMatch(/^已插入用户卡包。另请核对：.*购买方名称不一致/);
    expect(insertion.advice_en).toMatch(/^Inserted.* Please check as well: .*buyer’s name/);

    const { stdout } = await piaoka(['orders', 'get', given.order_id], {
      PIAOKA_URL: world.service.url,
      PIAOKA_KEY: KEY,
    });
    expect(stdout).toContain('! /invoice/title  PDF-TITLE-01');
    expect(stdout).toContain('购买方名称不一致');

    expect(await told(given.order_id)).toMatchObject({
      state: 'inserted',
      warnings: [{ code: 'PDF-TITLE-01', pointer: '/invoice/title' }],
    });
  });

  it('is nothing where PDF and order agree', async () => {
    const given = await orderWithRealPdf();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    const { insertion } = await world.until(given.order_id, ['inserted']);
    expect(insertion.advice).toBe('已插入用户卡包。');
    expect(await told(given.order_id)).not.toHaveProperty('warnings');
  });
});
