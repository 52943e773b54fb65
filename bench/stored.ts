import { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { Phase, PhaseResult } from './load-main';
import { Child } from './rpc';

/** What an order leaves behind, in every table: its rows are copied from orders that the service itself has carried. */
const TABLES = ['orders', 'live_invoices', 'insertions', 'attempts', 'events', 'pdfs'];
/** What must differ from copy to copy. */
const OWN = ['order_id', 'invoice_number', 'card_code'];
const PATTERNS = 20;
const AT_ONCE = 50_000;
/** Numbers that no run uses. */
const FIRST = 900_000_000;

/**
 * Fills the database as if `count` orders had been inserted before. Their PDFs are a few bytes, since 60 GB of them would
 * only measure the disk; ids are of the same kind, in time order, as the service's.
 */
export async function storeOrders(
  client: Client,
  count: number,
  drive: (phase: Phase) => Promise<PhaseResult>,
  mock: Child,
  { tables = TABLES, daysAgo = 0 } = {},
): Promise<void> {
  await drive({ first: FIRST, count: PATTERNS });
  await mock.call('whenCards', { cards: PATTERNS, timeoutMs: 30_000 });
  await sleep(1000);
  await client.query(`SET session_replication_role = replica; SET synchronous_commit = off`);
  for (const table of daysAgo > 0 ? ['orders', 'insertions'] : []) {
    await client.query(`UPDATE ${table} SET created_at = created_at - make_interval(days => $1)`, [daysAgo]);
  }
  await client.query(
    'CREATE TABLE bench_patterns AS SELECT id, (row_number() OVER ())::integer - 1 AS pattern FROM orders',
  );
  for (let done = 0; done < count; done += AT_ONCE)
    await copyOrders(client, tables, done, Math.min(AT_ONCE, count - done));
  await client.query('DROP TABLE bench_patterns');
  await client.query('VACUUM (ANALYZE)');
  await client.query('CHECKPOINT');
  await client.query('RESET session_replication_role; RESET synchronous_commit');
  // The patterns are no orders of any run.
  await mock.call('reset', 0);
}

async function copyOrders(client: Client, tables: string[], from: number, count: number): Promise<void> {
  await client.query(
    `CREATE TEMP TABLE bench_copies AS
       SELECT n, uuidv7() AS id, p.id AS pattern_id
         FROM generate_series(${from + 1}, ${from + count}) AS n JOIN bench_patterns p ON p.pattern = n % ${PATTERNS}`,
  );
  await client.query('ANALYZE bench_copies');
  for (const table of tables) {
    const columns = await columnsOf(client, table);
    const values = columns.map((column) => {
      if (column === 'id' || column === 'sale') return 'c.id';
      if (column === 'body' && table === 'pdfs') return String.raw`'\x255044462d'::bytea`;
      return OWN.includes(column) ? `'s' || lpad(c.n::text, 14, '0')` : `t."${column}"`;
    });
    const into = columns.map((column) => `"${column}"`).join(', ');
    await client.query(
      `INSERT INTO ${table} (${into})
       SELECT ${values.join(', ')} FROM bench_copies c JOIN ${table} t ON t.id = c.pattern_id`,
    );
  }
  await client.query('DROP TABLE bench_copies');
}

async function columnsOf(client: Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ column_name: string }>(
    `SELECT column_name FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position`,
    [table],
  );
  return rows.map(({ column_name: name }) => name);
}
