import { createHash } from 'node:crypto';
import { Workbook } from 'exceljs';
import { Client } from 'pg';
import { query } from '../support/databases';
import { Json, World } from '../support/world';

const ADMIN = 'admin_8f3a61c4d27b90e5a1f6037bc95e24d8';

describe('the report of a merchant’s day', () => {
  let world: World;
  let merchant: string;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    merchant = ((await query<Json>(world.databaseUrl, 'SELECT id FROM merchants'))[0] as Json).id as string;
    await accepted('2026-11-24T00:00:00+08:00', { state: 'inserted', fee: 10600 });
    await accepted('2026-11-24T12:00:00+08:00', { state: 'refused', fee: 200 });
    await accepted('2026-11-24T12:00:01+08:00', { state: 'rejected', fee: 30 });
    await accepted('2026-11-24T12:00:02+08:00', { state: 'cancelled', fee: 4 });
    await accepted('2026-11-24T23:59:59.999999+08:00', { state: 'in_doubt', fee: 50000 });
    // The days before and after, by a hair.
    await accepted('2026-11-23T23:59:59.999999+08:00', { state: 'inserted', fee: 7_000_000 });
    await accepted('2026-11-25T00:00:00+08:00', { state: 'inserted', fee: 8_000_000 });
  });
  afterAll(() => world.end());

  /** An order as it lies there long after. */
  async function accepted(at: string, { state, fee }: { state: string; fee: number }): Promise<string> {
    const [row] = await query<Json>(
      world.databaseUrl,
      `WITH o AS (
         INSERT INTO orders (merchant_id, id, appid, order_id, card_id, invoice_number, invoice, content_sha256, pdf_sha256, created_at)
         SELECT $1, gen_random_uuid(), 'wx', 'D' || n, 'c', 'n' || n, jsonb_build_object('fee', $4::int),
                sha256('a'), sha256('b'), $2 FROM (SELECT count(*) AS n FROM orders) c
         RETURNING id, order_id)
       , i AS (
         INSERT INTO insertions (merchant_id, id, issuer_appid, created_at, state, card_code_state, doubt_since)
         SELECT $1, id, 'wx', $2, $3, CASE WHEN $3 IN ('inserted', 'cancelled') THEN 'unknown' ELSE 'none' END,
                CASE WHEN $3 = 'in_doubt' THEN now() END FROM o)
       SELECT order_id FROM o`,
      [merchant, at, state, fee],
      'SET session_replication_role = replica',
    );
    return row?.order_id as string;
  }

  async function finding(orderId: string, orderAt: string, ours: Json, state = 'open'): Promise<void> {
    await query(
      world.databaseUrl,
      `INSERT INTO findings (id, merchant_id, source, class, subject, order_id, order_at, facts, since, opened_by, seen_by, state)
       SELECT gen_random_uuid(), $1, 'wechat', 'amount', gen_random_uuid()::text, $2, $3, $4, now(), r, r, $5
         FROM gen_random_uuid() AS r`,
      [merchant, orderId, orderAt, JSON.stringify({ ours, theirs: { fee: 1 } }), state],
    );
  }

  async function report(day: string): Promise<Json> {
    const { body } = await world.post('/v1/admin/reports', { merchant, day }, ADMIN).expect(201);
    return made(body.id as string);
  }

  async function made(id: string): Promise<Json> {
    for (let n = 0; n < 1200; n += 1) {
      const { body } = await world.get(`/v1/admin/reports/${id}`, ADMIN).expect(200);
      if (body.state !== 'queued') return body as Json;
      await new Promise((resume) => setTimeout(resume, 50));
    }
    throw new Error('the report is not made');
  }

  async function bytesOf(id: string, name: string): Promise<Buffer> {
    const answer = await fetch(`${world.service.url}/v1/admin/reports/${id}/files/${name}`, {
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    expect(answer.status).toBe(200);
    return Buffer.from(await answer.arrayBuffer());
  }

  test('counts each order of the day once, from midnight to midnight in Shanghai, in number and 分', async () => {
    const day = await report('2026-11-24');
    expect(day).toMatchObject({
      state: 'done',
      summary: {
        issued: { count: 5, fee: 60834 },
        inserted: { count: 1, fee: 10600 },
        open: { count: 1, fee: 50000 },
        refused: { count: 2, fee: 230 },
        cancelled: { count: 1, fee: 4 },
      },
    });
    const summary = (await bytesOf(day.id as string, 'summary.csv')).toString();
    expect(summary).toBe(
      '\ufeffline,count,fee,net,tax\r\nissued,5,60834,0,0\r\ninserted,1,10600,0,0\r\nopen,1,50000,0,0\r\nrefused,2,230,0,0\r\ncancelled,1,4,0,0\r\n',
    );
  });

  test('lists what differs still in all forms; no cell of other people’s words becomes a formula', async () => {
    const evil = '=HYPERLINK("http://evil.example")';
    await finding(evil, '2026-11-24T09:00:00+08:00', { state: 'inserted', fee: 10600 });
    await finding('-1', '2026-11-24T09:00:01+08:00', { state: 'inserted', fee: 10600 }, 'accepted');
    await finding('settled', '2026-11-24T09:00:02+08:00', {}, 'resolved');
    await finding('other-day', '2026-11-25T00:00:00+08:00', {});
    const day = await report('2026-11-24');
    expect(day.summary.drift).toBe(2);

    const json = JSON.parse((await bytesOf(day.id as string, 'report.json')).toString()) as Json;
    expect(json.report).toMatchObject({ id: day.id, day: '2026-11-24', as_of: day.as_of });
    expect(json.summary).toEqual(day.summary);
    expect(json.drift).toMatchObject([
      { order_id: evil, class: 'amount', theirs: { fee: 1 } },
      { order_id: '-1', state: 'accepted' },
    ]);

    const lines = (await bytesOf(day.id as string, 'drift.csv')).toString().split('\r\n');
    expect(lines[0]).toMatch(/^\ufefforder_id,order,order_at,source,class/);
    expect(lines[1]).toMatch(/^"'=HYPERLINK\(""http/);
    expect(lines[2]).toMatch(/^'-1,/);
    // What the guard guards against: the words alone would begin a formula.
    expect(evil).toMatch(/^[=+\-@\t\r]/);

    const book = new Workbook();
    await book.xlsx.load((await bytesOf(day.id as string, 'report.xlsx')) as never);
    const cell = book.getWorksheet('差异 Differences')?.getCell('A2');
    expect([cell?.formula, cell?.value]).toEqual([undefined, evil]);
  });

  test('tells what differs of earlier days too: an order is aged days after its own', async () => {
    await finding('waits for days', '2026-11-20T09:00:00+08:00', { state: 'in_doubt' });
    const day = await report('2026-11-21');
    expect(day.summary).toMatchObject({ issued: { count: 0 }, drift: 1 });
    const json = JSON.parse((await bytesOf(day.id as string, 'report.json')).toString()) as Json;
    expect(json.drift).toMatchObject([{ order_id: 'waits for days' }]);
    expect((await report('2026-11-19')).summary.drift).toBe(0);
  });

  test('is made while others write into the merchant’s audit trail', async () => {
    const others = new Client({ connectionString: world.databaseUrl });
    await others.connect();
    // The report has taken its snapshot and stands before its differences.
    await others.query('BEGIN; LOCK TABLE findings IN ACCESS EXCLUSIVE MODE');
    const { body } = await world.post('/v1/admin/reports', { merchant, day: '2026-11-24' }, ADMIN).expect(201);
    const stands = `SELECT FROM pg_locks WHERE relation = 'findings'::regclass AND NOT granted`;
    while ((await query(world.databaseUrl, stands)).length === 0) await new Promise((resume) => setTimeout(resume, 20));
    await world.post('/v1/admin/reports', { merchant, day: '2026-11-23' }, ADMIN).expect(201);
    await others.query('ROLLBACK');
    await others.end();
    expect(await made(body.id as string)).toMatchObject({ state: 'done', error: null });
    expect(await query(world.databaseUrl, 'SELECT tries FROM reports WHERE id = $1', [body.id])).toEqual([
      { tries: 0 },
    ]);
  });

  test('a report whose maker died is made anew, and has each of its bytes once', async () => {
    const id = 'ffffffff-0000-4000-8000-000000000001';
    await query(
      world.databaseUrl,
      `WITH r AS (INSERT INTO reports (id, merchant_id, day, requested_by, as_of) VALUES ($1, $2, '2026-11-24', 'me', now()))
       INSERT INTO report_parts (report_id, file, n, body) SELECT $1, 'report.json', n, 'dead' FROM generate_series(0, 3) n`,
      [id, merchant],
    );
    // Wakes the job.
    await report('2026-11-22');
    expect((await made(id)).state).toBe('done');
    expect(JSON.parse((await bytesOf(id, 'report.json')).toString())).toMatchObject({ report: { id } });
  });

  test('its manifest holds for the bytes, and the audit trail vouches for it', async () => {
    const { id, files } = (await report('2026-11-24')) as { id: string; files: Json[] };
    expect(files.map(({ name }) => name as string)).toEqual([
      'report.json',
      'summary.csv',
      'invoices.csv',
      'drift.csv',
      'report.xlsx',
    ]);
    const sums = new Map<string, string>();
    for (const { name, sha256, bytes } of files) {
      const body = await bytesOf(id, name as string);
      expect(body).toHaveLength(bytes as number);
      sums.set(name as string, createHash('sha256').update(body).digest('hex'));
      expect(sums.get(name as string)).toBe(sha256);
    }
    expect((await bytesOf(id, 'SHA256SUMS')).toString()).toBe(
      [...sums].map(([name, sum]) => `${sum}  ${name}\n`).join(''),
    );
    const { body: trail } = await world.get(`/v1/admin/audit?action=report.made&limit=200`, ADMIN).expect(200);
    const act = (trail.items as Json[]).find(({ object }) => object === id);
    expect(act?.data).toEqual({ day: '2026-11-24', sha256: Object.fromEntries(sums) });
  });

  test('stays as it was made, whatever happens to its orders afterwards', async () => {
    const before = await report('2026-11-24');
    const bytes = await bytesOf(before.id as string, 'report.json');
    await accepted('2026-11-24T15:00:00+08:00', { state: 'inserted', fee: 1 });
    expect((await made(before.id as string)).summary).toEqual(before.summary);
    expect(await bytesOf(before.id as string, 'report.json')).toEqual(bytes);
    // The next one sees it.
    expect((await report('2026-11-24')).summary.issued.count).toBe((before.summary.issued.count as number) + 1);
  });

  test('is refused for a day that is none, one to come, and a merchant nobody knows', async () => {
    for (const wrong of [{ day: '2026-02-30' }, { day: '2099-01-01' }, { day: '24.11.2026' }, { merchant: uuid() }]) {
      const { body } = await world
        .post('/v1/admin/reports', { merchant, day: '2026-11-24', ...wrong }, ADMIN)
        .expect(422);
      expect(body.errors[0].pointer).toBe(`/${Object.keys(wrong)[0]}`);
    }
    await world.get(`/v1/admin/reports/${uuid()}`, ADMIN).expect(404);
    await world.get('/v1/admin/reports').expect(401);
    const { body: list } = await world.get(`/v1/admin/reports?day=2026-11-24&limit=1`, ADMIN).expect(200);
    expect(list).toMatchObject({ has_more: true, items: [{ day: '2026-11-24' }] });
    await world.get(`/v1/admin/reports/${list.items[0].id}/files/..%2F..%2Fetc%2Fpasswd`, ADMIN).expect(404);
  });

  test('a day without orders is reported as nought', async () => {
    const { summary } = await report('2020-02-29');
    expect(summary).toMatchObject({ issued: { count: 0, fee: 0 }, drift: 0 });
  });
});

function uuid(): string {
  return '00000000-0000-4000-8000-000000000000';
}
