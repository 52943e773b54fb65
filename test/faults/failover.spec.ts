import { query } from '../support/databases';
import { order } from '../support/orders';
import { World } from '../support/world';

const QUIET_MS = 1000;

/**
 * A standby that lags behind is promoted under running processes: every connection breaks, what was committed last is gone,
 * and the database is on another timeline than the one that is written down in it.
 */
describe('a failover under a running engine', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world.end());

  it('is noticed: a forgotten card is probed for after the quiet period, not taken for somebody else’s', async () => {
    const [orderId, id] = await insertedOnce();
    const at = Date.now();
    await failOver(id, `UPDATE installation SET identity = '1/1/1'`);
    const { insertion } = await world.until(orderId, ['inserted', 'needs_human']);
    expect(insertion).toMatchObject({ state: 'inserted', card_code_state: 'unknown' });
    const [attempt] = insertion.attempts;
    expect(attempt).toMatchObject({ n: 1, kind: 'probe', errcode: 72056 });
    expect(Date.parse(attempt?.started_at as string) - at).toBeGreaterThanOrEqual(QUIET_MS);
    expect(await world.cards(orderId)).toHaveLength(1);
    expect(await query(world.databaseUrl, `SELECT FROM installation WHERE identity = '1/1/1'`)).toEqual([]);
  });

  it('on the same timeline nothing is doubted: the same loss, unnoticed, is a conflict for a person', async () => {
    const [orderId, id] = await insertedOnce();
    await failOver(id, 'SELECT FROM installation');
    const { insertion } = await world.until(orderId, ['inserted', 'needs_human']);
    expect(insertion).toMatchObject({ state: 'needs_human', card_code_state: 'none' });
    expect(insertion.attempts).toMatchObject([{ n: 1, kind: 'first', errcode: 72056 }]);
  });

  async function insertedOnce(): Promise<[orderId: string, id: string]> {
    const given = order();
    await world.authorize(given.order_id);
    const { body } = await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['inserted']);
    return [given.order_id, (body as { id: string }).id];
  }

  /** One commit, so that nobody sees a loss without its sign; then every connection breaks. */
  async function failOver(id: string, sign: string): Promise<void> {
    const lost = `
      BEGIN;
      DELETE FROM attempts WHERE id = '${id}';
      UPDATE insertions SET state = 'accepted', media_id = NULL, uploaded_at = NULL, card_code = NULL,
             card_code_state = 'none', attempts = 0, due_at = clock_timestamp() + interval '200 ms' WHERE id = '${id}';
      ${sign};
      COMMIT`;
    await query(world.databaseUrl, lost, undefined, 'SET session_replication_role = replica');
    await query(
      world.databaseUrl,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    // A broken connection is found by whoever uses it next, and that request is answered 503.
    for (let n = 0; n < 100 && (await world.get(`/v1/orders/${id}`)).status === 503; n += 1)
      await new Promise((resume) => setTimeout(resume, 20));
  }
});
