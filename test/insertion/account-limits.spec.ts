import { loadConfig } from '../../src/config';
import { AccountLimits } from '../../src/insertion/account-limits';
import { makeLog } from '../../src/log';
import { startService } from '../../src/service';
import { addIssuer, addMerchant } from '../support/merchants';
import { order } from '../support/orders';
import { APPID, CARD_ID, environment, World } from '../support/world';

const MAX = 32;
const QUICK = { ms: 100, rateLimited: false };
const SLOW = { ms: 6000, rateLimited: false };
const REFUSED = { ms: 100, rateLimited: true };

describe('how many orders of one account may be in flight', () => {
  const answered = (limits: AccountLimits, answer: typeof QUICK | null, now: number, times = 1) => {
    for (let n = 0; n < times; n += 1) {
      limits.begin('wx');
      limits.end('wx', answer, now);
    }
    return limits.free().wx;
  };

  it('as many as there are hands, less those that are', () => {
    const limits = new AccountLimits(MAX);
    expect(limits.free()).toEqual({});
    limits.begin('wx');
    limits.begin('wx');
    expect(limits.free()).toEqual({ wx: MAX - 2 });
    limits.end('wx', null, 0);
    expect(limits.free()).toEqual({ wx: MAX - 1 });
  });

  it('"too fast" halves it, once for the whole burst, and never to nothing', () => {
    const limits = new AccountLimits(MAX);
    expect(answered(limits, REFUSED, 10_000, MAX)).toBe(16);
    expect(answered(limits, REFUSED, 14_999)).toBe(16);
    expect(answered(limits, REFUSED, 15_000)).toBe(8);
    for (let now = 20_000; now < 90_000; now += 5000) answered(limits, REFUSED, now);
    expect(limits.free()).toEqual({ wx: 1 });
  });

  it('slow answers shrink it, quick ones let it grow by one a round, up to the hands there are', () => {
    const limits = new AccountLimits(MAX);
    expect(answered(limits, SLOW, 0, 10)).toBe(Math.floor(MAX * 0.9 ** 10));
    const before = limits.free().wx as number;
    const after = answered(limits, QUICK, 0, before + 1) as number;
    expect([before, before + 1]).toContain(after - 1);
    expect(answered(limits, QUICK, 0, 10_000)).toBe(MAX);
  });

  it('another account is not touched', () => {
    const limits = new AccountLimits(MAX);
    answered(limits, REFUSED, 0, 5);
    limits.begin('other');
    expect(limits.free().other).toBe(MAX - 1);
  });
});

describe('an account at which every call hangs', () => {
  const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
  const SETPDF = '/card/invoice/platform/setpdf';
  const HANDS = 4;
  const BACKLOG = 100;

  let world: World;
  let key: string;
  afterEach(() => world.end());

  /** Every upload of the first account hangs; a merchant of a second account has the key. */
  async function twoAccounts(env: Record<string, string>): Promise<void> {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN, INSERT_CONCURRENCY: String(HANDS), ...env } });
    const issuer = 'wx2222222222222222';
    await addIssuer(world, ADMIN, issuer);
    ({ key } = await addMerchant(world, ADMIN, { name: 'second', issuer, cardId: CARD_ID }));
    await world.control('PUT', '/profile', { authorizations: 'implied' });
    await world.control('POST', '/faults', [{ path: SETPDF, appid: APPID, mode: 'hang' }]);
    await Promise.all(Array.from({ length: BACKLOG }, () => world.post('/v1/orders', order()).expect(202)));
  }

  const hung = async () => (await world.requests(SETPDF)).filter((one) => one.appid === APPID).length;

  it('holds up no other account: its orders do not stand in line behind the backlog', async () => {
    // The worker starts when the whole line stands, so that it is all the same how long posting takes.
    await twoAccounts({ ROLE: 'api' });
    const free = order();
    await world.post('/v1/orders', free, key).expect(202);
    const env = environment(world.databaseUrl, world.sandbox.url, {
      ROLE: 'worker',
      INSERT_CONCURRENCY: String(HANDS),
    });
    const worker = await startService(loadConfig(env), makeLog('silent'));
    try {
      await world.until(free.order_id, ['inserted'], 20_000, key);
      expect(await hung()).toBeLessThan(BACKLOG / 2);
    } finally {
      await worker.close();
    }
  });

  it('which has taken every hand: the others get hands of their own, long before its calls are given up', async () => {
    await twoAccounts({ WECHAT_TIMEOUT_MS: '20000', LEASE_SECONDS: '60', IN_DOUBT_QUIET_SECONDS: '30' });
    while ((await hung()) < HANDS) await new Promise((resume) => setTimeout(resume, 50));
    for (let n = 0; n < 3 * HANDS; n += 1) {
      const free = order();
      await world.post('/v1/orders', free, key).expect(202);
      await world.until(free.order_id, ['inserted'], 20_000, key);
    }
    // Not one of the first account's calls has ended, and it was lent nothing.
    expect(await hung()).toBe(HANDS);
    await world.control('DELETE', '/faults');
  });
});
