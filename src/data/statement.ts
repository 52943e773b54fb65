import { PoolClient, QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';

/** A statement prepared once per connection under its name. */
export interface Statement {
  name: string;
  text: string;
}

/** Runs one named prepared statement in its own implicit transaction, on a connection of TypeORM's own pool. */
export async function run<Row extends QueryResultRow>(
  dataSource: DataSource,
  statement: Statement,
  values: unknown[],
): Promise<Row[]> {
  return withConnection(dataSource, async (client) => {
    const result = await client.query<Row>({ ...statement, values });
    return result.rows;
  });
}

/** Runs `work` in one transaction; every statement of it sees or stores all or nothing. */
export async function inTransaction<T>(dataSource: DataSource, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return withConnection(dataSource, async (client) => {
    await client.query('BEGIN');
    try {
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  });
}

async function withConnection<T>(dataSource: DataSource, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const driver = dataSource.driver as PostgresDriver;
  const [client, release] = (await driver.obtainMasterConnection()) as [PoolClient, (error?: Error) => void];
  try {
    const result = await work(client);
    release();
    return result;
  } catch (error) {
    // A connection that broke is destroyed, not returned to the pool; a refused statement leaves it usable.
    release(isConnectionError(error) ? (error as Error) : undefined);
    throw error;
  }
}

function isConnectionError(error: unknown): boolean {
  const code = (error as { code?: string }).code ?? '';
  const isSqlState = /^[0-9A-Z]{5}$/.test(code) && /[0-9]/.test(code);
  return !isSqlState || code.startsWith('08') || code.startsWith('57P');
}
