import { OtherWechat } from '../support/other-wechat';
import { order } from '../support/orders';
import { World } from '../support/world';

/** Long enough that only the server's silence is silence, however busy this machine is. */
const PATIENT = { WECHAT_TIMEOUT_MS: '3000', LEASE_SECONDS: '7', IN_DOUBT_QUIET_SECONDS: '4' };

describe('another WeChat-compatible server, with only WECHAT_BASE_URL changed', () => {
  it.each([
    ['that answers', 0],
    ['that makes every third card and then says nothing', 3],
  ])('%s: each order one card', async (_, dropEvery) => {
    const wechat = new OtherWechat(dropEvery);
    const world = await World.start({ wechatUrl: await wechat.start(), env: PATIENT });
    try {
      const orders = Array.from({ length: 20 }, () => order());
      await Promise.all(orders.map((one) => world.post('/v1/orders', one).expect(202)));
      for (const { order_id } of orders) {
        const settled = await world.until(order_id, ['inserted', 'refused', 'needs_human']);
        expect(settled.state).toBe('inserted');
        const card = wechat.cards.find(({ orderId }) => orderId === order_id);
        if (settled.insertion.card_code) expect(settled.insertion.card_code).toBe(card?.code);
      }
      expect(wechat.cards.map(({ orderId }) => orderId).sort()).toEqual(orders.map(({ order_id }) => order_id).sort());
      expect(wechat.inserts > 20).toBe(dropEvery > 0);
    } finally {
      await world.end();
      await wechat.stop();
    }
  });
});
