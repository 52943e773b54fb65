import { order } from '../support/orders';
import { CARD_ID, Json, World } from '../support/world';
import { event, Pushes } from './pushes';

const STATUS = 'INVOICE_REIMBURSE_';
const GETINVOICEINFO = '/card/invoice/reimburse/getinvoiceinfo';

describe('what we changed ourselves', () => {
  let pushes: Pushes;
  let world: World;
  beforeAll(async () => {
    pushes = await Pushes.start();
    world = pushes.world;
  });
  afterAll(() => world.end());
  beforeEach(() => pushes.forget());

  /** A card of ours, what pushes and we say of it, and what its timeline then tells. */
  async function cardInAWallet() {
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    const { insertion } = await world.until(given.order_id, ['inserted']);
    const { encrypt_code } = await world.control('GET', `/cards/${insertion.card_code as string}/encrypt-code`);
    const shown = { card_id: CARD_ID, encrypt_code: encrypt_code as string };
    return {
      ask: () => world.post('/v1/reimbursements/query', shown).expect(200),
      set: (word: string) =>
        world.post('/v1/reimbursements/status', { ...shown, reimburse_status: STATUS + word }).expect(200),
      /** WeChat says it so many seconds from now; what it says is dealt with. */
      push: async (word: string, inSeconds: number) => {
        const fields = { Status: STATUS + word, CardId: CARD_ID, Code: insertion.card_code };
        const CreateTime = String(Math.floor(Date.now() / 1000) + inSeconds);
        await pushes.forget();
        await pushes.tell({ ...event('update_invoice_status', fields, insertion.openid), CreateTime });
        await pushes.settled(1);
      },
      noted: async () =>
        (await world.timeline(given.order_id))
          .filter(({ type }) => type === 'reimbursement_changed')
          .map(({ data }) => (data.reimburse_status as string).slice(STATUS.length)),
    };
  }

  it('is not overruled by a push from before it, however late that comes; by a later one it is', async () => {
    const { set, push, noted } = await cardInAWallet();
    await set('LOCK');
    await set('INIT');
    await push('LOCK', -1);
    await push('LOCK', -1000);
    expect(await noted()).toEqual(['LOCK', 'INIT']);
    await push('LOCK', 2);
    expect(await noted()).toEqual(['LOCK', 'INIT', 'LOCK']);
    // WeChat's clock is ahead of ours: our own change is later all the same.
    await set('INIT');
    expect(await noted()).toEqual(['LOCK', 'INIT', 'LOCK', 'INIT']);
  });

  it('is not overruled by its own first push of the same second', async () => {
    const { set, push, noted } = await cardInAWallet();
    await set('LOCK');
    const since = Date.now();
    await set('INIT');
    await push('LOCK', Math.floor(since / 1000) - Math.floor(Date.now() / 1000));
    expect(await noted()).toEqual(['LOCK', 'INIT']);
  });

  it('is not overruled by a slow answer to a question from before it', async () => {
    const { ask, set, push, noted } = await cardInAWallet();
    await set('LOCK');
    await world.control('POST', '/faults', [
      { path: GETINVOICEINFO, mode: 'delay', delay_ms: 700, applied: true, times: 1 },
    ]);
    const slow = ask().then(({ body }) => body as Json);
    await new Promise((resume) => setTimeout(resume, 300));
    await set('INIT');
    expect(await slow).toMatchObject({ user_info: { reimburse_status: 'INVOICE_REIMBURSE_LOCK' } });
    expect(await noted()).toEqual(['LOCK', 'INIT']);
    // What a question was answered is later than a push from before it, too.
    await ask();
    await push('LOCK', -1);
    expect(await noted()).toEqual(['LOCK', 'INIT']);
  });

  it('reimbursed is final, and so is cancelled, whatever comes and whatever its time', async () => {
    const { ask, set, push, noted } = await cardInAWallet();
    await set('LOCK');
    await set('CLOSURE');
    for (const [word, at] of [
      ['LOCK', 5],
      ['INIT', 6],
      ['CANCEL', 7],
    ] as const)
      await push(word, at);
    await ask();
    expect(await noted()).toEqual(['LOCK', 'CLOSURE']);

    const other = await cardInAWallet();
    for (const word of ['CANCEL', 'LOCK', 'CLOSURE']) await other.push(word, 5);
    expect(await other.noted()).toEqual(['CANCEL']);
  });

  it('a card that we cancelled is not locked by a push from before that', async () => {
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    const { insertion } = await world.until(given.order_id, ['inserted']);
    await world.post(`/v1/orders/${given.order_id}/cancellation`, {}).expect(200);
    await world.until(given.order_id, ['cancelled']);
    const locked = { Status: `${STATUS}LOCK`, CardId: CARD_ID, Code: insertion.card_code };
    await pushes.tell({
      ...event('update_invoice_status', locked, insertion.openid),
      CreateTime: String(Math.floor(Date.now() / 1000) - 2),
    });
    expect(await pushes.settled(1)).toMatchObject([{ state: 'done', outcome: 'noted_before' }]);
    expect((await world.timeline(given.order_id)).at(-1)).toMatchObject({ type: 'cancelled' });
  });
});
