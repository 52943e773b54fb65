import request from 'supertest';
import { loadConfig } from '../../src/config';
import { makeLog } from '../../src/log';
import { startService } from '../../src/service';
import { order } from '../support/orders';
import { APPID as ISSUER, CARD_ID, environment, Json, KEY, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const [FIRST, SECOND] = ['wx00000000000000a1', 'wx00000000000000b2'];
const GETINVOICEINFO = '/card/invoice/reimburse/getinvoiceinfo';

describe('the account that reads and locks cards', () => {
  let world: World;
  let card: Json;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    const code = (await world.until(given.order_id, ['inserted'])).insertion.card_code as string;
    card = { card_id: CARD_ID, encrypt_code: (await world.control('GET', `/cards/${code}/encrypt-code`)).encrypt_code };
  });
  afterAll(() => world.end());

  /** The account in whose name a service under this environment reads the card. */
  async function readerUnder(env: Record<string, string>): Promise<string> {
    const config = loadConfig(environment(world.databaseUrl, world.sandbox.url, { ROLE: 'api', ...env }));
    const service = await startService(config, makeLog('silent'));
    try {
      const bearer = `Bearer ${KEY}`;
      await request(service.url).post('/v1/reimbursements/query').set('authorization', bearer).send(card).expect(200);
      return (await world.requests(GETINVOICEINFO)).at(-1)?.appid as string;
    } finally {
      await service.close();
    }
  }
  const named = (appid: string) => ({ WECHAT_REIMBURSER_APPID: appid, WECHAT_REIMBURSER_SECRET: 'its-secret' });

  it('is the one that the environment names now, and the issuer’s own where it names none, whatever it named before', async () => {
    expect(await readerUnder(named(FIRST))).toBe(FIRST);
    expect(await readerUnder(named(SECOND))).toBe(SECOND);
    expect(await readerUnder(named(FIRST))).toBe(FIRST);
    expect(await readerUnder(named(ISSUER))).toBe(ISSUER);
    expect(await readerUnder({})).toBe(ISSUER);
  });

  it('stays the same when an administrator makes another reimburser', async () => {
    const made = { appid: 'wx00000000000000c3', role: 'reimburser', secret: 'x'.repeat(32) };
    await world.post('/v1/admin/accounts', made, ADMIN).expect(201);
    await world.post('/v1/reimbursements/query', card).expect(200);
    expect((await world.requests(GETINVOICEINFO)).at(-1)?.appid).toBe(ISSUER);
    expect(await readerUnder(named(FIRST))).toBe(FIRST);
  });
});
