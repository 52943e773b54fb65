import { randomBytes } from 'node:crypto';
import { migrate } from '../../src/data/migrate';
import { read } from '../house/repository';
import { databaseUrl, onServer, query } from '../support/databases';
import { order } from '../support/orders';
import { Json, KEY, World } from '../support/world';

/** Its words differ from one PostgreSQL to the next. */
const INSUFFICIENT_PRIVILEGE = '42501';
const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';

/** The statements of the page, for a login and a database of that name. */
function statementsOf(page: string, name: string): string[] {
  const [, sql = ''] = /```sql\n([\s\S]+?)```/.exec(read(page)) ?? [];
  return sql
    .split(';\n')
    .filter((statement) => statement.trim() !== '')
    .map((statement) => statement.replace(/\bpiaoka\b/g, name));
}

async function setUp(name: string, statements: string[]): Promise<string> {
  for (const statement of statements) {
    // The two roles are the cluster's: the tests' template has made them.
    await onServer(statement).catch((error: unknown) => {
      if (!/^CREATE ROLE piaoka_\w+ NOLOGIN$/.test(statement)) throw error;
    });
  }
  const url = new URL(databaseUrl(name));
  [url.username, url.password] = [name, 'openssl-rand-hex-24'];
  return url.toString();
}

describe('a login that owns its database and is no superuser', () => {
  const names: string[] = [];
  const newName = () => {
    names.push(`piaoka_login_${randomBytes(6).toString('hex')}`);
    return names.at(-1) as string;
  };
  afterAll(async () => {
    for (const name of names) {
      await onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await onServer(`DROP ROLE IF EXISTS ${name}`);
    }
  });

  it('migrates an empty database, and takes an order and everything around it to its end', async () => {
    const name = newName();
    const url = await setUp(name, statementsOf('docs/database.md', name));
    expect(
      await query(url, 'SELECT rolsuper, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user'),
    ).toEqual([{ rolsuper: false, rolcreaterole: false, rolbypassrls: false }]);
    const world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN }, through: () => Promise.resolve(url) });
    try {
      const given = order();
      await world.authorize(given.order_id);
      await world.post('/v1/orders', given).expect(202);
      await world.until(given.order_id, ['inserted']);
      expect(await world.cards(given.order_id)).toHaveLength(1);
      expect((await world.timeline(given.order_id)).at(-1)).toMatchObject({ type: 'inserted' });

      const until = async (path: string, ended: (seen: Json) => boolean): Promise<Json> => {
        for (;;) {
          const seen = (await world.get(path, ADMIN).expect(200)).body as Json;
          if (ended(seen)) return seen;
          await new Promise((resume) => setTimeout(resume, 50));
        }
      };
      const run = (await world.post('/v1/admin/reconciliations', {}, ADMIN).expect(201)).body as Json;
      await until(`/v1/admin/reconciliations/${run.id as string}`, ({ ended_at }) => ended_at !== null);
      const [merchant] = (await world.get('/v1/admin/merchants', ADMIN).expect(200)).body.items as Json[];
      const wanted = { merchant: merchant?.id as string, day: '2026-11-30' };
      const report = (await world.post('/v1/admin/reports', wanted, ADMIN).expect(201)).body as Json;
      const made = await until(`/v1/admin/reports/${report.id as string}`, ({ state }) => state !== 'queued');
      expect(made.state).toBe('done');
      await world.post('/v1/admin/holds', { scope: 'account', appid: 'wx1', reason: 'x' }, ADMIN).expect(201);
      const check = (await world.post('/v1/admin/audit/verifications', {}, ADMIN).expect(202)).body as Json;
      const verified = await until(
        `/v1/admin/audit/verifications/${check.id as string}`,
        ({ state }) => state !== 'queued',
      );
      expect(verified.result).toMatchObject({ intact: true });
      // Months ahead are made by the login itself, and another merchant's rows stay hidden from it as it acts for one.
      await query(url, 'SELECT piaoka_make_partitions(5)');
      const nobody = `SET piaoka.merchant_id = '00000000-0000-0000-0000-000000000001'; SET ROLE piaoka_api`;
      expect(await query(url, 'SELECT id FROM orders', [], nobody)).toEqual([]);
      expect(await query(url, 'SELECT id FROM orders')).toHaveLength(1);
      await world.get('/v1/orders', KEY).expect(200);
    } finally {
      await world.end();
    }
  });

  it('cannot migrate without the two roles that the page grants it', async () => {
    const name = newName();
    const statements = statementsOf('docs/database.md', name).filter((statement) => !statement.startsWith('GRANT'));
    const url = await setUp(name, statements);
    await expect(migrate(url)).rejects.toMatchObject({ driverError: { code: INSUFFICIENT_PRIVILEGE } });
  });
});

test('both pages give the same statements', () => {
  expect(statementsOf('docs/database.zh-CN.md', 'x')).toEqual(statementsOf('docs/database.md', 'x'));
  expect(statementsOf('docs/database.md', 'x')).toHaveLength(6);
});
