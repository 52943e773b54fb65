import { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { CALLBACK_JOB } from '../../src/callbacks/receive';
import { Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { createDatabase, query } from '../support/databases';
import { order } from '../support/orders';
import { startProcess } from '../support/process';
import { APPID, Json, KEY } from '../support/world';

/** During a failover the service may find itself on a server that answers every question and takes no writes. */
describe('a database that takes no writes', () => {
  let sandbox: Sandbox;
  let database: { url: string; drop: () => Promise<void> };
  let service: Awaited<ReturnType<typeof startProcess>>;
  beforeAll(async () => {
    sandbox = await startSandbox({ calm: true, seed: 'read-only' });
    database = await createDatabase();
    service = await startProcess(database.url, sandbox.url, { LOG_LEVEL: 'info' });
  }, 60_000);
  afterAll(async () => {
    service.child.kill('SIGTERM');
    await service.code;
    await database.drop();
    await sandbox.close();
  });

  it('makes a process not ready and costs no order; a job that ends then does not end the process', async () => {
    expect(await status('/readyz')).toBe(200);
    const holder = new Client({ connectionString: database.url });
    // Its connection breaks with the others.
    holder.on('error', () => undefined);
    await holder.connect();
    // A job is held in the middle; when it is let go, the database is another one.
    await holder.query('BEGIN; LOCK TABLE callbacks IN ACCESS EXCLUSIVE MODE');
    await queueJob();
    await until(() => jobs(`locked_by IS NOT NULL AND task_identifier = '${CALLBACK_JOB}'`), 1);
    const name = new URL(database.url).pathname.slice(1);
    await query(database.url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await breakConnections();
    await until(() => status('/readyz'), 503);
    expect(await status('/livez')).toBe(200);
    const given = order();
    expect(await post(given)).toBe(503);
    // Long enough for a rejection that nobody handles.
    await sleep(1500);
    expect(service.child.exitCode).toBeNull();

    await query(database.url, `ALTER DATABASE ${name} RESET default_transaction_read_only`, [], WRITABLE);
    await breakConnections();
    await until(() => status('/readyz'), 200);
    await authorize(given);
    expect(await post(given)).toBe(202);
    await until(
      async () => (await query<Json>(database.url, 'SELECT state FROM insertions'))[0]?.state as string,
      'inserted',
    );
    // The jobs go on too.
    await queueJob();
    await until(() => jobs(`locked_by IS NULL AND task_identifier = '${CALLBACK_JOB}'`), 0);
  }, 90_000);

  const WRITABLE = 'SET default_transaction_read_only = off';

  const queueJob = () =>
    query(database.url, `SELECT graphile_worker.add_job($1, json_build_object('id', $2::text))`, [
      CALLBACK_JOB,
      randomUUID(),
    ]);

  const breakConnections = () =>
    query(
      database.url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );

  async function jobs(which: string): Promise<number> {
    const rows = await query<{ n: number }>(
      database.url,
      `SELECT count(*)::int AS n FROM graphile_worker.jobs WHERE ${which}`,
    );
    return rows[0]?.n ?? 0;
  }

  async function status(path: string): Promise<number> {
    return (await fetch(service.url + path)).status;
  }

  async function post(given: Json): Promise<number> {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
    return (await fetch(`${service.url}/v1/orders`, { method: 'POST', headers, body: JSON.stringify(given) })).status;
  }

  async function authorize({ order_id }: Json): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify([{ order_id: order_id as string, appid: APPID }]);
    expect((await fetch(`${sandbox.controlUrl}/authorizations`, { method: 'POST', headers, body })).ok).toBe(true);
  }
});

async function until<Value>(look: () => Promise<Value>, wanted: Value): Promise<void> {
  let seen: Value | undefined;
  for (let n = 0; n < 700; n += 1) {
    seen = await look();
    if (seen === wanted) return;
    await sleep(50);
  }
  throw new Error(`waited for ${String(wanted)} in vain: ${String(seen)}`);
}
