import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { createDatabase, onServer, databaseUrl, query } from '../support/databases';
import { CuttingProxy } from '../support/cutting-proxy';
import { program } from '../support/process';
import { environment } from '../support/world';

const SECRET = 'a-password-nobody-sees';

describe('a start that its surroundings do not allow is told in one line', () => {
  const start = async (url: string, more: Record<string, string> = {}) => {
    const { exit, stderr } = await program('main.js', [], environment(url, 'http://127.0.0.1:1', more));
    expect(exit).toBe(1);
    expect(stderr).not.toMatch(/^\s+at |node_modules/m);
    expect(stderr).not.toContain(SECRET);
    const [head, ...lines] = stderr.trim().split('\n');
    expect(head).toContain('The configuration is not usable');
    expect(lines).toHaveLength(1);
    return lines[0] as string;
  };
  const refusing = async (sqlstate: string) => {
    const proxy = new CuttingProxy(new URL(databaseUrl('postgres')), () => null);
    const url = new URL(await proxy.start());
    url.password = SECRET;
    proxy.refuse(sqlstate);
    return start(url.toString()).finally(() => proxy.stop());
  };

  it('no server there', async () => {
    const line = await start(`postgres://piaoka:${SECRET}@127.0.0.1:1/piaoka`);
    expect(line).toMatch(/DATABASE_URL: 无法连接数据库 127\.0\.0\.1:1。 .*cannot be reached \(ECONNREFUSED\)/);
  });

  it('none of several', async () => {
    const line = await start(`postgres://piaoka:${SECRET}@127.0.0.1:1,127.0.0.1:2/piaoka`);
    expect(line).toMatch(/DATABASE_URL: .*127\.0\.0\.1:1, 127\.0\.0\.1:2/);
  });

  it.each([
    ['28P01', 'refuses the login'],
    ['28000', 'refuses the login'],
    ['53300', 'max_connections'],
    ['57P03', 'still starting'],
  ])('the server says %s: %s', async (sqlstate, words) => {
    expect(await refusing(sqlstate)).toMatch(new RegExp(`DATABASE_URL: .*${words}`));
  });

  it('no such database', async () => {
    expect(await start(databaseUrl('nobody_made_this'))).toMatch(/DATABASE_URL: 数据库不存在.*nobody_made_this/);
  });

  it('no privilege', async () => {
    const { url, drop } = await createDatabase();
    const role = `poor_${new URL(url).pathname.slice(-8)}`;
    await onServer(`CREATE ROLE ${role} LOGIN PASSWORD '${SECRET}'`);
    const poor = new URL(url);
    [poor.username, poor.password] = [role, SECRET];
    expect(await start(poor.toString())).toMatch(/DATABASE_URL: 数据库用户权限不足。 .*permission denied/);
    await drop();
    await onServer(`DROP ROLE ${role}`);
  });

  it('migrations that nobody has run, where the start may not run them', async () => {
    const { url, drop } = await createDatabase();
    await query(url, 'DELETE FROM migrations WHERE id = (SELECT max(id) FROM migrations)');
    const line = await start(url, { MIGRATE_ON_START: 'false' });
    expect(line).toMatch(/MIGRATE_ON_START: 有 1 个数据库迁移未执行.*npm run db:migrate/);
    await query(url, 'DROP TABLE migrations');
    expect(await start(url, { MIGRATE_ON_START: 'false' })).toMatch(/MIGRATE_ON_START: 有 \d\d+ 个/);
    await drop();
  });

  describe('a port', () => {
    let other: Server;
    let database: Awaited<ReturnType<typeof createDatabase>>;
    beforeAll(async () => {
      database = await createDatabase();
      other = createServer();
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    });
    afterAll(async () => {
      await new Promise((resolve) => other.close(resolve));
      await database.drop();
    });

    it('that is taken', async () => {
      const PORT = String((other.address() as AddressInfo).port);
      expect(await start(database.url, { PORT })).toMatch(new RegExp(`PORT: 端口 ${PORT} 已被占用.*is taken`));
    });

    it('of an address that this machine has not', async () => {
      expect(await start(database.url, { HOST: '192.0.2.1' })).toMatch(/HOST: .*192\.0\.2\.1/);
    });
  });
});
