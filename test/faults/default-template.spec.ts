import { query } from '../support/databases';
import { addIssuer, addMerchant } from '../support/merchants';
import { order } from '../support/orders';
import { APPID, CARD_ID, Json, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const INSERT = '/card/invoice/insert';
const WRONG = 'pOfAnotherAccount';
const ELSEWHERE = 'wx2222222222222222';

describe('a template that WeChat does not know', () => {
  let world: World;
  let shop: string;
  let key: string;
  beforeEach(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
    // In the sandbox a template is of the account that uses it first.
    await addIssuer(world, ADMIN, ELSEWHERE);
    const owner = await merchant('the owner', WRONG, ELSEWHERE);
    await world.until(await posted(owner.key), ['inserted'], 20_000, owner.key);
    ({ id: shop, key } = await merchant('the shop', WRONG, APPID));
  });
  afterEach(() => world.end());

  const merchant = (name: string, cardId: string, issuer: string) =>
    addMerchant(world, ADMIN, { name, cardId, issuer });
  const without = (): Json => {
    const { card_id: _, appid: __, ...given } = order();
    return given;
  };
  const posted = async (merchantKey = key, given = without()) => {
    await world.post('/v1/orders', given, merchantKey).expect(202);
    return given.order_id as string;
  };
  const holds = async () => ((await world.get('/v1/admin/holds', ADMIN).expect(200)).body as Json).items as Json[];
  const patched = (card_id: string) => world.patch(`/v1/admin/merchants/${shop}`, { card_id }, ADMIN).expect(200);

  it('as the merchant’s default holds the merchant alone; with a right one its orders go on, and carry that', async () => {
    const given = without();
    const waiting = [await posted(key, given), await posted()];
    for (const id of waiting) await world.until(id, ['held'], 20_000, key);
    expect(await holds()).toMatchObject([{ scope: 'merchant', merchant_id: shop, errcode: 40073, until: null }]);
    expect((await holds())[0]?.advice).toMatch(/默认 card_id .*PATCH \/v1\/admin\/merchants/);
    // A neighbour behind the same account is not touched.
    await world.until(await posted(undefined, order()), ['held'], 20_000, key);
    const neighbour = order();
    await world.post('/v1/orders', neighbour).expect(202);
    await world.until(neighbour.order_id, ['inserted']);

    await patched(CARD_ID);
    for (const id of waiting) {
      expect(await world.until(id, ['inserted'], 20_000, key)).toMatchObject({ card_id: CARD_ID });
      expect(await world.cards(id)).toMatchObject([{ card_id: CARD_ID }]);
    }
    expect(await holds()).toEqual([]);
    // Posted again it is the same order.
    await world.post('/v1/orders', given, key).expect(200);
    expect(await query(world.databaseUrl, 'SELECT DISTINCT tries FROM insertions')).toEqual([{ tries: 0 }]);
  });

  it('is mended for what is on its way at that moment, too', async () => {
    const id = await posted();
    await world.until(id, ['held'], 20_000, key);
    await world.control('POST', '/faults', [{ path: INSERT, mode: 'delay', delay_ms: 500, applied: false }]);
    await query(world.databaseUrl, 'UPDATE holds SET next_canary_at = now() WHERE lifted_at IS NULL');
    await world.until(id, ['sending'], 20_000, key);
    await patched(CARD_ID);
    await world.until(id, ['inserted'], 20_000, key);
    expect(await world.cards(id)).toMatchObject([{ card_id: CARD_ID }]);
    expect(await holds()).toEqual([]);
  });

  it('is mended for what was refused once its user had authorised it', async () => {
    await patched(CARD_ID);
    await world.control('PUT', '/profile', { authorizations: 'required' });
    const id = await posted();
    await world.until(id, ['awaiting_authorization'], 20_000, key);
    await world.control('POST', '/faults', [{ path: INSERT, mode: 'errcode', errcode: 40073, applied: false }]);
    await world.authorize(id);
    await query(world.databaseUrl, `UPDATE insertions SET due_at = now() WHERE state = 'awaiting_authorization'`);
    const end = Date.now() + 20_000;
    while ((await holds()).length === 0 && Date.now() < end) await new Promise((resume) => setTimeout(resume, 50));
    await world.control('DELETE', '/faults');
    await patched(`${CARD_ID}2`);
    await world.until(id, ['inserted'], 20_000, key);
    expect(await world.cards(id)).toMatchObject([{ card_id: `${CARD_ID}2` }]);
  });

  it('is asked about again by canaries: what was mended at WeChat needs no change here', async () => {
    await patched(CARD_ID);
    await world.control('POST', '/faults', [{ path: INSERT, mode: 'errcode', errcode: 40073, applied: false }]);
    const waiting = [await posted(), await posted()];
    for (const id of waiting) await world.until(id, ['held'], 20_000, key);
    await world.control('DELETE', '/faults');
    await query(world.databaseUrl, 'UPDATE holds SET next_canary_at = now() WHERE lifted_at IS NULL');
    for (const id of waiting) await world.until(id, ['inserted'], 20_000, key);
    expect(await holds()).toEqual([]);
  });

  it('as an order’s own refuses that order, and no other', async () => {
    await patched(CARD_ID);
    const id = await posted(key, { ...without(), card_id: WRONG });
    expect(await world.until(id, ['refused', 'held'], 20_000, key)).toMatchObject({
      state: 'refused',
      insertion: { reason: 'wechat_40073' },
    });
    await world.until(await posted(), ['inserted'], 20_000, key);
  });
});
