import { dataSourceFor } from '../../src/data/data-source';
import { drift, migrate } from '../../src/data/migrate';
import { createDatabase, query } from '../support/databases';

describe('migrations', () => {
  it('run once, however many processes start on an empty database', async () => {
    const { url, drop } = await createDatabase();
    await query(url, 'DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await Promise.all([1, 2, 3, 4].map(() => migrate(url)));
    const run = await query<{ name: string }>(url, 'SELECT name FROM migrations');
    expect(new Set(run.map(({ name }) => name)).size).toBe(run.length);
    expect(run.length).toBeGreaterThanOrEqual(3);
    await drop();
  });

  it('make what the entities say, and the check sees where they do not', async () => {
    const { url, drop } = await createDatabase();
    const dataSource = await dataSourceFor(url).initialize();
    expect(await drift(dataSource)).toEqual([]);
    await query(url, 'ALTER TABLE insertions DROP COLUMN reason');
    expect((await drift(dataSource)).join()).toContain('reason');
    await dataSource.destroy();
    await drop();
  });

  it('can be taken back', async () => {
    const { url, drop } = await createDatabase();
    const dataSource = await dataSourceFor(url).initialize();
    const count = (await query(url, 'SELECT 1 FROM migrations')).length;
    for (let n = 0; n < count; n += 1) await dataSource.undoLastMigration();
    const left = await query(url, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
    expect(left).toEqual([{ tablename: 'migrations' }]);
    await dataSource.destroy();
    await drop();
  });
});
