import { query } from '../support/databases';
import { order, tinyPdf } from '../support/orders';
import { Json, World } from '../support/world';

describe('one PDF in two orders', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api' } });
  });
  afterAll(() => world.end());

  const withPdf = (mark: string) => ({ ...order(), pdf: tinyPdf(mark).toString('base64') });
  const shared = (body: unknown) =>
    ((body as Json).warnings as Json[] | undefined)?.find(({ code }) => code === 'PDF-SHARED-01');

  it('is taken with a warning that names the other order, kept with the order', async () => {
    const first = withPdf('posted twice');
    const second = withPdf('posted twice');
    const alone = await world.post('/v1/orders', first).expect(202);
    expect(shared(alone.body)).toBeUndefined();

    const again = await world.post('/v1/orders', second).expect(202);
    expect(shared(again.body)).toMatchObject({
      pointer: '/pdf',
      message: expect.stringContaining(first.order_id),
      message_en: expect.stringContaining(first.order_id),
    });
    expect((again.body as Json).checked).toMatchObject({ warnings: expect.arrayContaining(['PDF-SHARED-01']) });
    expect((await world.order(second.order_id)).checked).toEqual((again.body as Json).checked);
    expect((await world.order(first.order_id)).checked).not.toMatchObject({
      warnings: expect.arrayContaining(['PDF-SHARED-01']),
    });
  });

  it('is seen among orders of one moment, of which one was there before', async () => {
    const orders = Array.from({ length: 12 }, () => withPdf('of one moment'));
    const answers = await Promise.all(orders.map((each) => world.post('/v1/orders', each)));
    expect(answers.map(({ status }) => status)).toEqual(orders.map(() => 202));
    expect(answers.filter(({ body }) => !shared(body))).toHaveLength(1);
  });

  it('warns of no order whose invoice is free again', async () => {
    const { body } = await world.post('/v1/orders', withPdf('refused before')).expect(202);
    await query(world.databaseUrl, 'DELETE FROM live_invoices WHERE id = $1', [(body as Json).id]);
    expect(shared((await world.post('/v1/orders', withPdf('refused before')).expect(202)).body)).toBeUndefined();
  });
});
