import { runMigrations } from 'graphile-worker';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { connect } from './data-source';

/** "piaoka" as a number: the advisory lock under which migrations run. */
const LOCK = 0x7069616f6b61;

/**
 * Runs pending migrations, ours and those of the job queue. However many processes start, one runs them and the others wait: TypeORM takes no lock of its
 * own. The lock is bound to a transaction, so it also holds behind a pooler in transaction mode and dies with its holder.
 */
export async function migrate(url: string): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'piaoka-migrate' });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const dataSource = await connect(url, { poolSize: 1, queryTimeoutMs: 0 });
    await dataSource.runMigrations().finally(() => dataSource.destroy());
    await runMigrations({ connectionString: url });
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

/** The statements TypeORM would run to make the database equal to the entities; empty when migrations and entities agree. */
export async function drift(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}
