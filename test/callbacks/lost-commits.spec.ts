import { Cut, CuttingProxy } from '../support/cutting-proxy';
import { order } from '../support/orders';
import { APPID, World } from '../support/world';
import { event, Pushes } from './pushes';

describe('a push is acknowledged once it is stored, and not before', () => {
  let proxy: CuttingProxy;
  let pushes: Pushes;
  let world: World;
  let next: Cut | null = null;
  const choose = (statement: string): Cut | null => {
    if (statement !== 'callbacks') return null;
    const cut = next;
    next = null;
    return cut;
  };
  beforeAll(async () => {
    const through = (url: string) => {
      proxy = new CuttingProxy(new URL(url), choose);
      return proxy.start();
    };
    pushes = await Pushes.start({ through });
    world = pushes.world;
  });
  afterAll(async () => {
    await world.end();
    await proxy.stop();
  });
  beforeEach(() => pushes.forget());

  it.each([
    ['its COMMIT never arrives', 'before'],
    ['the answer to its COMMIT is lost', 'after'],
  ] as const)('%s: WeChat is told nothing, and its second attempt is taken, once', async (_, cut) => {
    const given = order();
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['awaiting_authorization']);
    await world.authorize(given.order_id);
    const fields = { SuccOrderId: given.order_id, FailOrderId: '', AuthorizeAppId: APPID };
    const push = pushes.sealed(event('user_authorize_invoice', fields));
    next = cut;
    const first = await pushes.send(push);
    expect([next, first.status, first.text === 'success']).toEqual([null, 503, false]);
    expect(await pushes.rows()).toHaveLength(cut === 'before' ? 0 : 1);
    expect(await pushes.send(push)).toEqual({ status: 200, text: 'success' });
    await world.until(given.order_id, ['inserted']);
    expect(await pushes.settled(1)).toMatchObject([{ event: 'user_authorize_invoice', state: 'done' }]);
    expect(await world.cards(given.order_id)).toHaveLength(1);
  });
});
