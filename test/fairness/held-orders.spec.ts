import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { listOf, OrderFilter } from '../../src/orders/orders.read';
import { createDatabase } from '../support/databases';

/** `LONG=1` for the long form. */
const STORED = process.env.LONG ? 200_000 : 20_000;
const WAITING = randomUUID();
const DONE = randomUUID();

interface PlanNode {
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: PlanNode[];
}

/** One merchant’s orders all wait; all but three of the other’s are inserted. */
describe(`?state=held with ${STORED.toLocaleString('en')} orders of each merchant`, () => {
  let client: Client;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const database = await createDatabase();
    drop = database.drop;
    client = new Client({ connectionString: database.url });
    await client.connect();
    for (const [appid, merchant] of [
      ['wx1', WAITING],
      ['wx2', DONE],
    ] as const) {
      await client.query(
        `INSERT INTO accounts (appid, role, secret, token_kind, billing_fields) VALUES ($1, 'issuer', '\\x00', 'stable', 'current')`,
        [appid],
      );
      await client.query('INSERT INTO merchants (id, name, appid, issuer_appid) VALUES ($1, $2, $2, $2)', [
        merchant,
        appid,
      ]);
      const waits = merchant === WAITING ? 'true' : 'n <= 3';
      await client.query(
        `CREATE TEMP TABLE ids AS SELECT gen_random_uuid() AS id, n, now() - interval '10 days' + n * interval '1 ms' AS at, ${waits} AS waits
           FROM generate_series(1, ${STORED}) n`,
      );
      const zeros = `decode(repeat('00', 32), 'hex')`;
      await client.query(
        `INSERT INTO orders (merchant_id, id, appid, order_id, card_id, invoice_number, invoice, content_sha256, pdf_sha256, created_at)
         SELECT $1, id, $2::text, 'S' || n, 'p', n::text, '{}', ${zeros}, ${zeros}, at FROM ids`,
        [merchant, appid],
      );
      await client.query(
        `INSERT INTO insertions (merchant_id, id, issuer_appid, created_at, state, due_at, card_code, card_code_state)
         SELECT $1, id, $2::text, at, CASE WHEN waits THEN 'accepted' ELSE 'inserted' END, CASE WHEN waits THEN at END,
                CASE WHEN NOT waits THEN n::text END, CASE WHEN waits THEN 'none' ELSE 'known' END FROM ids`,
        [merchant, appid],
      );
      await client.query('DROP TABLE ids');
    }
    await client.query('ANALYZE');
  }, 600_000);
  afterAll(async () => {
    await client.end();
    await drop();
  });

  /** The page as the merchant's reads ask for it: how many orders, and how many rows were touched for them. */
  async function held(merchant: string, more: Partial<OrderFilter> = {}): Promise<{ found: number; touched: number }> {
    const { text, values } = listOf(merchant, { state: 'held', limit: 50, ...more });
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
      values,
    );
    const { Plan: plan } = (rows[0] as { 'QUERY PLAN': [{ Plan: PlanNode }] })['QUERY PLAN'][0];
    return { found: plan['Actual Rows'] ?? 0, touched: touched(plan) };
  }
  async function whileHeld(appid: string | null, merchant: string | null, work: () => Promise<void>): Promise<void> {
    await client.query('BEGIN');
    await client.query(`INSERT INTO holds (id, scope, appid, merchant_id, reason) VALUES ($1, $2, $3, $4, 'x')`, [
      randomUUID(),
      appid ? 'account' : 'merchant',
      appid,
      merchant,
    ]);
    await work();
    await client.query('ROLLBACK');
  }

  it('reads no order at all while nothing of the merchant’s is held, whoever else is', async () => {
    expect(await held(WAITING)).toEqual({ found: 0, touched: 0 });
    await whileHeld('wx2', null, async () => expect(await held(WAITING)).toEqual({ found: 0, touched: 0 }));
  });

  it.each([
    ['its account', 'wx1', null],
    ['the merchant', null, WAITING],
  ])('reads a page where %s is held and everything waits', async (_, appid, merchant) => {
    await whileHeld(appid, merchant, async () => {
      const page = await held(WAITING);
      expect(page.found).toBe(51);
      expect(page.touched).toBeLessThan(1000);
    });
  });

  it('finds the few that wait among the many that do not', async () => {
    await whileHeld('wx2', null, async () => {
      const page = await held(DONE);
      expect(page.found).toBe(3);
      expect(page.touched).toBeLessThan(1000);
    });
  });

  it('counts an account that the merchant issued under before', async () => {
    await client.query('BEGIN');
    await client.query(`UPDATE merchants SET issuer_appid = 'wx2' WHERE id = $1`, [WAITING]);
    await client.query(
      `INSERT INTO holds (id, scope, appid, reason) VALUES (gen_random_uuid(), 'account', 'wx1', 'x')`,
    );
    expect((await held(WAITING)).found).toBe(51);
    await client.query('ROLLBACK');
  });
});

/** Rows of orders and insertions that were read, kept or not. */
function touched(node: PlanNode): number {
  const big = /^(orders|insertions)/.test(node['Relation Name'] ?? node['Index Name'] ?? '');
  const own = big
    ? ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1)
    : 0;
  return own + (node.Plans ?? []).reduce((sum, one) => sum + touched(one), 0);
}
