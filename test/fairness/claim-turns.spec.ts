import { DataSource } from 'typeorm';
import { dataSourceFor } from '../../src/data/data-source';
import { run } from '../../src/data/statement';
import { LatestTurns } from '../../src/fair-queue';
import { CLAIM } from '../../src/insertion/insertion.queue';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { APPID, Json, KEY, World } from '../support/world';
import { addNeighbour, ADMIN } from './neighbour';

const BACKLOG = 12;

/** Nobody but the test claims here; nothing ends while it does. */
describe('an order behind another merchant’s backlog, of one account', () => {
  let world: World;
  let dataSource: DataSource;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN, ROLE: 'api' } });
    dataSource = await dataSourceFor(world.databaseUrl, { poolSize: 2 }).initialize();
    for (let n = 0; n < BACKLOG; n += 1) await world.post('/v1/orders', order(), KEY).expect(202);
    const neighbour = await addNeighbour(world, APPID);
    await world.post('/v1/orders', order(), neighbour).expect(202);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await world.end();
  });
  beforeEach(() => query(world.databaseUrl, 'UPDATE insertions SET due_at = created_at, claimed_by = NULL'));

  async function claim(hands: number, free: Record<string, number>, turns: LatestTurns): Promise<string[]> {
    const values = [hands, 'w', 60, JSON.stringify(free), [], JSON.stringify(turns)];
    const rows = await run<Json>(dataSource, CLAIM, values);
    const owners = rows.map(({ merchant_id }) => merchant_id as string);
    owners.forEach((owner) => turns.note(owner));
    return owners;
  }
  const small = async () => {
    const [row] = await query<{ id: string }>(world.databaseUrl, `SELECT id FROM merchants WHERE name = '邻家'`);
    return row?.id as string;
  };

  it('has its turn where hands come free one by one', async () => {
    const turns = new LatestTurns();
    const claimed = [...(await claim(1, {}, turns)), ...(await claim(1, {}, turns))];
    expect(claimed).toContain(await small());
    expect(new Set(claimed).size).toBe(2);
    expect(await claim(1, {}, turns)).toHaveLength(1);
  });

  it('has its turn where the account may take few', async () => {
    const turns = new LatestTurns();
    const claimed = await claim(8, { [APPID]: 2 }, turns);
    expect(claimed).toContain(await small());
    expect(claimed).toHaveLength(2);
  });

  it('leaves the others what it does not need', async () => {
    const claimed = await claim(BACKLOG + 1, {}, new LatestTurns());
    expect(claimed).toContain(await small());
    expect(claimed.length).toBeGreaterThan(BACKLOG / 2);
  });
});
