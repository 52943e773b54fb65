import { order } from '../support/orders';
import { query } from '../support/databases';
import { World } from '../support/world';
import { INSERTION_STATES, InsertionState } from '../../src/domain/insertion';

/** Where a state may go: the state machine of the design, written apart from the migration. */
const EDGES: Record<InsertionState, string> = {
  accepted: 'uploaded sending in_doubt refused rejected needs_human',
  uploaded: 'accepted sending in_doubt refused rejected needs_human',
  sending: 'accepted uploaded awaiting_authorization in_doubt likely_inserted needs_human inserted refused rejected',
  awaiting_authorization: 'accepted uploaded sending in_doubt refused rejected needs_human',
  in_doubt: 'sending likely_inserted needs_human inserted',
  likely_inserted: 'sending in_doubt needs_human inserted',
  needs_human: 'accepted uploaded in_doubt inserted rejected',
  inserted: 'cancelled',
  refused: 'accepted',
  rejected: '',
  cancelled: '',
};
/** Before anything is sent again, evidence of a card ends an order whose doubt is not settled. */
const BY_EVIDENCE = ['accepted', 'uploaded', 'awaiting_authorization'];

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

  it.each([
    ['without a doubt', false],
    ['after a doubt', true],
  ])('each step from each state to each other, %s: the legal ones and no others', async (_, doubted) => {
    const found = await query<{ step: string }>(world.databaseUrl, 'SELECT * FROM steps', [], everyStep(doubted));
    const legal = INSERTION_STATES.flatMap((from) => [
      ...EDGES[from]
        .split(' ')
        .filter(Boolean)
        .map((to) => `${from} → ${to}`),
      ...(doubted && BY_EVIDENCE.includes(from) ? [`${from} → inserted`] : []),
    ]);
    expect(found.map(({ step }) => step).sort()).toEqual(legal.sort());
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

/** Tries every step on a table of the same shape, without its CHECKs, under the same guard. */
function everyStep(doubted: boolean): string {
  const states = INSERTION_STATES.map((state) => `'${state}'`).join(', ');
  return `
    CREATE TEMP TABLE tried (LIKE insertions);
    CREATE TRIGGER guard BEFORE UPDATE ON tried FOR EACH ROW EXECUTE FUNCTION piaoka_guard_insertion();
    CREATE TEMP TABLE steps (step text);
    DO $$ DECLARE one text; other text; BEGIN
      FOREACH one IN ARRAY ARRAY[${states}] LOOP
        FOREACH other IN ARRAY ARRAY[${states}] LOOP
          CONTINUE WHEN one = other;
          BEGIN
            TRUNCATE tried;
            INSERT INTO tried SELECT (i).* FROM (SELECT i FROM insertions i LIMIT 1) chosen;
            ALTER TABLE tried DISABLE TRIGGER guard;
            UPDATE tried SET state = one, doubt_since = ${doubted ? 'now()' : 'NULL'};
            ALTER TABLE tried ENABLE TRIGGER guard;
            UPDATE tried SET state = other;
            INSERT INTO steps VALUES (one || ' → ' || other);
          EXCEPTION WHEN check_violation THEN NULL;
          END;
        END LOOP;
      END LOOP;
    END $$`;
}
