import { Config, loadConfig } from '../../src/config';
import { makeLog } from '../../src/log';
import { startService } from '../../src/service';
import { databaseUrl, onServer, query } from '../support/databases';
import { order } from '../support/orders';
import { program } from '../support/process';
import { APPID, environment, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';

/** A copy of the database that is told to be the very one it was copied from: so a volume's snapshot looks from inside. */
describe('a restore that the database does not show', () => {
  const ORDERS = 6;
  let world: World;
  let name: string;
  let serial = 0;
  let config: Config;

  /** Orders that became cards after the snapshot was taken. */
  beforeEach(async () => {
    world = await World.start();
    await world.control('PUT', '/profile', { authorizations: 'implied' });
    const hold = `INSERT INTO holds (id, scope, appid, reason) VALUES (gen_random_uuid(), 'account', $1, 'until the snapshot')`;
    await query(world.databaseUrl, hold, [APPID]);
    for (let n = 0; n < ORDERS; n += 1) await world.post('/v1/orders', order()).expect(202);
    await world.service.close();
    name = `piaoka_test_snapshot_${process.pid}_${(serial += 1)}`;
    await query(world.databaseUrl, `UPDATE holds SET lifted_at = now(), lifted_by = 'test'`);
    await onServer(`CREATE DATABASE ${name} TEMPLATE ${new URL(world.databaseUrl).pathname.slice(1)}`);
    await (await settled(world.databaseUrl)).close();
    expect(await world.cards()).toHaveLength(ORDERS);
    await query(
      databaseUrl(name),
      `UPDATE installation SET identity = regexp_replace(identity, '[^/]+$',
         (SELECT oid::text FROM pg_database WHERE datname = current_database()))`,
    );
    config = loadConfig(environment(databaseUrl(name), world.sandbox.url));
  });
  afterEach(async () => {
    await world.end().catch(() => undefined);
    await onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  });

  async function settled(url: string) {
    const service = await startService(loadConfig(environment(url, world.sandbox.url)), makeLog('silent'));
    const open = `SELECT FROM insertions WHERE state NOT IN ('inserted', 'needs_human')`;
    for (let n = 0; n < 300 && (await query(url, open)).length > 0; n += 1)
      await new Promise((resume) => setTimeout(resume, 100));
    return service;
  }
  const outcome = () =>
    query(
      databaseUrl(name),
      'SELECT state, reason, card_code_state, count(*)::integer FROM insertions GROUP BY 1, 2, 3',
    );
  const say = (...args: string[]) =>
    program('insertion/restored-main.js', args, environment(databaseUrl(name), world.sandbox.url));

  it('is told by an operator: no card is made again, none is called a conflict, and the trail says who and why', async () => {
    expect(await say()).toMatchObject({ exit: 2, stderr: expect.stringMatching(/--reason/) as string });
    expect(await say('--reason', 'snapshot of 03:00')).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(`${ORDERS} open orders`) as string,
    });
    const told = Date.now();
    await (await settled(config.DATABASE_URL as string)).close();
    expect(Date.now() - told).toBeGreaterThan(config.IN_DOUBT_QUIET_SECONDS * 1000);
    expect(await outcome()).toEqual([{ state: 'inserted', reason: null, card_code_state: 'unknown', count: ORDERS }]);
    expect(await world.cards()).toHaveLength(ORDERS);
    expect(await query(databaseUrl(name), 'SELECT actor, action, reason, data FROM audit')).toEqual([
      {
        actor: 'command line',
        action: 'database.restored',
        reason: 'snapshot of 03:00',
        data: { orders: ORDERS },
      },
    ]);
  });

  it('untold, every order of the lost time is a conflict for a person', async () => {
    await (await settled(config.DATABASE_URL as string)).close();
    expect(await outcome()).toEqual([
      { state: 'needs_human', reason: 'order_consumed_elsewhere', card_code_state: 'none', count: ORDERS },
    ]);
    expect(await world.cards()).toHaveLength(ORDERS);
  });
});

describe('the quiet period after a restore', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN, IN_DOUBT_QUIET_SECONDS: '600' } });
  });
  afterAll(() => world.end());

  const doubt = (id: string) =>
    query(
      world.databaseUrl,
      `UPDATE insertions SET doubt_since = now(), due_at = CASE WHEN due_at IS NOT NULL THEN now() + interval '600 s' END
        WHERE id = $1`,
      [id],
    );

  it('is not cut short by what the user decides', async () => {
    const given = order();
    await world.post('/v1/authorizations', { order_id: given.order_id, fee: 10600, source: 'wap', type: 0 });
    await world.post('/v1/orders', given).expect(202);
    const { id } = await world.until(given.order_id, ['awaiting_authorization']);
    await doubt(id);
    const sent = (await world.requests('/card/invoice/insert')).length;
    await world.control('POST', '/authorizations', [{ order_id: given.order_id, appid: APPID, reject: true }]);
    await world.get(`/v1/authorizations/${given.order_id}`);
    await new Promise((resume) => setTimeout(resume, 1500));
    expect(
      await query(world.databaseUrl, 'SELECT due_at > now() AS waits FROM insertions WHERE id = $1', [id]),
    ).toEqual([{ waits: true }]);
    expect((await world.requests('/card/invoice/insert')).length).toBe(sent);
  });

  it('binds who says that there is no card', async () => {
    const given = order();
    const rule = {
      path: '/card/invoice/insert',
      order_id: given.order_id,
      mode: 'errcode',
      errcode: 72042,
      applied: false,
    };
    await world.control('POST', '/faults', [rule]);
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    const { id } = await world.until(given.order_id, ['needs_human']);
    await query(
      world.databaseUrl,
      `UPDATE attempts SET ended_at = now() - interval '1 day'`,
      [],
      'SET session_replication_role = replica',
    );
    await doubt(id);
    const denial = { kind: 'confirm_not_inserted', reason: '用户说没有' };
    const { body } = await world.post(`/v1/admin/orders/${id}/resolutions`, denial, ADMIN).expect(409);
    expect(body).toMatchObject({ code: 'quiet_period' });
  });
});
