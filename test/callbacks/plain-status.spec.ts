import { order } from '../support/orders';
import { APPID, CARD_ID, Json, World } from '../support/world';
import { Pushes, TOKEN } from './pushes';

const STATUS = 'INVOICE_REIMBURSE_';
const GETINVOICEINFO = '/card/invoice/reimburse/getinvoiceinfo';

describe('pushes about cards that nobody encrypted', () => {
  let pushes: Pushes;
  let world: World;
  beforeAll(async () => {
    pushes = await Pushes.start();
    world = pushes.world;
    await pushes.administrate('PUT', `/v1/admin/accounts/${APPID}/callback`, { mode: 'plain', token: TOKEN });
  });
  afterAll(() => world.end());
  beforeEach(() => pushes.forget());

  const push = async (Code: string, word: string) => {
    await pushes.forget();
    const fields = { Status: STATUS + word, CardId: CARD_ID, Code };
    const to = { url: pushes.address, token: TOKEN, appid: APPID, attempts: 1, mode: 'plain' };
    expect(await world.control('POST', '/events', { ...to, event: 'update_invoice_status', fields })).toMatchObject({
      status: 200,
    });
    return (await pushes.settled(1))[0]?.outcome as string;
  };
  const card = async () => {
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    const code = (await world.until(given.order_id, ['inserted'])).insertion.card_code as string;
    return { id: given.order_id, code };
  };
  const noted = async (id: string) =>
    (await world.timeline(id))
      .filter(({ type }) => type === 'reimbursement_changed')
      .map(({ data }) => [(data.reimburse_status as string).slice(STATUS.length), data.source as string]);

  it('what a plain push says of a card is told to nobody; WeChat is asked where the card was shown', async () => {
    const unseen = await card();
    for (const word of ['LOCK', 'CLOSURE', 'CANCEL']) expect(await push(unseen.code, word)).toBe('unproved');
    expect(await noted(unseen.id)).toEqual([]);
    expect(await world.order(unseen.id)).toMatchObject({ state: 'inserted' });

    const { id, code } = await card();
    const { encrypt_code } = await world.control('GET', `/cards/${code}/encrypt-code`);
    await world
      .post('/v1/reimbursements/query', { card_id: CARD_ID, encrypt_code: encrypt_code as string })
      .expect(200);
    const asked = async () => (await world.requests(GETINVOICEINFO)).length;
    const before = await asked();
    expect(await push(code, 'CLOSURE')).toBe('asked');
    expect(await asked()).toBe(before + 1);
    expect(await noted(id)).toEqual([]);
    // Whatever the push says, what WeChat answers counts.
    const locked: Json = { reimburse_status: `${STATUS}LOCK`, by: 'wxsomebodyelse' };
    await world.control('PUT', `/cards/${code}/status`, locked);
    expect(await push(code, 'INIT')).toBe('asked');
    expect(await noted(id)).toEqual([['LOCK', 'query']]);
  });

  it('while WeChat cannot be asked, it waits', async () => {
    const { id, code } = await card();
    const { encrypt_code } = await world.control('GET', `/cards/${code}/encrypt-code`);
    const shown = { card_id: CARD_ID, encrypt_code: encrypt_code as string };
    await world.post('/v1/reimbursements/query', shown).expect(200);
    await world.control('POST', '/faults', [{ path: GETINVOICEINFO, mode: 'errcode', errcode: -1, times: 1 }]);
    expect(await push(code, 'LOCK')).toBe('parked');
    expect(await noted(id)).toEqual([]);
  });
});
