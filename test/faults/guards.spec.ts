import { order } from '../support/orders';
import { query } from '../support/databases';
import { World } from '../support/world';
import { INSERTION_STATES } from '../../src/domain/insertion';

describe('the database keeps the promises by itself', () => {
  let world: World;
  let id: string;
  beforeAll(async () => {
    world = await World.start();
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    id = (await world.until(given.order_id, ['inserted'])).id;
  });
  afterAll(() => world.end());

  const run = (text: string) => query(world.databaseUrl, text);

  it('an inserted order never becomes anything but cancelled', async () => {
    for (const state of INSERTION_STATES.filter((one) => !['inserted', 'cancelled'].includes(one))) {
      await expect(run(`UPDATE insertions SET state = '${state}' WHERE id = '${id}'`)).rejects.toThrow(
        /cannot go from inserted/,
      );
    }
  });

  it('a fence never goes back, a known card code never changes', async () => {
    await expect(run(`UPDATE insertions SET fence = fence - 1 WHERE id = '${id}'`)).rejects.toThrow(/never decreases/);
    await expect(run(`UPDATE insertions SET card_code = '1' WHERE id = '${id}'`)).rejects.toThrow(/never changes/);
  });

  it('one card code belongs to one order', async () => {
    const given = order();
    await world.post('/v1/orders', given).expect(202);
    const waiting = await world.until(given.order_id, ['awaiting_authorization']);
    await expect(
      run(
        `UPDATE insertions SET card_code_state = 'known', card_code = (SELECT card_code FROM insertions WHERE id = '${id}') WHERE id = '${waiting.id}'`,
      ),
    ).rejects.toThrow(/insertions_one_card/);
  });

  it('one open attempt an order; attempts and events are written once', async () => {
    const open = `INSERT INTO open_attempts SELECT merchant_id, id, 9, 'first', 1, '\\x00', now() FROM orders WHERE id = '${id}'`;
    await run(open);
    await expect(run(open)).rejects.toThrow(/open_attempts_pkey/);
    await expect(run(`UPDATE open_attempts SET n = 10 WHERE id = '${id}'`)).rejects.toThrow(/written once/);
    await run(`DELETE FROM open_attempts WHERE id = '${id}'`);
    for (const table of ['attempts', 'events']) {
      await expect(
        run(`UPDATE ${table} SET n = 1 WHERE id = '${id}'`.replace('events SET n', 'events SET seq')),
      ).rejects.toThrow(/written once/);
      await expect(run(`DELETE FROM ${table} WHERE id = '${id}'`)).rejects.toThrow(/written once/);
    }
  });

  it('an end is never due, inserted says what it knows of its code', async () => {
    await expect(run(`UPDATE insertions SET due_at = now() WHERE id = '${id}'`)).rejects.toThrow(/insertions_ended/);
    await expect(run(`UPDATE insertions SET card_code_state = 'none' WHERE id = '${id}'`)).rejects.toThrow(
      /insertions_/,
    );
  });
});
