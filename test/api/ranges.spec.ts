import request from 'supertest';
import { query } from '../support/databases';
import { Json, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const UUID = '01234567-89ab-7cde-8f01-23456789abcd';

describe('what PostgreSQL cannot hold is refused at the door', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api', BOOTSTRAP_ADMIN_KEY: ADMIN } });
  });
  afterAll(() => world.end());

  const post = (path: string, body: object) =>
    request(world.service.url).post(path).set('authorization', `Bearer ${ADMIN}`).send(body);
  const cursor = (...parts: string[]) => Buffer.from(parts.join('|')).toString('base64url');

  it.each([
    ['+275760-09-13T00:00:00Z'],
    ['-271821-04-20T00:00:00Z'],
    ['0000-01-01'],
    ['9999-12-31T23:59:59-14:00'],
    ['2026-02-30T00:00:00Z'],
  ])('the time %s, wherever a time is taken', async (time) => {
    await post('/v1/admin/reconciliations', { to: time }).expect(422);
    await post('/v1/admin/holds', { scope: 'account', appid: 'wx1', reason: 'x', until: time }).expect(422);
    await post('/v1/admin/bulk-reinsertions', { filter: { created_to: time }, reason: 'x', dry_run: true }).expect(422);
    await post('/v1/admin/reports', { day: time }).expect(422);
    for (const path of [
      '/v1/admin/orders?created_from=',
      '/v1/admin/audit?to=',
      '/v1/admin/webhook_deliveries?created_to=',
    ]) {
      await world.get(path + encodeURIComponent(time), ADMIN).expect(422);
    }
    await world.get(`/v1/orders?created_from=${encodeURIComponent(time)}`).expect(422);
    await world.get('/v1/admin/reconciliations', ADMIN).expect(200);
  });

  it.each([
    cursor('9999-99-99 99:99:99+00', UUID),
    cursor('2026-02-30 00:00:00+00', UUID),
    cursor('0000-01-01 00:00:00+00', UUID),
    cursor('2026-11-20 10:00:00+99', UUID),
    cursor('2026-11-20 10:00:00+00', '-'.repeat(36)),
    cursor(`2026-11-20 10:00:00.${'1'.repeat(300)}+00`, UUID),
  ])('the cursor %s, in every list', async (made) => {
    await world.get(`/v1/orders?cursor=${made}`).expect(422);
    for (const list of ['orders', 'keys', 'webhook_deliveries']) {
      await world.get(`/v1/admin/${list}?cursor=${made}`, ADMIN).expect(422);
    }
    const inTrail = cursor(Buffer.from(made, 'base64url').toString(), '1');
    await world.get(`/v1/admin/audit?cursor=${inTrail}`, ADMIN).expect(422);
  });

  it.each([2147483648, -2147483649, 9007199254740991])('the errcode %d', async (errcode) => {
    await post('/v1/admin/bulk-reinsertions', { filter: { errcode }, reason: 'x', dry_run: true }).expect(422);
    await world.get(`/v1/admin/orders?errcode=${errcode}`, ADMIN).expect(422);
  });

  it('and what was stored beyond that can be shown all the same', async () => {
    const run = (await post('/v1/admin/reconciliations', { to: '9999-12-31' }).expect(201)).body as Json;
    await query(world.databaseUrl, `UPDATE reconciliation_runs SET to_at = '275760-09-13 00:00:00+00' WHERE id = $1`, [
      run.id,
    ]);
    const listed = (await world.get('/v1/admin/reconciliations', ADMIN).expect(200)).body as Json;
    expect(listed.items).toMatchObject([{ id: run.id as string, to: '9999-12-31T23:59:59+08:00' }]);
  });
});
