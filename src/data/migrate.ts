import { runMigrations } from 'graphile-worker';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { connect } from './data-source';
import { clientOf } from './hosts';

/** "piaoka" as a number: the advisory lock under which migrations run. */
const LOCK = 0x7069616f6b61;

/**
 * Runs pending migrations, ours and those of the job queue. However many processes start, one runs them and the others wait: TypeORM takes no lock of its
 * own. The lock is bound to a transaction, so it also holds behind a pooler in transaction mode and dies with its holder.
 */
export async function migrate(url: string): Promise<void> {
  const client = new (clientOf(url))({ connectionString: url, application_name: 'piaoka-migrate' });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const dataSource = await connect(url, { poolSize: 1, queryTimeoutMs: 0 });
    try {
      await dataSource.runMigrations();
      await runMigrations({ pgPool: (dataSource.driver as PostgresDriver).master as Pool });
    } finally {
      await dataSource.destroy();
    }
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

/** Migrations of this program that the database has not seen. */
export async function pendingMigrations(dataSource: DataSource): Promise<string[]> {
  const [found] = await dataSource.query<{ there: boolean }[]>(`SELECT to_regclass('migrations') IS NOT NULL AS there`);
  const run = found?.there ? await dataSource.query<{ name: string }[]>('SELECT name FROM migrations') : [];
  const known = new Set(run.map(({ name }) => name));
  return dataSource.migrations
    .map(({ name, constructor }) => name ?? constructor.name)
    .filter((name) => !known.has(name));
}

/** The statements TypeORM would run to make the database equal to the entities; empty when migrations and entities agree. */
export async function drift(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}
