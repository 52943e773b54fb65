import { Workbook } from 'exceljs';
import { daysOf } from '../../src/reconciliation/report-period';
import { piaoka } from '../cli/piaoka';
import { query } from '../support/databases';
import { Json, World } from '../support/world';

const ADMIN = 'admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const NUMBER = '26312000000183259524';

describe('reports that finance reads', () => {
  let world: World;
  let merchant: string;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    const rows = await query<Json>(world.databaseUrl, `UPDATE merchants SET name = '示例科技' RETURNING id`);
    merchant = rows[0]?.id as string;
    // Accepted on Tuesday the 24th; each invoice is dated as it says.
    await accepted(
      'A-1',
      '2026-11-24T12:00:00+08:00',
      '2026-11-24T10:00:00+08:00',
      'inserted',
      [123_456_789, 116_468_669, 6_988_120],
    );
    await accepted('A-2', '2026-11-25T00:00:00+08:00', '2026-11-22T23:59:59+08:00', 'refused', [10_600, 10_000, 600]);
    await accepted('A-3', '2026-12-01T00:30:00+08:00', '2026-11-30T23:59:59+08:00', 'in_doubt', [106, 100, 6]);
    await accepted('A-4', '2026-11-22T23:59:59+08:00', '2026-11-01T00:00:00+08:00', 'cancelled', [4, 4, 0]);
    await query(
      world.databaseUrl,
      `INSERT INTO findings (id, merchant_id, source, class, subject, order_id, order_at, facts, since, opened_by, seen_by, state)
       SELECT gen_random_uuid(), $1, 'wechat', 'amount', 's', 'A-1', '2026-11-24T12:00:00+08:00',
              '{"ours":{"state":"inserted","fee":123456789},"theirs":{"fee":1}}', now(), r, r, 'open' FROM gen_random_uuid() AS r`,
      [merchant],
    );
  });
  afterAll(() => world.end());

  async function accepted(id: string, at: string, issued: string, state: string, sums: number[]): Promise<void> {
    const [fee, feeWithoutTax, tax] = sums;
    const facts = {
      kind: 'digital_ordinary',
      number: NUMBER,
      code: '',
      title: '购买方(上海)',
      fee,
      feeWithoutTax,
      tax,
    };
    const invoice = { ...facts, issuedAt: Date.parse(issued) / 1000 };
    await query(
      world.databaseUrl,
      `WITH o AS (
         INSERT INTO orders (merchant_id, id, appid, order_id, card_id, invoice_number, invoice, content_sha256, pdf_sha256, created_at)
         VALUES ($1, gen_random_uuid(), 'wx', $2, 'c', $5, $4, sha256('a'), sha256('b'), $3) RETURNING id)
       INSERT INTO insertions (merchant_id, id, issuer_appid, created_at, state, card_code_state, doubt_since)
       SELECT $1, id, 'wx', $3, $6, CASE WHEN $6 IN ('inserted', 'cancelled') THEN 'unknown' ELSE 'none' END,
              CASE WHEN $6 = 'in_doubt' THEN now() END FROM o`,
      [merchant, id, at, JSON.stringify(invoice), NUMBER, state],
      'SET session_replication_role = replica',
    );
  }

  async function report(given: Json): Promise<Json> {
    const { body } = await world.post('/v1/admin/reports', { merchant, ...given }, ADMIN).expect(201);
    for (let n = 0; n < 1200; n += 1) {
      const { body: now } = await world.get(`/v1/admin/reports/${body.id as string}`, ADMIN).expect(200);
      if (now.state !== 'queued') return now as Json;
      await new Promise((resume) => setTimeout(resume, 50));
    }
    throw new Error('the report is not made');
  }
  const file = async ({ id }: Json, name: string): Promise<Response> =>
    fetch(`${world.service.url}/v1/admin/reports/${id as string}/files/${name}`, {
      headers: { authorization: `Bearer ${ADMIN}` },
    });
  const ordersOf = async (made: Json) =>
    (await (await file(made, 'invoices.csv')).text())
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.split(',')[0]);

  test('weeks begin on Monday, months on the first', () => {
    expect(daysOf('2026-11-29', 'week')).toEqual({ first: '2026-11-23', last: '2026-11-29' });
    expect(daysOf('2026-11-23', 'week')).toEqual({ first: '2026-11-23', last: '2026-11-29' });
    expect(daysOf('2027-01-01', 'week')).toEqual({ first: '2026-12-28', last: '2027-01-03' });
    expect(daysOf('2028-02-29', 'month')).toEqual({ first: '2028-02-01', last: '2028-02-29' });
    expect(daysOf('2026-12-31', 'month')).toEqual({ first: '2026-12-01', last: '2026-12-31' });
    expect(daysOf('2026-11-24', 'day')).toEqual({ first: '2026-11-24', last: '2026-11-24' });
  });

  test('a day, its week and its month, by acceptance or by the date of the invoice', async () => {
    const orders = async (given: Json) => ordersOf(await report(given));
    expect(await orders({ day: '2026-11-24' })).toEqual(['A-1']);
    expect(await orders({ day: '2026-11-24', period: 'week' })).toEqual(['A-1', 'A-2']);
    expect(await orders({ day: '2026-11-24', period: 'month' })).toEqual(['A-4', 'A-1', 'A-2']);
    expect(await orders({ day: '2026-11-24', by: 'issued' })).toEqual(['A-1']);
    expect(await orders({ day: '2026-11-22', by: 'issued' })).toEqual(['A-2']);
    expect(await orders({ day: '2026-11-24', period: 'month', by: 'issued' })).toEqual(['A-4', 'A-1', 'A-2', 'A-3']);
    await world.post('/v1/admin/reports', { merchant, day: '2026-11-24', period: 'year' }, ADMIN).expect(422);
  });

  test('sums are with tax, without, and the tax; the files are named by their days', async () => {
    const made = await report({ day: '2026-11-24', period: 'week' });
    expect(made).toMatchObject({
      ...{ merchant_name: '示例科技', day: '2026-11-23', until: '2026-11-29', period: 'week', by: 'accepted' },
      summary: {
        issued: { count: 2, fee: 123_467_389, net: 116_478_669, tax: 6_988_720 },
        refused: { count: 1, fee: 10_600, net: 10_000, tax: 600 },
      },
    });
    const disposition = (await file(made, 'report.xlsx')).headers.get('content-disposition');
    expect(disposition).toContain('2026-11-23_2026-11-29-report.xlsx');
    const json = (await (await file(made, 'report.json')).json()) as Json;
    expect(json.invoices[0]).toMatchObject({ order_id: 'A-1', number: NUMBER, fee: 123_456_789, state: 'inserted' });
    expect(json.drift).toMatchObject([{ order_id: 'A-1', class: 'amount' }]);
  });

  test('the workbook speaks to people: yuan with thousands, words, the merchant’s name, headings in two languages', async () => {
    const made = await report({ day: '2026-11-24', period: 'week' });
    const book = new Workbook();
    await book.xlsx.load(await (await file(made, 'report.xlsx')).arrayBuffer());
    expect(book.worksheets.map(({ name }) => name)).toEqual(['汇总 Summary', '发票 Invoices', '差异 Differences']);
    const [sums, invoices, drift] = book.worksheets;
    const row = (sheet = sums, n = 1) => (sheet?.getRow(n).values as unknown[]).slice(1);
    expect([1, 2, 3].map((n) => row(sums, n))).toEqual([
      ['商户 Merchant', '示例科技'],
      ['期间 Period', '2026-11-23 – 2026-11-29'],
      ['统计口径 By', '受理日 day of acceptance'],
    ]);
    expect(row(sums, 6)).toEqual([
      '项目 Line',
      '笔数 Orders',
      '价税合计（元）Total',
      '不含税金额（元）Net',
      '税额（元）Tax',
    ]);
    expect(row(sums, 7)).toEqual(['开具 Issued', 2, 1_234_673.89, 1_164_786.69, 69_887.2]);
    expect(sums?.getCell('C7').numFmt).toBe('#,##0.00');
    expect(sums?.getCell('A6').font.bold).toBe(true);
    expect(row(invoices, 1)).toEqual(expect.arrayContaining(['订单号 Order', '发票号码 Number', '税额（元）Tax']));
    expect(row(invoices, 2)).toEqual(
      expect.arrayContaining(['A-1', '已插卡 inserted', '数电普票', NUMBER, '购买方(上海)', 1_234_567.89]),
    );
    expect(invoices?.getColumn(6).width).toBeGreaterThan(20);
    expect(invoices?.views[0]).toMatchObject({ state: 'frozen', ySplit: 1 });
    expect(row(drift, 2)).toEqual(expect.arrayContaining(['微信', '金额不符', '未处理', '已插卡 inserted', 0.01]));
    // For programs it stays what it was.
    expect((await (await file(made, 'drift.csv')).text()).split('\r\n')[1]).toMatch(
      /^A-1,,.*,wechat,amount,open,inserted,/,
    );
  });

  test('from a terminal', async () => {
    const env = { PIAOKA_URL: world.service.url, PIAOKA_KEY: ADMIN };
    const how = ['--merchant', merchant, '--day', '2026-11-24', '--period', 'month', '--by', 'issued'];
    const made = await piaoka(['reports', 'make', ...how], env);
    expect(made).toMatchObject({ exit: 0, stderr: '' });
    expect(made.stdout).toMatch(/^示例科技 {2}2026-11-01_2026-11-30 {2}开票日 issued {2}完成 done {2}/);
    expect(made.stdout).toMatch(/^开具 issued +4 +¥1,234,674\.99 +¥1,164,787\.73 +¥69,887\.26$/m);
    const listed = await piaoka(['reports', 'list'], env);
    expect(listed.stdout).toMatch(
      /^\S+ +2026-11-01_2026-11-30 +示例科技 +开票日 issued +完成 done +4 +¥1,234,674\.99 +1$/m,
    );
  });
});
