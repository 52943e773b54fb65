import { randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { connect } from '../../src/data/data-source';
import { AS_ENGINE, run, Statement } from '../../src/data/statement';
import { YoungTables } from '../../src/data/young-tables';
import { accept, ACCEPT_COLUMNS, CLAIM, PDFS } from '../../src/insertion/insertion.queue';
import { createDatabase, query } from '../support/databases';

const MERCHANT = randomUUID();
const BATCH = 8;
/** Until so many batches are stored, plans may be those of small tables. */
const FIRST = 70;
const THEN = 40;

type Run = (statement: Statement, values: unknown[]) => Promise<{ id: string }[]>;

describe('a database that was empty when the service started', () => {
  let url: string;
  let drop: () => Promise<void>;

  beforeEach(async () => {
    ({ url, drop } = await createDatabase());
    await query(
      url,
      `INSERT INTO accounts (appid, role, secret, token_kind, billing_fields) VALUES ('wx1', 'issuer', '\\x00', 'stable', 'current')`,
    );
    await query(url, `INSERT INTO merchants (id, name, appid, issuer_appid) VALUES ($1, 'm', 'wx1', 'wx1')`, [
      MERCHANT,
    ]);
    // So that nothing but the statements themselves brings better plans.
    for (const table of ['orders', 'insertions']) {
      await query(url, `ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
    }
  });
  afterEach(() => drop());

  it('is soon read by the row, however many orders pile up', async () => {
    const dataSource: DataSource = await connect(url, { poolSize: 1 });
    try {
      const flush = () => dataSource.query('SELECT pg_stat_force_next_flush()');
      const tables = new YoungTables(dataSource, ['orders', 'insertions', 'live_invoices']);
      const perform: Run = async (statement, values) => {
        const rows = await run<{ id: string }>(dataSource, statement, values);
        if (statement.name.startsWith('accept')) await tables.grew(rows.length);
        return rows;
      };
      expect(await rowsReadAnOrder(url, perform, flush)).toBeLessThan(25);
    } finally {
      await dataSource.destroy();
    }
  });

  it('the count bites: plans kept from the first moment read all that is stored', async () => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      const perform: Run = async (statement, values) => {
        await client.query(`BEGIN; ${AS_ENGINE}`);
        const { rows } = await client.query<{ id: string }>({ ...statement, values });
        await client.query('COMMIT');
        return rows;
      };
      const flush = () => client.query('SELECT pg_stat_force_next_flush()');
      expect(await rowsReadAnOrder(url, perform, flush)).toBeGreaterThan(100);
    } finally {
      await client.end();
    }
  });
});

/** Rows that PostgreSQL touches for each further order, in the tables that grow. */
async function rowsReadAnOrder(url: string, perform: Run, flush: () => Promise<unknown>): Promise<number> {
  const read = async () => {
    await flush();
    const [row] = await query<{ read: string }>(
      url,
      `SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) AS read FROM pg_stat_user_tables
        WHERE relname IN ('orders', 'insertions', 'live_invoices') OR relname LIKE 'pdfs_%'`,
    );
    return Number(row?.read);
  };
  await pileUp(FIRST, perform);
  const before = await read();
  await pileUp(THEN, perform);
  return ((await read()) - before) / (THEN * BATCH);
}

/** Orders are stored, claimed and read, batch after batch, as a service does it. */
async function pileUp(batches: number, perform: Run): Promise<void> {
  for (let batch = 0; batch < batches; batch += 1) {
    await perform(accept(BATCH), Array.from({ length: BATCH }, newOrder).flat());
    const claimed = await perform(CLAIM, [BATCH, 'w', 60, '{}', [], '{}']);
    expect(claimed).toHaveLength(BATCH);
    await perform(PDFS, [claimed.map(() => MERCHANT), claimed.map(({ id }) => id)]);
  }
}

function newOrder(): unknown[] {
  const given: Record<string, unknown> = {
    id: randomUUID(),
    merchant_id: MERCHANT,
    appid: 'wx1',
    issuer_appid: 'wx1',
    pdf: randomBytes(64),
    person: null,
    trip_pdf: null,
    trip_pdf_sha256: null,
    replaces: null,
    sale: randomUUID(),
  };
  return ACCEPT_COLUMNS.map(([name, type]) => {
    if (name in given) return given[name];
    if (type === 'bytea') return randomBytes(32);
    return type === 'jsonb' ? '{}' : randomBytes(10).toString('hex');
  });
}
