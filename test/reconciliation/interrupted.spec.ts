import { v7 as uuidv7 } from 'uuid';
import { DataSource } from 'typeorm';
import { connect } from '../../src/data/data-source';
import { parseCron } from '../../src/cron';
import { makeLog } from '../../src/log';
import { Reconciler, Step } from '../../src/reconciliation/reconciler';
import { ReportMaker } from '../../src/reconciliation/report-maker';
import { reportUntilYesterday } from '../../src/reconciliation/reports';
import { createDatabase, query } from '../support/databases';
import { Json } from '../support/world';

/** 03:10 in Shanghai, every day. */
const CRON = parseCron('10 3 * * *', 'Asia/Shanghai');
const AT_0310 = new Date('2026-11-24T19:10:20Z');
const PAGES = 5;
const log = makeLog('silent');

describe('runs that are interrupted, doubled or scheduled', () => {
  let url: string;
  let drop: () => Promise<void>;
  let sources: DataSource[];
  beforeEach(async () => {
    ({ url, drop } = await createDatabase());
    sources = [await connect(url), await connect(url)];
  });
  afterEach(async () => {
    for (const source of sources) await source.destroy();
    await drop();
  });

  /** Remembers each page that was turned, in which process. */
  function counting(pages: string[], process: string, before: (page: number) => Promise<void> = nothing): Step {
    return {
      name: 'counting',
      async page(_run, place) {
        const page = ((place as number | null) ?? 0) + 1;
        await before(page);
        pages.push(`${process}${page}`);
        return { next: page < PAGES ? page : null, counts: { pages: 1 } };
      },
    };
  }

  const ask = () =>
    query(url, `INSERT INTO reconciliation_runs (id, source, requested_by) VALUES ($1, 'person', 'me')`, [uuidv7()]);
  const runs = () => query<Json>(url, 'SELECT * FROM reconciliation_runs ORDER BY id');

  test('a run whose process is killed midway goes on elsewhere with the page it was at', async () => {
    const pages: string[] = [];
    await ask();
    await new Promise<void>((resume) => {
      const dying = counting(pages, 'a', (page) => {
        if (page < 3) return nothing();
        resume();
        // As after kill -9: nothing of it ever happens again.
        return new Promise(() => undefined);
      });
      void new Reconciler(sources[0] as DataSource, CRON, [dying], log).tick();
    });

    const other = new Reconciler(sources[1] as DataSource, CRON, [counting(pages, 'b')], log);
    // While the lease lasts it is left alone.
    expect(await other.tick()).toBe(false);
    await query(url, 'UPDATE reconciliation_runs SET lease_until = now()');
    expect(await other.tick()).toBe(true);
    expect(pages).toEqual(['a1', 'a2', 'b3', 'b4', 'b5']);
    expect(await runs()).toMatchObject([{ state: 'done', counts: { pages: PAGES }, error: null }]);
  });

  test('an error that passes ends no run: it goes on with the page it was at, and tells of the error meanwhile', async () => {
    const pages: string[] = [];
    await ask();
    let failures = 2;
    const step = counting(pages, 'a', (page) =>
      page === 3 && failures-- > 0 ? Promise.reject(new Error('connection cut')) : nothing(),
    );
    const reconciler = new Reconciler(sources[0] as DataSource, CRON, [step], log);
    for (const rest of [true, true]) {
      expect(await reconciler.tick()).toBe(rest);
      expect(await runs()).toMatchObject([{ state: 'running', error: 'counting: connection cut', place: 2 }]);
      // Not again at once.
      expect(await reconciler.tick()).toBe(false);
      await query(url, 'UPDATE reconciliation_runs SET lease_until = now()');
    }
    await reconciler.tick();
    expect(pages).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
    expect(await runs()).toMatchObject([{ state: 'done', counts: { pages: PAGES }, error: null }]);
  });

  test('an error that stays ends the run at last, with the error', async () => {
    await ask();
    const broken = counting([], 'a', () => Promise.reject(new Error('no such column')));
    const reconciler = new Reconciler(sources[0] as DataSource, CRON, [broken], log);
    let tries = 0;
    for (; tries < 50 && (await runs())[0]?.state !== 'failed'; tries += 1) {
      await reconciler.tick();
      await query(url, 'UPDATE reconciliation_runs SET lease_until = now()');
    }
    expect(tries).toBe(11);
    expect(await runs()).toMatchObject([{ state: 'failed', error: 'counting: no such column' }]);
  });

  test('two processes at the same minute make one scheduled run, and each page is turned once', async () => {
    const pages: string[] = [];
    const steps = (name: string) => [counting(pages, name), reportUntilYesterday(sources[0] as DataSource)];
    const both = ['a', 'b'].map((name, n) => new Reconciler(sources[n] as DataSource, CRON, steps(name), log));
    await Promise.all(both.map((reconciler) => reconciler.tick(AT_0310)));
    await Promise.all(both.map((reconciler) => reconciler.tick(new Date(AT_0310.getTime() + 60_000))));
    expect(await runs()).toMatchObject([{ source: 'schedule', state: 'done', counts: { pages: PAGES } }]);
    expect(pages.map((page) => page.slice(1))).toEqual(['1', '2', '3', '4', '5']);
    // Without the key that makes it one, there would be two: the next day's is another.
    await both[1]?.tick(new Date(AT_0310.getTime() + 24 * 3600 * 1000));
    expect(await runs()).toHaveLength(2);
  });

  test('the scheduled run reports the day before, by Shanghai’s midnight, for merchants with orders on it', async () => {
    const [day, empty] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];
    await query(
      url,
      `WITH m AS (INSERT INTO merchants (id, name, appid, issuer_appid) VALUES ($1, 'a', 'wx', 'wx'), ($2, 'b', 'wx', 'wx'))
       , o AS (INSERT INTO orders (merchant_id, id, appid, order_id, card_id, invoice_number, invoice, content_sha256,
                 pdf_sha256, created_at)
         SELECT m, gen_random_uuid(), 'wx', m::text, 'c', 'n' || m::text, '{"fee": 5}', sha256('a'), sha256('b'), at
           FROM (VALUES ($1::uuid, '2026-11-24T23:59:59+08:00'::timestamptz), ($2, '2026-11-25T00:00:00+08:00')) v (m, at)
         RETURNING merchant_id, id, created_at)
       INSERT INTO insertions (merchant_id, id, issuer_appid, created_at, state) SELECT merchant_id, id, 'wx', created_at, 'refused' FROM o`,
      [day, empty],
      'SET session_replication_role = replica',
    );
    const [source] = sources as [DataSource];
    const days = async () => (await query(url, 'SELECT day::text FROM reports ORDER BY day')).map((row) => row.day);
    await new Reconciler(source, CRON, [reportUntilYesterday(source)], log).tick(AT_0310);
    const maker = new ReportMaker(source, log);
    expect(await maker.tick()).toBe(true);
    expect(await maker.tick()).toBe(false);
    expect(await query(url, 'SELECT merchant_id, day::text, state, requested_by, summary FROM reports')).toMatchObject([
      {
        merchant_id: day,
        day: '2026-11-24',
        state: 'done',
        requested_by: 'schedule',
        summary: { refused: { fee: 5 } },
      },
    ]);

    // Nothing runs for days: each day is reported once it does, those without orders not, and none again in the next hour.
    const later = (hours: number) => new Date(AT_0310.getTime() + hours * 3600_000);
    const hourly = new Reconciler(
      source,
      parseCron('10 * * * *', 'Asia/Shanghai'),
      [reportUntilYesterday(source)],
      log,
    );
    await query(
      url,
      `INSERT INTO orders (merchant_id, id, appid, order_id, card_id, invoice_number, invoice, content_sha256, pdf_sha256, created_at)
       SELECT $1, gen_random_uuid(), 'wx', 'late', 'c', 'late', '{"fee": 5}', sha256('a'), sha256('b'), '2026-11-27T12:00:00+08:00'`,
      [day],
      'SET session_replication_role = replica',
    );
    await hourly.tick(later(72));
    expect(await days()).toEqual(['2026-11-24', '2026-11-25', '2026-11-27']);
    await hourly.tick(later(73));
    expect(await runs()).toHaveLength(3);
    expect(await days()).toHaveLength(3);
  });
});

function nothing(): Promise<void> {
  return Promise.resolve();
}
