import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { Arena } from './contender';
import { startPiaoka } from './contender-piaoka';
import { planOf } from './plan';
import { rssOf } from './proc';
import { storeOrders } from './stored';

interface Row {
  what: string;
  seconds: number;
  /** Resident memory of the worker: before, and at its highest, in MiB. */
  rss: number;
  peak: number;
  came: string;
}

/** What a share of the orders has come to instead of `inserted`; nothing of it is due, so that no worker gets in between. */
const MIXED = `
  UPDATE insertions i SET state = m.state, card_code = NULL, card_code_state = m.code, reason = m.reason,
         doubt_since = CASE WHEN m.state = 'in_doubt' THEN i.created_at END, updated_at = i.created_at
    FROM (VALUES (0, 'inserted', 'unknown', NULL), (1, 'refused', 'none', 'data'), (2, 'needs_human', 'none', 'tries_used_up'),
                 (3, 'in_doubt', 'none', NULL), (4, 'rejected', 'none', 'data')) AS m (n, state, code, reason)
   WHERE ('x' || right(i.id::text, 6))::bit(24)::integer % 100 = m.n`;

/** `npm run bench -- --reconcile`: a reconciliation of many orders, and reports of one day's many, as markdown. */
export async function benchReconcile(arena: Arena, quick: boolean, say: (line: string) => void): Promise<string> {
  const [orders, reported] = quick ? [2000, 10_000] : [200_000, 1_000_000];
  const rows: Row[] = [];
  const add = (row: Row) => {
    rows.push(row);
    say(markdownOf(row));
  };
  await withStored(
    arena,
    orders,
    ['orders', 'live_invoices', 'insertions', 'attempts', 'events', 'pdfs'],
    async (on) => {
      await on.client.query('SET session_replication_role = replica');
      await on.client.query(MIXED);
      await on.client.query('VACUUM (ANALYZE) insertions');
      add(await on.measure(`reconciliation of ${orders} orders, first`, reconcile));
      add(await on.measure(`the same again`, reconcile));
    },
  );
  await withStored(arena, reported, ['orders', 'insertions'], async (on) => {
    add(await on.measure(`report of ${reported} orders, no difference`, report));
    await findings(on.client, reported / 100);
    add(await on.measure(`report of ${reported} orders, ${reported / 100} differences`, report));
    await findings(on.client, reported - reported / 100);
    add(await on.measure(`report of ${reported} orders, ${reported} differences`, report));
  });
  return [
    '| what | seconds | worker before, MiB | peak, MiB | came of it |',
    '|---|---|---|---|---|',
    ...rows.map(markdownOf),
    '',
  ].join('\n');
}

type Work = (client: Client) => Promise<string>;
interface Stored {
  client: Client;
  measure(what: string, work: Work): Promise<Row>;
}

/** A database with so many orders of two days ago, and a worker beside it. */
async function withStored(
  arena: Arena,
  count: number,
  tables: string[],
  work: (on: Stored) => Promise<void>,
): Promise<void> {
  const [spec] = planOf({ ...arena.options, only: ['piaoka'] }, 'json');
  if (!spec) throw new Error('the plan has no run of the service');
  await arena.mock.call('reset', 0);
  const service = await startPiaoka({ ...spec, name: 'reconcile' }, arena);
  const client = new Client({ connectionString: arena.database.urlOf('piaoka') });
  await client.connect();
  try {
    await storeOrders(client, count, (phase) => service.drive(phase), arena.mock, { tables, daysAgo: 2 });
    const worker = service.processes.worker?.[0] as number;
    const measure = async (what: string, one: Work): Promise<Row> => {
      await arena.database.checkpoint();
      const rss = rssOf([worker]);
      writeFileSync(`/proc/${worker}/clear_refs`, '5');
      const start = performance.now();
      const came = await one(client);
      return { what, seconds: (performance.now() - start) / 1000, rss, peak: peakOf(worker), came };
    };
    await work({ client, measure });
  } finally {
    await client.end();
    await service.stop();
  }
}

async function reconcile(client: Client): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO reconciliation_runs (id, source, requested_by) VALUES (uuidv7(), 'person', 'bench') RETURNING id`,
  );
  await client.query(`SELECT graphile_worker.add_job('reconcile')`);
  return ended(client, `SELECT state, counts::text AS came FROM reconciliation_runs WHERE id = $1`, rows[0]?.id);
}

async function report(client: Client): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO reports (id, merchant_id, day, requested_by)
     SELECT uuidv7(), merchant_id, (created_at AT TIME ZONE 'Asia/Shanghai')::date, 'bench' FROM orders
      WHERE order_id LIKE 's%' LIMIT 1 RETURNING id`,
  );
  await client.query(`SELECT graphile_worker.add_job('make_reports')`);
  const came = `SELECT state, (SELECT string_agg((f ->> 'name') || ' ' || (f ->> 'bytes'), ', ') FROM jsonb_array_elements(files) f)
    || ' bytes; ' || (summary #>> '{issued,count}') || ' orders' AS came FROM reports WHERE id = $1`;
  return ended(client, came, rows[0]?.id);
}

async function ended(client: Client, text: string, id: string | undefined): Promise<string> {
  for (;;) {
    const { rows } = await client.query<{ state: string; came: string }>(text, [id]);
    const { state, came } = rows[0] ?? { state: 'gone', came: '' };
    if (state === 'done') return came;
    if (state !== 'queued' && state !== 'running') throw new Error(`it ended as ${state}`);
    await sleep(20);
  }
}

/** Differences of orders that have none yet. */
async function findings(client: Client, count: number): Promise<void> {
  await client.query(
    `INSERT INTO findings (id, merchant_id, source, class, subject, order_uuid, order_id, order_at, facts, since, opened_by, seen_by)
     SELECT piaoka_time_id(), o.merchant_id, 'wechat', 'amount', o.id::text, o.id, o.order_id, o.created_at,
            jsonb_build_object('ours', jsonb_build_object('state', 'inserted', 'fee', 10600), 'theirs', jsonb_build_object('fee', 10601)),
            now(), o.id, o.id
       FROM orders o WHERE NOT EXISTS (SELECT FROM findings f WHERE f.order_uuid = o.id) LIMIT $1`,
    [count],
  );
  await client.query('VACUUM (ANALYZE) findings');
}

/** The highest resident memory since it was last reset, in MiB. */
function peakOf(pid: number): number {
  const kib = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return Number(kib) / 1024;
}

function markdownOf({ what, seconds, rss, peak, came }: Row): string {
  return `| ${what} | ${seconds.toFixed(1)} | ${rss.toFixed(0)} | ${peak.toFixed(0)} | ${came} |`;
}
