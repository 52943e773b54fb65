import { Writable } from 'node:stream';
import { PoolClient, QueryResult, QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { failpoint } from '../failpoints';
import { Shares } from './shares';

/** A statement prepared once per connection under its name. */
export interface Statement {
  name: string;
  text: string;
}

/**
 * A hot statement keeps its plan: planning it anew costs more than running it. Such a plan outlives the statistics it was
 * made from, so it may only touch what does not grow with the tables: an index each time, never a scan or a hash of all rows.
 * What is forbidden still has a price up to PostgreSQL 17, and it lies above `jit_above_cost`: with `jit = on`, its default
 * there, each statement would be compiled anew, for seconds.
 */
export const AS_ENGINE = [
  'SET LOCAL ROLE piaoka_engine',
  'SET LOCAL plan_cache_mode = force_generic_plan',
  'SET LOCAL enable_seqscan = off',
  'SET LOCAL enable_hashjoin = off',
  'SET LOCAL enable_mergejoin = off',
  'SET LOCAL jit = off',
].join('; ');

/**
 * Runs one named prepared statement as `piaoka_engine`, in a transaction of its own, on a connection of TypeORM's pool.
 * BEGIN, statement and COMMIT leave in one write and wait for one round trip: a statement that fails turns the COMMIT
 * behind it into a rollback. `before` goes first: the statement sees what was committed while it waited for a lock.
 */
export async function run<Row extends QueryResultRow>(
  dataSource: DataSource,
  statement: Statement,
  values: unknown[],
  before?: Statement & { values: unknown[] },
): Promise<Row[]> {
  const place = statement.name.replace(/_\d+$/, '');
  await failpoint(`${place}.begun`);
  const rows = await withConnection(dataSource, async (client) => {
    const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
    stream.cork();
    const results = Promise.allSettled([
      client.query(`BEGIN; ${AS_ENGINE}`),
      before && client.query(before),
      client.query<Row>({ ...statement, values }),
      commit(client, place),
    ]);
    stream.uncork();
    const [begun, prepared, result, committed] = await results;
    for (const step of [begun, prepared, result, committed]) if (step.status === 'rejected') throw step.reason;
    return (result as PromiseFulfilledResult<QueryResult<Row>>).value.rows;
  });
  await failpoint(`${place}.committed`);
  return rows;
}

/** A test may hold the COMMIT back, to let the process die between statement and commit. */
async function commit(client: PoolClient, place: string): Promise<unknown> {
  const pause = failpoint(`${place}.executed`);
  if (pause) await pause;
  return client.query('COMMIT');
}

const shares = new WeakMap<DataSource, Shares>();

/** A quarter of the connections for one merchant, and one quarter that no merchant's reads can take. */
function sharesOf(dataSource: DataSource): Shares {
  const known = shares.get(dataSource);
  if (known) return known;
  const { poolSize = 4 } = dataSource.options as { poolSize?: number };
  const quarter = Math.max(1, Math.floor(poolSize / 4));
  const made = new Shares(Math.max(1, poolSize - quarter), quarter);
  shares.set(dataSource, made);
  return made;
}

/** What several statements read is of one moment: an order in the state in which its attempts left it. */
const SNAPSHOT = 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY';

/**
 * Reads as `piaoka_api`: row-level security shows only what belongs to this merchant, and however much a merchant asks
 * for, it holds no more than its share of the connections.
 */
export async function asMerchant<T>(
  dataSource: DataSource,
  merchantId: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  if (!/^[0-9a-f-]{36}$/.test(merchantId)) throw new TypeError('a merchant id is a uuid');
  const setup = `${SNAPSHOT}; SET LOCAL ROLE piaoka_api; SET LOCAL piaoka.merchant_id = '${merchantId}'`;
  return sharesOf(dataSource).hold(merchantId, () => transact(dataSource, setup, work));
}

/** Runs `work` in one transaction as `piaoka_engine`. */
export async function asEngine<T>(dataSource: DataSource, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return transact(dataSource, 'SET LOCAL ROLE piaoka_engine', work);
}

/** Reads of one moment as `piaoka_engine`, which sees every merchant. */
export async function asEngineReading<T>(dataSource: DataSource, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return transact(dataSource, `${SNAPSHOT}; SET LOCAL ROLE piaoka_engine`, work);
}

/** `asEngine` for one merchant, within its share of the connections. */
export async function asEngineFor<T>(
  dataSource: DataSource,
  merchantId: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return sharesOf(dataSource).hold(merchantId, () => asEngine(dataSource, work));
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
  return withConnection(dataSource, async (client) => {
    // Not awaited by itself: it leaves together with the first statement of the work.
    const begun = client.query(`BEGIN; ${setup}`);
    const [result] = await Promise.all([work(client), begun]);
    await client.query('COMMIT');
    return result;
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
    const rolledBack = () =>
      client.query('ROLLBACK').then(
        () => true,
        () => false,
      );
    // A connection that broke is destroyed, not returned to the pool; a refused statement leaves it usable.
    release(isConnectionError(error) || !(await rolledBack()) ? (error as Error) : undefined);
    throw error;
  }
}

/** A connection that is gone, or still busy with a statement nobody waits for any more. */
function isConnectionError(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return /^(08|57P)/.test(code) || /timeout|terminated|not queryable/i.test(message);
}

/** Two transactions wait for each other, and PostgreSQL has ended this one (40P01). */
export function deadlocked(error: unknown): boolean {
  return (error as { code?: string }).code === '40P01';
}

/** The data itself is refused (SQLSTATE 22, 23): no repetition helps. */
export function refusedForGood(error: unknown): boolean {
  return /^2[23]/.test((error as { code?: string }).code ?? '');
}
