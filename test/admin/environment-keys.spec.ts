import request from 'supertest';
import { loadConfig } from '../../src/config';
import { makeLog } from '../../src/log';
import { Service, startService } from '../../src/service';
import { createDatabase, query } from '../support/databases';
import { environment, Json } from '../support/world';

const [ADMIN, OTHER_ADMIN] = ['pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8', 'pk_admin_42e0d95bc7306f1a5e09b72d4c16a3f8'];
const [SHOP, OTHER_SHOP] = ['pk_test_8f3a61c4d27b90e5a1f6037bc95e24d8', 'pk_test_42e0d95bc7306f1a5e09b72d4c16a3f8'];

describe('keys that the environment gives', () => {
  let url: string;
  let drop: () => Promise<void>;
  let service: Service;
  let warnings: Json[];
  beforeEach(async () => {
    ({ url, drop } = await createDatabase());
    await start();
  });
  afterEach(async () => {
    await service.close();
    await drop();
  });

  /** `admin`, `shop`: what the environment says at this start. */
  async function start(admin = ADMIN, shop = SHOP): Promise<void> {
    warnings = [];
    const env = { ROLE: 'api', BOOTSTRAP_ADMIN_KEY: admin, BOOTSTRAP_MERCHANT_KEY: shop };
    const log = makeLog('warn', { write: (line) => void warnings.push(JSON.parse(line) as Json) });
    service = await startService(loadConfig(environment(url, 'http://127.0.0.1:1', env)), log);
  }
  async function restart(admin?: string, shop?: string): Promise<void> {
    await service.close();
    await start(admin, shop);
  }
  const ask = (method: 'get' | 'delete', path: string, key: string) =>
    request(service.url)[method](path).set('authorization', `Bearer ${key}`);
  const statusOf = async (path: string, key: string) => (await ask('get', path, key)).status;
  const admits = async (key: string) => (await statusOf('/v1/admin/operators', key)) === 200;
  const serves = async (key: string) => (await statusOf('/v1/orders', key)) === 200;
  const dead = () => warnings.flatMap(({ setting }) => (setting === undefined ? [] : [setting as string]));
  const trail = () => query(url, `SELECT actor, action, reason, data FROM audit ORDER BY chain, seq`);

  it('stay revoked at the next start, which says so and goes on without them', async () => {
    const { body: operators } = await ask('get', '/v1/admin/operators', ADMIN).expect(200);
    const { body: keys } = await ask('get', '/v1/admin/keys?holder=merchant', ADMIN).expect(200);
    const [key] = keys.items as Json[];
    await ask('delete', `/v1/admin/merchants/${key?.merchant as string}/keys/${key?.id as string}`, ADMIN).expect(204);
    await ask('delete', `/v1/admin/operators/${operators.items[0].id as string}`, ADMIN).expect(204);

    await restart();
    expect([await admits(ADMIN), await serves(SHOP)]).toEqual([false, false]);
    expect(dead()).toEqual(['BOOTSTRAP_MERCHANT_KEY', 'BOOTSTRAP_ADMIN_KEY']);
    expect(JSON.stringify(warnings)).not.toMatch(/8f3a61c4/);

    // Whoever sets the environment may give new ones; the trail tells that a revoked administrator is back.
    await restart(OTHER_ADMIN, OTHER_SHOP);
    expect([await admits(OTHER_ADMIN), await serves(OTHER_SHOP)]).toEqual([true, true]);
    expect([await admits(ADMIN), await serves(SHOP), dead()]).toEqual([false, false, []]);
    expect((await trail()).at(0)).toMatchObject({ action: 'operator.revoked' });
    expect(await trail()).toContainEqual({
      actor: 'piaoka',
      action: 'operator.key_replaced',
      reason: 'BOOTSTRAP_ADMIN_KEY',
      data: { name: 'bootstrap administrator', was_revoked: true },
    });
  });

  it('that others have replaced are not taken again either', async () => {
    await restart(OTHER_ADMIN, OTHER_SHOP);
    expect([await admits(ADMIN), await serves(SHOP)]).toEqual([false, false]);
    expect((await trail()).map(({ actor, action, reason }) => [actor, action, reason])).toEqual([
      ['piaoka', 'operator.key_replaced', 'BOOTSTRAP_ADMIN_KEY'],
      ['piaoka', 'key.revoked', 'BOOTSTRAP_MERCHANT_KEY'],
    ]);
    // An old file comes back, say with one of several hosts: the new keys go on.
    await restart();
    expect([await admits(ADMIN), await serves(SHOP)]).toEqual([false, false]);
    expect([await admits(OTHER_ADMIN), await serves(OTHER_SHOP)]).toEqual([true, true]);
    expect(dead()).toEqual(['BOOTSTRAP_MERCHANT_KEY', 'BOOTSTRAP_ADMIN_KEY']);
  });

  it('and that live change nothing at a further start', async () => {
    await restart();
    expect([await admits(ADMIN), await serves(SHOP)]).toEqual([true, true]);
    expect([dead(), await trail()]).toEqual([[], []]);
  });
});
