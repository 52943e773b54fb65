import { Pool } from 'pg';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { openDatabase } from '../../src/data/open-database';
import { createDatabase } from '../support/databases';

test('a stop ends although a connection was never given back, and says so', async () => {
  const { url, drop } = await createDatabase();
  const lines: string[] = [];
  const settings = { DATABASE_URL: url, DATA_DIR: '', MIGRATE_ON_START: false };
  const database = await openDatabase(settings, (line) => lines.push(line));
  await ((database.dataSource.driver as PostgresDriver).master as Pool).connect();
  await database.close();
  expect(lines.join()).toContain('nobody gave back');
  await drop();
}, 60_000);
