import { Client } from 'pg';
import { order } from '../support/orders';
import { KEY, World } from '../support/world';
import { addNeighbour, ADMIN } from './neighbour';
import { standing, untilStanding } from './standing';

/** One table stands still, and only one merchant asks for what is in it. */
describe('a merchant whose reads do not end', () => {
  let world: World;
  let neighbour: string;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN, ROLE: 'api' } });
    neighbour = await addNeighbour(world);
    for (const key of [KEY, neighbour]) await world.get('/v1/orders?limit=1', key).expect(200);
    // Its attempts are looked for with it; the neighbour has none to look for.
    await world.post('/v1/orders', order()).expect(202);
  });
  afterAll(() => world.end());

  it('holds its share of the connections and no more: the neighbour is answered meanwhile', async () => {
    const client = new Client({ connectionString: world.databaseUrl });
    await client.connect();
    try {
      await client.query('BEGIN; LOCK TABLE attempts IN ACCESS EXCLUSIVE MODE');
      const slow = Promise.all(Array.from({ length: 60 }, () => world.get('/v1/orders')));
      await untilStanding(world.databaseUrl, 4);
      await Promise.all(Array.from({ length: 20 }, () => world.get('/v1/orders?state=held', neighbour).expect(200)));
      await world.post('/v1/orders', order(), neighbour).expect(202);
      // It stores orders as before, too: they wait for no read.
      await world.post('/v1/orders', order()).expect(202);
      expect(await standing(world.databaseUrl)).toBe(4);
      await client.query('COMMIT');
      const answers = await slow;
      // Whoever waited longer than is good for it was told so.
      for (const { status, headers } of answers) {
        expect([200, 429]).toContain(status);
        if (status === 429) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      }
      await world.get('/v1/orders').expect(200);
    } finally {
      await client.end();
    }
  });
});
