import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { piaoka } from '../cli/piaoka';
import { query } from '../support/databases';
import { Json, World } from '../support/world';

const ADMIN = 'admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const DAY = { from: '2026-11-24', to: '2026-11-25' };
const NOON = '2026-11-24T12:00:00+08:00';

describe('what a merchant says it issued, compared with what is here', () => {
  let world: World;
  let merchant: string;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    merchant = ((await query<Json>(world.databaseUrl, 'SELECT id FROM merchants'))[0] as Json).id as string;
    await accepted('same', 'inserted');
    await accepted('dearer', 'inserted', { fee: 999 });
    await accepted('renumbered', 'inserted');
    await accepted('failed', 'refused');
    await accepted('doubtful', 'in_doubt');
    await accepted('still-valid', 'inserted');
    await accepted('cancelled-too', 'cancelled');
    await accepted('unnamed', 'inserted');
    await accepted('unnamed-but-over', 'refused');
    await accepted('another-day', 'inserted', { at: '2026-11-25T00:00:00+08:00' });
  });
  afterAll(() => world.end());

  /** An order as it lies there long after; its invoice's number is its id in digits. */
  async function accepted(orderId: string, state: string, { fee = 10600, at = NOON } = {}): Promise<void> {
    await query(
      world.databaseUrl,
      `WITH o AS (
         INSERT INTO orders (merchant_id, id, appid, order_id, card_id, invoice_number, invoice, content_sha256, pdf_sha256, created_at)
         SELECT id, gen_random_uuid(), appid, $1, 'c', $2, jsonb_build_object('fee', $3::int), sha256('a'), sha256('b'), $4
           FROM merchants RETURNING merchant_id, id)
       INSERT INTO insertions (merchant_id, id, issuer_appid, created_at, state, card_code_state, doubt_since)
       SELECT merchant_id, id, 'wx', $4, $5, CASE WHEN $5 IN ('inserted', 'cancelled') THEN 'unknown' ELSE 'none' END,
              CASE WHEN $5 = 'in_doubt' THEN now() END FROM o`,
      [orderId, numberOf(orderId), fee, at, state],
      'SET session_replication_role = replica',
    );
  }

  function send(type: string, body: string, given: object = {}) {
    const query = new URLSearchParams({ merchant, ...DAY, ...given }).toString();
    return world.post(`/v1/admin/reconciliations/statements?${query}`, body, ADMIN).set('content-type', type).retry(0);
  }

  async function compared(type: string, body: string, days: object = DAY): Promise<Json> {
    const { body: run } = await send(type, body, days).expect(201);
    for (let n = 0; n < 600; n += 1) {
      const { body: now } = await world.get(`/v1/admin/reconciliations/${run.id}?limit=200`, ADMIN).expect(200);
      if (now.state !== 'running' && now.state !== 'queued') return now as Json;
      await new Promise((resume) => setTimeout(resume, 30));
    }
    throw new Error('the run does not end');
  }

  /** Class and order of what a statement told. */
  const differences = (run: Json) =>
    ((run.findings as Json).items as Json[])
      .filter(({ source }) => source === 'statement')
      .map((finding) => `${finding.class} ${finding.order_id}`)
      .sort();

  const left = () => query<Json>(world.databaseUrl, 'SELECT line FROM statement_lines');

  const LINES = [
    { order_id: 'same', invoice_number: numberOf('same'), fee: 10600, state: 'inserted' },
    { order_id: 'dearer', fee: 10600 },
    { order_id: 'renumbered', invoice_number: '26312000000000000001' },
    { order_id: 'failed' },
    { order_id: 'doubtful', state: 'inserted' },
    { order_id: 'still-valid', state: 'cancelled' },
    { order_id: 'cancelled-too', state: 'cancelled' },
    { order_id: 'never-posted', fee: 5 },
    { order_id: 'never-posted-and-void', state: 'cancelled' },
    { order_id: 'another-day' },
  ];

  test('each difference is told by its class, what is the same is not', async () => {
    const run = await compared('application/x-ndjson', LINES.map((line) => JSON.stringify(line)).join('\n'));
    expect(run).toMatchObject({ state: 'done', source: 'statement', statement_lines: LINES.length });
    expect(run.statement_sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(differences(run)).toEqual([
      'amount dearer',
      'extra unnamed',
      'missing never-posted',
      'number renumbered',
      'state doubtful',
      'state failed',
      'state still-valid',
    ]);
    const of = (name: string) => ((run.findings as Json).items as Json[]).find((f) => f.order_id === name) as Json;
    expect(of('dearer')).toMatchObject({ ours: { fee: 999 }, theirs: { fee: 10600 } });
    expect(of('dearer').explanation_en).toContain('999 分 here, 10600 分 in the merchant’s statement');
    expect(of('still-valid').suggestion).toContain('冲红');
    expect(of('never-posted')).toMatchObject({ order: null, ours: null, theirs: { fee: 5, state: 'issued' } });
    expect(await left()).toEqual([]);
    const { body } = await world.get('/v1/admin/audit?limit=50', ADMIN).expect(200);
    const act = (body.items as Json[]).find(({ object }) => object === run.id);
    expect(act).toMatchObject({ action: 'reconciliation.requested', data: { lines: LINES.length } });
  });

  test('a run without statement closes what our own ledger answers; the next statement closes what it no longer says', async () => {
    await accepted('never-posted', 'accepted');
    const { body: started } = await world.post('/v1/admin/reconciliations', {}, ADMIN).expect(201);
    let open: Json[] = [];
    for (let n = 0; n < 600; n += 1) {
      const { body: run } = await world.get(`/v1/admin/reconciliations/${started.id}`, ADMIN).expect(200);
      open = (await world.get('/v1/admin/findings?state=open&limit=200', ADMIN).expect(200)).body.items as Json[];
      if (run.state === 'done') break;
      await new Promise((resume) => setTimeout(resume, 30));
    }
    const told = open.filter(({ source }) => source === 'statement').map((f) => `${f.class} ${f.order_id}`);
    expect(told).not.toContain('missing never-posted');
    expect(told).toContain('amount dearer');

    // As a Chinese spreadsheet exports it: a byte order mark, CRLF, Chinese names, quotes, an empty cell.
    const csv = '\uFEFF订单号,发票号码,金额（分）,状态\r\n"same",,10600,已插卡\r\ndearer,,999,"已开具"\r\n';
    const run = await compared('text/csv; charset=utf-8', csv);
    expect(run).toMatchObject({ statement_lines: 2 });
    expect(differences(run)).toEqual([
      'extra doubtful',
      'extra never-posted',
      'extra renumbered',
      'extra still-valid',
      'extra unnamed',
    ]);
  });

  test('a missing order is no less missing for a statement of fewer days', async () => {
    const [first, last] = ['2026-11-01', '2026-11-04'] as const;
    const ndjson = 'application/x-ndjson';
    await compared(ndjson, '{"order_id":"of-the-third"}', { from: first, to: last });
    const state = async () =>
      (await query<Json>(world.databaseUrl, `SELECT state FROM findings WHERE order_id = 'of-the-third'`))[0]?.state;
    await compared(ndjson, '{"order_id":"of-the-first","state":"cancelled"}', { from: first, to: '2026-11-02' });
    expect(await state()).toBe('open');
    await compared(ndjson, '{"order_id":"of-the-first","state":"cancelled"}', { from: first, to: last });
    expect(await state()).toBe('gone');
  });

  test('every fault is told with its line, in both languages, and nothing is kept or compared', async () => {
    const runs = () => query<Json>(world.databaseUrl, 'SELECT id FROM reconciliation_runs');
    const before = await runs();
    const csv = [
      'order_id,invoice_number,fee,state',
      'a,2.63E+19,1,',
      'b,,ten,lost',
      'c,"unclosed,1,',
      'd,,1',
      'b2,12345678,1,issued',
      'b2,12345678,1,issued',
      ',,1,',
      'x'.repeat(5000),
    ].join('\n');
    const { body } = await send('text/csv', csv).expect(422);
    expect((body.errors as Json[]).map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/2/invoice_number', 'CSV-NUMBER'],
      ['/3/fee', 'FIELD-TYPE'],
      ['/3/state', 'FIELD-VALUE'],
      ['/4', 'CSV-SYNTAX'],
      ['/5', 'CSV-SYNTAX'],
      ['/7/order_id', 'LINE-REPEATED'],
      ['/8/order_id', 'FIELD-MISSING'],
      ['/9', 'LINE-LENGTH'],
    ]);
    expect(body.errors[5].message).toContain('第 7 行：与第 6 行');
    expect(body.errors[5].message_en).toContain('Line 7: The same order as in line 6');

    const refusals: [type: string, body: string, pointer: string, code: string][] = [
      ['text/csv', 'order,fee\n', '/1', 'CSV-COLUMN'],
      ['text/csv', 'order_id,order_id\n', '/1', 'CSV-COLUMN'],
      ['text/csv', '', '', 'JSON-EMPTY'],
      ['application/x-ndjson', '', '', 'JSON-EMPTY'],
      ['application/x-ndjson', '{"order_id":"a"}\n{"order_id":"b","fees":1}\n', '/2/fees', 'FIELD-UNKNOWN'],
      ['application/x-ndjson', '{"order_id":"a","order_id":"b"}\n', '/1/order_id', 'JSON-DUPLICATE-KEY'],
      ['application/x-ndjson', '\n[]\n', '/2', 'FIELD-TYPE'],
      ['application/x-ndjson', 'null\n', '/1', 'FIELD-TYPE'],
    ];
    for (const [type, text, pointer, code] of refusals) {
      const { body: problem } = await send(type, text).expect(422);
      expect([text, problem.errors[0].pointer, problem.errors[0].code]).toEqual([text, pointer, code]);
    }
    for (const [given, pointer] of [
      [{ merchant: '00000000-0000-4000-8000-000000000000' }, '?merchant'],
      [{ from: '2026-11-26' }, '?to'],
      [{ to: 'tomorrow' }, '?to'],
    ] as const) {
      const { body: problem } = await send('text/csv', 'order_id\n', given).expect(422);
      expect(problem.errors[0].pointer).toBe(pointer);
    }
    await send('application/json', '{}').expect(415);
    expect(await left()).toEqual([]);
    expect(await runs()).toEqual(before);
  });

  test('a statement far longer than what is held of it is compared whole; one of a dead process is cleared away', async () => {
    const dead = '0197b6f0-0000-7000-8000-000000000001';
    await query(
      world.databaseUrl,
      `INSERT INTO statement_lines (run_id, appid, order_id, line, state) VALUES ($1, 'wx', 'x', 1, 'issued')`,
      [dead],
    );
    const many = Array.from({ length: 6001 }, (_, n) => `m${n},,1,`);
    const run = await compared('text/csv', `order_id,invoice_number,fee,state\n${many.join('\n')}\n`);
    expect(run).toMatchObject({ statement_lines: 6001, counts: { lines: 6001, missing: 6001 } });
    expect(await left()).toEqual([]);
    // An order named in the first thousand and again much later.
    const { body } = await send('text/csv', `order_id\n${many.map((line) => line.split(',')[0]).join('\n')}\nm7\n`);
    expect(body.errors).toMatchObject([{ pointer: '/6003/order_id', code: 'LINE-REPEATED' }]);
    expect(body.errors[0].message_en).toContain('line 9');
  });

  test('from a terminal: the file is sent, and differences exit with 1', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'piaoka-statement-'));
    const file = join(folder, 'issued.csv');
    writeFileSync(file, '订单号,金额（分）\nsame,10601\n');
    const env = { PIAOKA_URL: world.service.url, PIAOKA_KEY: ADMIN };
    const days = ['--from', DAY.from, '--to', DAY.to];
    const ran = await piaoka(['reconcile', '--statement', file, '--merchant', merchant, ...days], env);
    expect(ran).toMatchObject({ exit: 1, stderr: '' });
    expect(ran.stdout).toContain('✗ amount  same');
    expect(await piaoka(['reconcile', '--statement', file, ...days], env)).toMatchObject({ exit: 2 });
    rmSync(folder, { recursive: true });
  });
});

/** Twenty digits of its own for each id. */
function numberOf(orderId: string): string {
  return `263120${[...orderId].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 1e14, 7)}`
    .padEnd(20, '0')
    .slice(0, 20);
}
