import { query } from '../support/databases';
import { order } from '../support/orders';
import { APPID, CARD_ID, Json, World } from '../support/world';
import { ADMIN, event, Pushes } from './pushes';

describe('pushes about cards', () => {
  let pushes: Pushes;
  let world: World;
  beforeAll(async () => {
    pushes = await Pushes.start();
    world = pushes.world;
  });
  afterAll(() => world.end());
  beforeEach(() => pushes.forget());

  const tell = (fields: Json) => pushes.tell(fields);
  const settled = (count: number) => pushes.settled(count);

  it('a card’s reimbursement is told on the timeline; a lost code is learnt only where it can be one card’s alone', async () => {
    const [known, lost] = [order(), order()];
    await world.authorize(known.order_id, lost.order_id);
    for (const one of [known, lost]) await world.post('/v1/orders', one).expect(202);
    const { insertion } = await world.until(known.order_id, ['inserted']);
    const card = await world.until(lost.order_id, ['inserted']);
    const code = card.insertion.card_code as string;
    await query(
      world.databaseUrl,
      `ALTER TABLE insertions DISABLE TRIGGER guard;
       UPDATE insertions SET card_code = NULL, card_code_state = 'unknown' WHERE card_code = '${code}';
       ALTER TABLE insertions ENABLE TRIGGER guard`,
    );
    const status = (Code: string, Status: string, openid: string) =>
      tell(event('update_invoice_status', { Status, CardId: CARD_ID, Code }, openid));
    await status(insertion.card_code as string, 'INVOICE_REIMBURSE_LOCK', insertion.openid as string);
    await settled(1);
    expect((await world.timeline(known.order_id)).at(-1)).toMatchObject({
      type: 'reimbursement_changed',
      data: { reimburse_status: 'INVOICE_REIMBURSE_LOCK' },
    });
    // Another user's card is nobody's here.
    await status('999999999999', 'INVOICE_REIMBURSE_LOCK', 'o_somebody_else');
    await settled(2);
    expect(await world.order(lost.order_id)).toMatchObject({ insertion: { card_code_state: 'unknown' } });
    // What can be no code is not learnt, though it comes for this user.
    await status('9'.repeat(1000), 'INVOICE_REIMBURSE_LOCK', card.insertion.openid as string);
    await settled(3);
    expect(await world.order(lost.order_id)).toMatchObject({ insertion: { card_code_state: 'unknown' } });
    await status(code, 'INVOICE_REIMBURSE_LOCK', card.insertion.openid as string);
    await settled(4);
    expect(await world.order(lost.order_id)).toMatchObject({
      insertion: { card_code: code, card_code_state: 'known' },
    });
  });

  it('a lost code is not guessed while a card whose holder nobody knows could be the one', async () => {
    const [lost, other] = [order(), order()];
    await world.authorize(lost.order_id, other.order_id);
    for (const one of [lost, other]) await world.post('/v1/orders', one).expect(202);
    const { id, insertion } = await world.until(lost.order_id, ['inserted']);
    const stranger = await world.until(other.order_id, ['inserted']);
    const [code, openid] = [insertion.card_code as string, insertion.openid as string];
    const lose = (change: string, which: string) =>
      query(
        world.databaseUrl,
        `UPDATE insertions SET ${change} WHERE id = $1`,
        [which],
        'SET session_replication_role = replica',
      );
    await lose(`card_code = NULL, card_code_state = 'unknown'`, id);
    await lose(`card_code = NULL, card_code_state = 'unknown', person = NULL`, stranger.id);
    const says = () =>
      tell(event('update_invoice_status', { Status: 'INVOICE_REIMBURSE_LOCK', CardId: CARD_ID, Code: code }, openid));
    await says();
    expect(await settled(1)).toMatchObject([{ state: 'parked' }]);
    expect((await world.order(lost.order_id)).insertion).toMatchObject({ card_code_state: 'unknown' });
    // Operators see it beside both, and decide.
    for (const one of [id, stranger.id]) {
      const { body } = await world.get(`/v1/admin/orders/${one}`, ADMIN).expect(200);
      expect(body.candidates).toMatchObject([{ card_code: code, encrypted: true, status: 'INVOICE_REIMBURSE_LOCK' }]);
    }

    // Once the other one’s code is known, there is only one card that it can be.
    await lose(`card_code = '${stranger.insertion.card_code as string}', card_code_state = 'known'`, stranger.id);
    await pushes.forget();
    await says();
    await settled(1);
    expect((await world.order(lost.order_id)).insertion).toMatchObject({ card_code_state: 'known', card_code: code });
    expect((await world.get(`/v1/admin/orders/${id}`, ADMIN).expect(200)).body.candidates).toEqual([]);
  });

  it('of two pushes about one card the later one counts, in whichever order they come', async () => {
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    const { insertion } = await world.until(given.order_id, ['inserted']);
    const at = Math.floor(Date.now() / 1000) - 100;
    const status = (Status: string, second: number) =>
      tell({
        ...event('update_invoice_status', { Status, CardId: CARD_ID, Code: insertion.card_code }, insertion.openid),
        CreateTime: String(at + second),
      });
    // Locked, unlocked and locked at once: the push in the middle comes last.
    for (const [n, [state, second]] of (
      [
        ['INVOICE_REIMBURSE_LOCK', 1],
        ['INVOICE_REIMBURSE_LOCK', 3],
        ['INVOICE_REIMBURSE_INIT', 2],
      ] as const
    ).entries()) {
      await status(state, second);
      await settled(n + 1);
    }
    const noted = (await world.timeline(given.order_id)).filter(({ type }) => type === 'reimbursement_changed');
    expect(noted.map(({ data }) => data.reimburse_status)).toEqual(['INVOICE_REIMBURSE_LOCK']);
    await status('INVOICE_REIMBURSE_INIT', 4);
    await settled(4);
    expect((await world.timeline(given.order_id)).at(-1)).toMatchObject({
      data: { reimburse_status: 'INVOICE_REIMBURSE_INIT' },
    });
  });

  it('a card that was cancelled elsewhere is cancelled here, and its invoice is free again', async () => {
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    const { insertion } = await world.until(given.order_id, ['inserted']);
    const cancelled = { Status: 'INVOICE_REIMBURSE_CANCEL', CardId: CARD_ID, Code: insertion.card_code };
    await tell(event('update_invoice_status', cancelled, insertion.openid));
    await world.until(given.order_id, ['cancelled']);
    const again = { ...order(), invoice: given.invoice as Json };
    await world.post('/v1/orders', again).expect(202);
  });

  const EVENTS = ['succ', 'fail', 'lock', 'init'] as const;
  it('four events in each of their orders come to one end', async () => {
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    const { insertion } = await world.until(given.order_id, ['inserted']);
    const user = (Succ: string, Fail: string, at: string) => ({
      ...event('user_authorize_invoice', { SuccOrderId: Succ, FailOrderId: Fail, AuthorizeAppId: APPID }),
      CreateTime: at,
    });
    const status = (Status: string, at: string) => ({
      ...event('update_invoice_status', { Status, CardId: CARD_ID, Code: insertion.card_code }, insertion.openid),
      CreateTime: at,
    });
    let at = 1_700_000_000;
    for (const sequence of permutations([...EVENTS])) {
      for (const name of sequence) {
        const time = String((at += 1));
        if (name === 'succ') await tell(user(given.order_id, '', time));
        if (name === 'fail') await tell(user('', given.order_id, time));
        if (name === 'lock') await tell(status('INVOICE_REIMBURSE_LOCK', time));
        if (name === 'init') await tell(status('INVOICE_REIMBURSE_INIT', time));
      }
    }
    const all = await settled(96);
    expect(all.filter(({ state }) => state !== 'done')).toEqual([]);
    expect(await world.order(given.order_id)).toMatchObject({
      state: 'inserted',
      insertion: { card_code: insertion.card_code },
    });
    expect(await world.cards(given.order_id)).toHaveLength(1);
  });
});

function permutations<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}
