import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { World } from '../support/world';

const INSERT = '/card/invoice/insert';
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
    // And no restore is remembered.
    await failOver(id, 'UPDATE installation SET restored_at = NULL');
    const { insertion } = await world.until(orderId, ['inserted', 'needs_human']);
    expect(insertion).toMatchObject({ state: 'needs_human', card_code_state: 'none' });
    expect(insertion.attempts).toMatchObject([{ n: 1, kind: 'first', errcode: 72056 }]);
  });

  it('an order that waits for its user goes on waiting, and gets its card when the user authorises', async () => {
    const given = order();
    const { body } = await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['awaiting_authorization']);
    const { id } = body as { id: string };
    await breakConnections(`UPDATE installation SET identity = '1/1/2'`);
    // It is asked about until its probes would have run out long ago.
    for (let n = 0; n < 8; n += 1) {
      const asked = (await world.requests(INSERT, given.order_id)).length;
      await query(world.databaseUrl, `UPDATE insertions SET due_at = now() WHERE id = '${id}' AND claimed_by IS NULL`);
      while ((await world.requests(INSERT, given.order_id)).length === asked) await sleep(20);
      await world.until(given.order_id, ['awaiting_authorization', 'in_doubt', 'needs_human']);
    }
    expect(await world.order(given.order_id)).toMatchObject({ state: 'awaiting_authorization' });
    await world.authorize(given.order_id);
    await query(world.databaseUrl, `UPDATE insertions SET due_at = now() WHERE id = '${id}' AND claimed_by IS NULL`);
    const { insertion } = await world.until(given.order_id, ['inserted', 'needs_human']);
    expect(insertion).toMatchObject({ state: 'inserted', card_code_state: 'known' });
    expect(await world.cards(given.order_id)).toHaveLength(1);
  });

  it('an order that the lost time knew, and that its merchant posts again, has its card', async () => {
    const given = order();
    await world.authorize(given.order_id);
    const { body } = await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['inserted']);
    const { id } = body as { id: string };
    await breakConnections(`${everythingOf(id)}; UPDATE installation SET identity = '1/1/3'`);
    // The restore is seen first; only what is accepted after it can have been forgotten.
    while ((await query(world.databaseUrl, `SELECT FROM installation WHERE identity = '1/1/3'`)).length > 0) {
      await world.get('/v1/orders');
      await sleep(20);
    }
    await world.post('/v1/orders', given).expect(202);
    const { insertion } = await world.until(given.order_id, ['inserted', 'needs_human']);
    expect(insertion).toMatchObject({
      state: 'inserted',
      card_code_state: 'unknown',
      reason: 'inserted_before_restore',
      attempts: [{ errcode: 72056 }],
    });
    expect(insertion.advice_en).toContain('before the database was restored');
    expect(await world.cards(given.order_id)).toHaveLength(1);
  });

  it('long after a restore a number that was used up is somebody else’s again', async () => {
    await query(world.databaseUrl, `UPDATE installation SET restored_at = now() - interval '8 days'`);
    const given = order();
    await world.authorize(given.order_id);
    const first = await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['inserted']);
    const { id } = first.body as { id: string };
    await query(world.databaseUrl, everythingOf(id), undefined, 'SET session_replication_role = replica');
    await world.post('/v1/orders', given).expect(202);
    const { insertion } = await world.until(given.order_id, ['inserted', 'needs_human']);
    expect(insertion).toMatchObject({ state: 'needs_human', reason: 'order_consumed_elsewhere' });
  });

  function everythingOf(id: string): string {
    const tables = ['orders', 'insertions', 'live_invoices', 'attempts', 'events', 'pdfs'];
    return tables.map((table) => `DELETE FROM ${table} WHERE id = '${id}'`).join(';');
  }

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
    await breakConnections(lost);
  }

  async function breakConnections(lost: string): Promise<void> {
    await query(world.databaseUrl, lost, undefined, 'SET session_replication_role = replica');
    await query(
      world.databaseUrl,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    // A broken connection is found by whoever uses it next, and that request is answered 503.
    for (let n = 0; n < 100 && (await world.get('/v1/orders')).status === 503; n += 1) await sleep(20);
  }
});
