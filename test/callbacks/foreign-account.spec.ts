import { order } from '../support/orders';
import { APPID, Json, KEY, World } from '../support/world';
import { ADMIN, event, Pushes } from './pushes';

const ELSEWHERE = 'wx2222222222222222';
const ELSEWHERES_KEY = 'ELSEWHEREmnopqrstuvwxyz0123456789ABCDEFGabc';

/** Two issuer accounts on one installation, each with its own address for pushes and its own key. */
describe('a push that speaks for an account it does not come from', () => {
  let pushes: Pushes;
  let world: World;
  let shop: string;
  beforeAll(async () => {
    pushes = await Pushes.start();
    world = pushes.world;
    await world.post('/v1/admin/accounts', { appid: ELSEWHERE, role: 'issuer', secret: 'secret' }, ADMIN).expect(201);
    await pushes.changeKey(ELSEWHERES_KEY, ELSEWHERE);
    const asked = { name: '他处', appid: ELSEWHERE, card_id: 'pElsewhere', issuer_appid: ELSEWHERE };
    const { body } = await world.post('/v1/admin/merchants', asked, ADMIN).expect(201);
    const path = `/v1/admin/merchants/${(body as Json).id as string}/keys`;
    const key = await world.post(path, { label: 'ERP', scopes: ['orders:write', 'orders:read'] }, ADMIN).expect(201);
    shop = (key.body as Json).key as string;
  });
  afterEach(() => pushes.forget());
  afterAll(() => world.end());

  it.each([
    ['the other account’s', shopsOrder, ELSEWHERE, APPID, undefined],
    ['the first account’s', firstsOrder, APPID, ELSEWHERE, ELSEWHERES_KEY],
  ])(
    '%s waiting order is not woken from elsewhere, however well it is signed; its own address wakes it',
    async (_, wait, own, foreign, key) => {
      const orderId = await wait();
      await world.control('POST', '/authorizations', [{ order_id: orderId, appid: own }]);
      const says = event('user_authorize_invoice', { SuccOrderId: orderId, FailOrderId: '', AuthorizeAppId: own });
      const address = (appid: string) => `${world.service.url}/wechat/callbacks/${appid}`;
      await pushes.send(pushes.sealed(says, undefined, { appid: foreign, address: address(foreign), key }));
      expect(await pushes.settled(1)).toMatchObject([{ state: 'parked' }]);
      const reader = own === APPID ? KEY : shop;
      expect((await world.order(orderId, reader)).state).toBe('awaiting_authorization');
      expect(await world.cards(orderId)).toEqual([]);

      const itsKey = own === APPID ? undefined : ELSEWHERES_KEY;
      await pushes.send(pushes.sealed(says, undefined, { appid: own, address: address(own), key: itsKey }));
      await world.until(orderId, ['inserted'], 20_000, reader);
    },
  );

  async function shopsOrder(): Promise<string> {
    const { card_id: _, appid: __, ...given } = order();
    return waiting(given, shop);
  }

  async function firstsOrder(): Promise<string> {
    return waiting(order(), KEY);
  }

  async function waiting(given: Json & { order_id: string }, key: string): Promise<string> {
    await world.post('/v1/orders', given, key).expect(202);
    await world.until(given.order_id, ['awaiting_authorization'], 20_000, key);
    return given.order_id;
  }
});
