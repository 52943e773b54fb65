import { PoolClient, QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';

/** A statement prepared once per connection under its name. */
export interface Statement {
  name: string;
  text: string;
}

/** Runs one named prepared statement as `piaoka_engine`, in a transaction of its own, on a connection of TypeORM's pool. */
export async function run<Row extends QueryResultRow>(
  dataSource: DataSource,
  statement: Statement,
  values: unknown[],
): Promise<Row[]> {
  return transact(dataSource, 'SET LOCAL ROLE piaoka_engine', async (client) => {
    const result = await client.query<Row>({ ...statement, values });
    return result.rows;
  });
}

/** Reads as `piaoka_api`: row-level security shows only what belongs to this merchant. */
export async function asMerchant<T>(
  dataSource: DataSource,
  merchantId: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  if (!/^[0-9a-f-]{36}$/.test(merchantId)) throw new TypeError('a merchant id is a uuid');
  return transact(dataSource, `SET LOCAL ROLE piaoka_api; SET LOCAL piaoka.merchant_id = '${merchantId}'`, work);
}

/** Runs `work` in one transaction as `piaoka_engine`. */
export async function asEngine<T>(dataSource: DataSource, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return transact(dataSource, 'SET LOCAL ROLE piaoka_engine', work);
}

/** Runs `work` in one transaction as the service itself. */
export async function inTransaction<T>(dataSource: DataSource, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return transact(dataSource, '', work);
}

/** `setup` travels with BEGIN in one message; SET LOCAL ends with the transaction, so a pooled connection keeps nothing. */
async function transact<T>(
  dataSource: DataSource,
  setup: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const driver = dataSource.driver as PostgresDriver;
  const [client, release] = (await driver.obtainMasterConnection()) as [PoolClient, (error?: Error) => void];
  try {
    await client.query(`BEGIN; ${setup}`);
    const result = await work(client);
    await client.query('COMMIT');
    release();
    return result;
  } catch (error) {
    const broken =
      isConnectionError(error) ||
      (await client.query('ROLLBACK').then(
        () => false,
        () => true,
      ));
    // A connection that broke is destroyed, not returned to the pool; a refused statement leaves it usable.
    release(broken ? (error as Error) : undefined);
    throw error;
  }
}

/** A connection that is gone, or still busy with a statement nobody waits for any more. */
function isConnectionError(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return /^(08|57P)/.test(code) || /timeout|terminated|not queryable/i.test(message);
}
