import { PoolClient } from 'pg';
import { DataSource, EntityManager, QueryRunner } from 'typeorm';

/** What is written in the commit of something else, as `piaoka_engine`. */
export type Also = (client: PoolClient) => Promise<void>;

export const nothingElse: Also = () => Promise.resolve();

/**
 * One commit of TypeORM's work, as the service itself, and of what goes with it. Where the work says `false` or `null`, there
 * was nothing to do, and nothing goes with it.
 */
export async function together<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
  also: Also,
): Promise<T> {
  return dataSource.transaction(async (manager) => {
    const result = await work(manager);
    if (result === false || result === null) return result;
    const client = (await (manager.queryRunner as QueryRunner).connect()) as PoolClient;
    await client.query('SET LOCAL ROLE piaoka_engine');
    await also(client);
    return result;
  });
}
