import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { APPID, Json, KEY, World } from '../support/world';

const OTHER_KEY = 'pk_other_8f3a61c4d27b90e5a1f6037bc95e24d8';
const OTHER_APPID = 'wx2222222222222222';

describe('what belongs to another merchant', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
    const [other] = await query<{ id: string }>(
      world.databaseUrl,
      `INSERT INTO merchants (id, name, appid, card_id, issuer_appid)
       VALUES (gen_random_uuid(), 'other', $1, 'p_other', $2) RETURNING id`,
      [OTHER_APPID, APPID],
    );
    await query(
      world.databaseUrl,
      `INSERT INTO merchant_keys (id, merchant_id, key_sha256, label, scopes)
       VALUES (gen_random_uuid(), $1, $2, 'other', '{orders:write,orders:read}')`,
      [other?.id, createHash('sha256').update(OTHER_KEY).digest()],
    );
    // The other merchant has asked two of its users: under its own account, and under the issuer's.
    for (const [appid, orderId] of [
      [OTHER_APPID, 'M2-1'],
      [APPID, 'M2-2'],
    ]) {
      await query(
        world.databaseUrl,
        `INSERT INTO authorizations (merchant_id, id, appid, order_id, issuer_appid, fee, source, type, state)
         VALUES ($1, gen_random_uuid(), $2, $3, $4, 1, 'wap', 0, 'asked')`,
        [other?.id, appid, orderId, APPID],
      );
      await world.control('POST', '/authorizations', { order_id: orderId, appid });
    }
  });
  afterAll(() => world.end());

  it('its appid is refused by name, so that nobody takes its order numbers', async () => {
    const { body } = await world.post('/v1/orders', { ...order(), order_id: 'M2-1', appid: OTHER_APPID }).expect(422);
    expect(((body as Json).errors as Json[])[0]).toMatchObject({ pointer: '/appid', code: 'FIELD-VALUE' });
  });

  it('what its user has authorised makes no card for anybody else, also under the issuer’s appid', async () => {
    await world.post('/v1/orders', { ...order(), order_id: 'M2-2' }).expect(409);
    expect(await world.cards('M2-2')).toEqual([]);
    const own = { ...order(), order_id: 'M2-2', appid: APPID };
    await world.post('/v1/orders', own, OTHER_KEY).expect(202);
    for (let n = 0; n < 200 && (await world.cards('M2-2')).length === 0; n += 1) {
      await new Promise((resume) => setTimeout(resume, 50));
    }
    expect(await world.cards('M2-2')).toHaveLength(1);
  });

  it('of two merchants that ask for one order under the issuer’s appid at once, one has it and the other is told so', async () => {
    const client = new Client({ connectionString: world.databaseUrl });
    await client.connect();
    // Both have looked before either has written.
    await client.query('BEGIN; LOCK TABLE authorizations IN SHARE ROW EXCLUSIVE MODE');
    const asked = { order_id: 'RACE-1', appid: APPID, fee: 1, source: 'wap', type: 0 };
    const asking = Promise.all([KEY, OTHER_KEY].map((key) => world.post('/v1/authorizations', asked, key)));
    await new Promise((resume) => setTimeout(resume, 500));
    await client.query('COMMIT');
    await client.end();
    const codes = (await asking).map(({ body }) => (body as Json).code as string);
    // The account has no contact: whoever has the order learns of that.
    expect(codes.sort()).toEqual(['account_not_ready', 'order_taken']);
    const rows = await query(world.databaseUrl, `SELECT FROM authorizations WHERE order_id = 'RACE-1'`);
    expect(rows).toHaveLength(1);
  });

  it('an appid that is nobody’s here may be used: a merchant may have several accounts', async () => {
    await world.post('/v1/orders', { ...order(), appid: 'wx_its_second_account' }).expect(202);
  });
});
