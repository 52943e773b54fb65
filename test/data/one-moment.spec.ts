import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { connect } from '../../src/data/data-source';
import { asEngine, asEngineReading, asMerchant } from '../../src/data/statement';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { World } from '../support/world';

describe('an order that moves on between two statements of one read', () => {
  let world: World;
  let dataSource: DataSource;
  let merchant: string;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api' } });
    dataSource = await connect(world.databaseUrl, { poolSize: 4 });
    await world.post('/v1/orders', order()).expect(202);
    const [row] = await query<{ merchant_id: string }>(world.databaseUrl, 'SELECT merchant_id FROM orders');
    merchant = row?.merchant_id as string;
  });
  afterAll(async () => {
    await dataSource.destroy();
    await world.end();
  });

  const reasons = async (client: PoolClient) => {
    const look = async () => (await client.query<{ reason: string }>('SELECT reason FROM insertions')).rows[0]?.reason;
    const before = await look();
    await query(world.databaseUrl, `UPDATE insertions SET reason = coalesce(reason, '') || 'x'`);
    return [before, await look()];
  };

  it('is shown as it was at the first, to its merchant and to operators', async () => {
    const [before, after] = await asMerchant(dataSource, merchant, reasons);
    expect(after).toBe(before);
    const [first, second] = await asEngineReading(dataSource, reasons);
    expect(second).toBe(first);
  });

  it('(and is seen to move where a read is not of one moment)', async () => {
    const [before, after] = await asEngine(dataSource, reasons);
    expect(after).not.toBe(before);
  });
});
