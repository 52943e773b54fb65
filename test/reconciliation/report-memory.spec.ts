import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createDatabase, query } from '../support/databases';
import { Json } from '../support/world';

/** `LONG=1` for the long form. */
const DIFFERENCES = process.env.LONG ? 1_000_000 : 4_000;
/** For the JavaScript of the whole process, of which it uses half before it begins. */
const HEAP_MIB = 96;
/** For everything, what Node.js and the stored bytes on their way need included. */
const RESIDENT_MIB = 320;
const PATIENCE_MS = 15 * 60_000;

describe(`a report of ${DIFFERENCES} differences by a process with ${HEAP_MIB} MiB`, () => {
  let database: { url: string; drop: () => Promise<void> };
  beforeAll(async () => {
    database = await createDatabase();
    await query(
      database.url,
      `WITH merchant AS (
         INSERT INTO merchants (id, name, appid, issuer_appid) SELECT gen_random_uuid(), 'm', 'wx', 'wx' RETURNING id
       ), differences AS (
         INSERT INTO findings (id, merchant_id, source, class, subject, order_id, order_at, facts, since, opened_by, seen_by)
         SELECT gen_random_uuid(), id, 'wechat', 'amount', n::text, gen_random_uuid()::text, '2026-11-24T12:00:00+08:00',
                '{"ours": {"fee": 1, "state": "inserted"}, "theirs": {"fee": 2}}', now(), id, id
           FROM merchant, generate_series(1, $1) AS n)
       INSERT INTO reports (id, merchant_id, day, requested_by) SELECT gen_random_uuid(), id, '2026-11-24', 'a' FROM merchant`,
      [DIFFERENCES],
      'SET session_replication_role = replica',
    );
  }, PATIENCE_MS);
  afterAll(() => database.drop());

  const run = (...how: string[]) =>
    spawnSync(
      process.execPath,
      [`--max-old-space-size=${HEAP_MIB}`, join(__dirname, 'report-process.js'), database.url, ...how],
      { encoding: 'utf8', timeout: PATIENCE_MS },
    );

  (process.env.LONG ? test : test.skip)(
    'cannot be made by holding them all',
    () => {
      const { status, signal, stderr } = run('hold');
      expect([status, signal]).not.toEqual([0, null]);
      expect(stderr).toMatch(/heap limit|out of memory/);
    },
    PATIENCE_MS,
  );

  test(
    'is made whole',
    async () => {
      const { stdout, stderr, status } = run();
      expect([stderr, status]).toEqual(['', 0]);
      const { made, maxRssKiB } = JSON.parse(stdout) as { made: boolean; maxRssKiB: number };
      expect(made).toBe(true);
      console.log(`${DIFFERENCES} differences: at most ${(maxRssKiB / 1024).toFixed(0)} MiB resident`);
      expect(maxRssKiB / 1024).toBeLessThan(RESIDENT_MIB);
      const [report] = await query<Json>(database.url, 'SELECT state, error, summary, files FROM reports');
      expect(report).toMatchObject({ state: 'done', error: null, summary: { drift: DIFFERENCES } });
      // Every one of them is in the list: a line each, and the names of the columns.
      const [{ lines }] = (await query<Json>(
        database.url,
        `SELECT sum(length(text) - length(replace(text, E'\\n', '')))::integer AS lines
           FROM (SELECT convert_from(body, 'LATIN1') AS text FROM report_parts WHERE file = 'drift.csv') parts`,
      )) as [Json];
      expect(lines).toBe(DIFFERENCES + 1);
    },
    PATIENCE_MS,
  );
});
