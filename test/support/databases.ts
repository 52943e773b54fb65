import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** The server the run uses: DATABASE_URL, or the own one that the global set-up started. */
const server = () => process.env.TEST_SERVER_URL as string;
export const TEMPLATE = 'piaoka_test_template';

export function databaseUrl(name: string): string {
  const url = new URL(server());
  url.pathname = `/${name}`;
  return url.toString();
}

/** A migrated database of its own for one story; gone with `drop`. */
export async function createDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `piaoka_test_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  return { url: databaseUrl(name), drop: () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

export async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: server() });
  await client.connect();
  // Two suites cannot copy one template at the same moment.
  if (statement.startsWith('CREATE')) await client.query('SELECT pg_advisory_lock(4711)');
  await client.query(statement).finally(() => client.end());
}

/** Rows of a statement, for looking at what is really stored. `setup` runs before it on the same connection. */
export async function query<Row = Record<string, unknown>>(
  url: string,
  text: string,
  values: unknown[] = [],
  setup = '',
) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    if (setup) await client.query(setup);
    return (await client.query(text, values)).rows as Row[];
  } finally {
    await client.end();
  }
}
