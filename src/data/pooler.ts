import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';

const PREPARED = { name: 'piaoka_pooler', text: 'SELECT 1' };
const INVALID_STATEMENT_NAME = '26000';

/**
 * Whether something between us and PostgreSQL hands out another server for each transaction and loses the statements that
 * were prepared on the one before. The hot statements are prepared once a connection: behind such a pooler they all fail.
 * A statement is prepared on one server and run on another, made sure of by keeping the first busy.
 */
export async function losesPreparedStatements(dataSource: DataSource): Promise<boolean> {
  const pool = (dataSource.driver as PostgresDriver).master as Pool;
  const clients = await Promise.all([pool.connect(), pool.connect(), pool.connect()]);
  const [first, asking, second] = clients;
  try {
    await first.query('BEGIN');
    await asking.query(PREPARED);
    await second.query('BEGIN');
    await first.query('COMMIT');
    await asking.query(PREPARED);
    return false;
  } catch (error) {
    if ((error as { code?: string }).code === INVALID_STATEMENT_NAME) return true;
    throw error;
  } finally {
    // They are not needed again, and what one of them has prepared is perhaps on no server any more.
    clients.forEach((client) => client.release(true));
  }
}
