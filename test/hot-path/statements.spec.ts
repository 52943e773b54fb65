import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { ORDER_OF_CODE } from '../../src/callbacks/card-status';
import { accept, ACCEPT_COLUMNS, CLAIM, INTEND, PDFS, RECORD } from '../../src/insertion/insertion.queue';
import { AS_ENGINE } from '../../src/data/statement';
import { createDatabase } from '../support/databases';
import { MASTER_KEY } from '../support/world';

const MERCHANT = randomUUID();
/** `LONG=1` for the long form. */
const STORED = process.env.LONG ? 1_000_000 : 100_000;

/** Big tables that a hot statement may never read from end to end. */
const BIG = ['orders', 'insertions', 'live_invoices', 'events', 'attempts', 'pdfs', 'open_attempts'];

describe(`hot statements with ${STORED.toLocaleString('en')} stored orders`, () => {
  let client: Client;
  let drop: () => Promise<void>;
  let known: string;

  beforeAll(async () => {
    const database = await createDatabase();
    drop = database.drop;
    client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(
      `INSERT INTO accounts (appid, role, secret, token_kind, billing_fields) VALUES ('wx1', 'issuer', '${MASTER_KEY}', 'stable', 'current')`,
    );
    await client.query(`INSERT INTO merchants (id, name, appid, issuer_appid) VALUES ($1, 'm', 'wx1', 'wx1')`, [
      MERCHANT,
    ]);
    await client.query(
      `CREATE TEMP TABLE ids AS SELECT gen_random_uuid() AS id, n, now() - interval '10 days' + n * interval '1 ms' AS at FROM generate_series(1, ${STORED}) n`,
    );
    await client.query(`INSERT INTO orders (merchant_id, id, appid, order_id, card_id, invoice_number, invoice, content_sha256, pdf_sha256, created_at)
      SELECT '${MERCHANT}', id, 'wx1', 'S' || n, 'p', lpad(n::text, 20, '0'), '{}', decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), at FROM ids`);
    await client.query(`INSERT INTO live_invoices SELECT '${MERCHANT}', id, '', lpad(n::text, 20, '0') FROM ids`);
    await client.query(`INSERT INTO insertions (merchant_id, id, issuer_appid, created_at, state, due_at, card_code, card_code_state, media_id, uploaded_at)
      SELECT '${MERCHANT}', id, 'wx1', at, CASE WHEN n % 100 = 0 THEN 'awaiting_authorization' WHEN n % 1000 = 1 THEN 'accepted' ELSE 'inserted' END,
             CASE WHEN n % 100 = 0 THEN now() + interval '1 hour' WHEN n % 1000 = 1 THEN now() - interval '1 minute' END,
             CASE WHEN n % 100 = 0 OR n % 1000 = 1 THEN NULL ELSE n::text END, CASE WHEN n % 100 = 0 OR n % 1000 = 1 THEN 'none' ELSE 'known' END,
             CASE WHEN n % 1000 = 1 THEN NULL ELSE 'm' END, CASE WHEN n % 1000 = 1 THEN NULL ELSE at END FROM ids`);
    await client.query(
      `INSERT INTO events (merchant_id, id, seq, at, type) SELECT '${MERCHANT}', id, 1, at, 'accepted' FROM ids`,
    );
    await client.query(`INSERT INTO pdfs SELECT '${MERCHANT}', id, 'pdf', at, '\\x00' FROM ids WHERE n % 10 = 0`);
    await client.query('ANALYZE');
    known = (await client.query<{ id: string }>('SELECT id FROM ids WHERE n = 1001')).rows[0]?.id as string;
  }, 600_000);
  afterAll(async () => {
    await client.end();
    await drop();
  });

  const row = {
    merchant_id: MERCHANT,
    claimed_by: 'w',
    fence: 1,
    n: 1,
    state: 'sending',
    kind: 'first',
    request_sha256: '00',
    probes: 0,
    uploaded: true,
    upload_story: {},
  };
  const acceptValues = () =>
    ACCEPT_COLUMNS.map(([name, type]) => {
      if (name === 'merchant_id') return MERCHANT;
      if (type === 'uuid') return randomUUID();
      if (type === 'bytea') return name.startsWith('trip') ? null : Buffer.alloc(32);
      return type === 'jsonb' ? '{}' : `x${randomUUID()}`;
    });

  /** The plan the service uses: made once for all values, then run with these. */
  async function planOf(setup: string, text: string, values: unknown[], as = AS_ENGINE): Promise<[{ Plan: PlanNode }]> {
    await client.query(`BEGIN; ${setup}; ${as}`);
    await client.query(`PREPARE hot AS ${text}`);
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE hot (${values.map(literal).join(', ')})`,
    );
    await client.query('ROLLBACK; DEALLOCATE hot');
    return rows[0]?.['QUERY PLAN'] as [{ Plan: PlanNode }];
  }

  function literal(value: unknown): string {
    if (value === null) return 'NULL';
    if (typeof value === 'number') return String(value);
    if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'`;
    return client.escapeLiteral(Array.isArray(value) ? `{${value.join(',')}}` : (value as string));
  }

  it('are not compiled anew each time, whatever the server does by default', async () => {
    const jit = async () => (await client.query<{ jit: string }>('SHOW jit')).rows[0]?.jit;
    await client.query('SET jit = on');
    await client.query(`BEGIN; ${AS_ENGINE}`);
    expect(await jit()).toBe('off');
    await client.query('ROLLBACK');
    expect(await jit()).toBe('on');
  });

  it.each<[string, string, () => unknown[]]>([
    ['accept', accept(2).text, () => [...acceptValues(), ...acceptValues()]],
    ['claim', CLAIM.text, () => [32, 'w', 60, '{}', [], '{}']],
    ['pdfs', PDFS.text, () => [[MERCHANT], [known]]],
    ['intend', INTEND.text, () => [JSON.stringify([{ ...row, id: known }]), 60]],
    [
      'record',
      RECORD.text,
      () => [
        JSON.stringify([
          {
            ...row,
            id: known,
            state: 'refused',
            tries: 0,
            authorization_checks: 0,
            reuploads: 0,
            card_code_state: 'none',
            outcome: 'refused',
            sent: 'yes',
            classifier_version: 1,
            event: {},
          },
        ]),
      ],
    ],
  ])('%s stays on its indexes', async (_, text, values) => {
    const plan = await planOf('', text, values());
    expect(readWhole(plan[0].Plan)).toEqual([]);
    // Far above what an index needs, far below what a million rows need.
    expect(rowsRead(plan[0].Plan)).toBeLessThan(5000);
  });

  it.each(['wx1', 'wx2'])(
    'the order of a card’s code, for %s, is found in indexes, however it is planned',
    async (account) => {
      const values = [account, 'p', '1002'];
      for (const plan of [
        await planOf('', ORDER_OF_CODE, values),
        await planOf('', ORDER_OF_CODE, values, 'SET LOCAL ROLE piaoka_engine'),
      ]) {
        expect(readWhole(plan[0].Plan)).toEqual([]);
        // PostgreSQL before 18 skips nothing in an index whose first column is not given, and reads it from end to end.
        const used = walk(plan[0].Plan).find((node) => node['Index Name'] === 'insertions_one_card');
        expect(used?.['Index Cond']).toMatch(/issuer_appid = .*card_code = /);
      }
    },
  );

  it('the check bites: the same claim without its index reads a whole table', async () => {
    const plan = await planOf('DROP INDEX insertions_due', CLAIM.text, [32, 'w', 60, '{}', [], '{}']);
    expect(readWhole(plan[0].Plan).length + (rowsRead(plan[0].Plan) > 5000 ? 1 : 0)).toBeGreaterThan(0);
  });
});

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Index Name'?: string;
  'Index Cond'?: string;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

function walk(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(walk)];
}

function readWhole(plan: PlanNode): string[] {
  return walk(plan)
    .filter((node) => node['Node Type'] === 'Seq Scan' && BIG.some((table) => node['Relation Name']?.startsWith(table)))
    .filter((node) => (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0) > 1000)
    .map((node) => node['Relation Name'] as string);
}

function rowsRead(plan: PlanNode): number {
  const scans = walk(plan).filter((node) => node['Relation Name'] !== undefined);
  return scans.reduce(
    (sum, node) =>
      sum + ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1),
    0,
  );
}
