import { query } from '../support/databases';
import { order } from '../support/orders';
import { APPID, CARD_ID, Json, World } from '../support/world';

const ADMIN = 'admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const REIMBURSER = 'wx00000000000000b2';
const GETINVOICEINFO = '/card/invoice/reimburse/getinvoiceinfo';
const INSERT = '/card/invoice/insert';
const DAILY_QUOTA_REACHED = 45009;

describe('what WeChat tells of cards that users have shown', () => {
  let world: World;
  beforeAll(async () => {
    const env = { WECHAT_REIMBURSER_APPID: REIMBURSER, WECHAT_REIMBURSER_SECRET: 'another-secret' };
    world = await World.start({ env: { ...env, BOOTSTRAP_ADMIN_KEY: ADMIN } });
  });
  afterEach(() => world.control('DELETE', '/faults'));
  afterAll(() => world.end());

  async function reconcile(): Promise<Json> {
    const { body } = await world.post('/v1/admin/reconciliations', {}, ADMIN).expect(201);
    for (let n = 0; n < 600; n += 1) {
      const { body: run } = await world.get(`/v1/admin/reconciliations/${body.id}`, ADMIN).expect(200);
      if (run.state === 'done' || run.state === 'failed') return run as Json;
      await new Promise((resume) => setTimeout(resume, 30));
    }
    throw new Error('the run does not end');
  }

  /** An order whose user has shown its card to a reimburser. */
  async function shown(): Promise<{ orderId: string; number: string; code: string }> {
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    const { insertion } = await world.until(given.order_id, ['inserted']);
    const { encrypt_code } = await world.control('GET', `/cards/${insertion.card_code}/encrypt-code`);
    await world.post('/v1/reimbursements/query', { card_id: CARD_ID, encrypt_code }).expect(200);
    const { number } = given.invoice as { number: string };
    return { orderId: given.order_id, number, code: insertion.card_code as string };
  }

  /** Our ledger, bent so that it differs from the card; no door of the service does that. */
  const bend = (orderId: string, column: 'fee' | 'number', value: string | number) =>
    query(
      world.databaseUrl,
      column === 'fee'
        ? `UPDATE orders SET invoice = jsonb_set(invoice, '{fee}', to_jsonb($2::bigint)) WHERE order_id = $1`
        : `UPDATE orders SET invoice_number = $2 WHERE order_id = $1`,
      [orderId, value],
      'SET session_replication_role = replica',
    );
  const findings = async (orderId: string) =>
    (
      await query<Json>(
        world.databaseUrl,
        `SELECT class, state, facts FROM findings WHERE order_id = $1 AND source = 'wechat' ORDER BY class, opened_at`,
        [orderId],
      )
    ).map(({ class: kind, state, facts }) => ({ kind: kind as string, state: state as string, facts: facts as Json }));
  const asked = async () => (await world.requests(GETINVOICEINFO)).length;

  test('another amount or number is a difference, once; it is gone when a later reading finds it so', async () => {
    const { orderId, number } = await shown();
    const [fee] = await query<{ fee: number }>(
      world.databaseUrl,
      `SELECT (invoice ->> 'fee')::int AS fee FROM orders WHERE order_id = $1`,
      [orderId],
    );
    await reconcile();
    expect(await findings(orderId)).toEqual([]);

    await bend(orderId, 'fee', 1);
    await bend(orderId, 'number', '26312000000000000009');
    expect((await reconcile()).counts).toMatchObject({ amount: 1, number: 1, opened: 2 });
    expect((await reconcile()).counts.opened).toBeUndefined();
    expect(await findings(orderId)).toMatchObject([
      { kind: 'amount', state: 'open', facts: { ours: { fee: 1 }, theirs: { fee: fee?.fee } } },
      { kind: 'number', state: 'open', facts: { theirs: { number } } },
    ]);

    await bend(orderId, 'fee', fee?.fee as number);
    await bend(orderId, 'number', number);
    await reconcile();
    expect((await findings(orderId)).map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'amount gone',
      'number gone',
    ]);
  });

  test('a card that WeChat says is cancelled while ours is inserted is a difference of state, and our state stays', async () => {
    const { orderId, code } = await shown();
    await world.control('PUT', `/cards/${code}/status`, { reimburse_status: 'INVOICE_REIMBURSE_CANCEL' });
    const run = await reconcile();
    expect(run.counts).toMatchObject({ state: 1 });
    expect(await findings(orderId)).toMatchObject([
      { kind: 'state', state: 'open', facts: { theirs: { reimburse_status: 'INVOICE_REIMBURSE_CANCEL' } } },
    ]);
    expect((await world.order(orderId)).state).toBe('inserted');
    // The merchant cancels it here as well: the records agree again.
    await world.control('POST', '/faults', {
      path: '/card/invoice/platform/updatestatus',
      mode: 'errcode',
      errcode: 72060,
      times: 1,
    });
    await world.post(`/v1/orders/${orderId}/cancellation`, {}).expect(200);
    await reconcile();
    expect(await findings(orderId)).toMatchObject([{ kind: 'state', state: 'gone' }]);
  });

  test('a used-up quota (45009) stops the reading for the day and closes nothing; the next day it goes on', async () => {
    const { orderId } = await shown();
    await bend(orderId, 'fee', 2);
    await reconcile();
    expect(await findings(orderId)).toMatchObject([{ kind: 'amount', state: 'open' }]);
    await bend(orderId, 'fee', 10600);

    await world.control('POST', '/faults', { path: GETINVOICEINFO, mode: 'errcode', errcode: DAILY_QUOTA_REACHED });
    const before = await asked();
    const run = await reconcile();
    // Of several cards one was asked about; the run ends well all the same.
    expect([run.state, (await asked()) - before, run.counts.read_back]).toEqual(['done', 1, undefined]);
    await world.control('DELETE', '/faults');
    // The same day nothing more is asked, though WeChat would answer.
    await reconcile();
    expect((await asked()) - before).toBe(1);
    expect(await findings(orderId)).toMatchObject([{ kind: 'amount', state: 'open' }]);

    await query(world.databaseUrl, 'UPDATE reconciliation_spending SET day = day - 1');
    expect((await reconcile()).counts.read_back).toBeGreaterThan(1);
    expect((await asked()) - before).toBeGreaterThan(2);
  });

  test('a budget too small for all cards comes round: those that waited longest are read first', async () => {
    const { length } = await query(world.databaseUrl, 'SELECT FROM shown_cards');
    await shown();
    await shown();
    const cards = length + 2;
    await query(world.databaseUrl, `UPDATE reconciliation_spending SET spent = 0, allowed = $2 WHERE api = $1`, [
      GETINVOICEINFO,
      cards - 1,
    ]);
    expect((await reconcile()).counts.read_back).toBe(cards - 1);
    const [last] = await query<Json>(world.databaseUrl, 'SELECT id FROM shown_cards ORDER BY read_at LIMIT 1');
    await query(world.databaseUrl, `UPDATE reconciliation_spending SET spent = 0, allowed = 1 WHERE api = $1`, [
      GETINVOICEINFO,
    ]);
    expect((await reconcile()).counts.read_back).toBe(1);
    const [newest] = await query<Json>(world.databaseUrl, 'SELECT id FROM shown_cards ORDER BY read_at DESC LIMIT 1');
    expect(newest).toEqual(last);
  });

  test('an account whose budget is used up keeps no other’s cards from being read', async () => {
    await shown();
    const { orderId } = await shown();
    await query(
      world.databaseUrl,
      `WITH spent AS (INSERT INTO reconciliation_spending (appid, api, day, spent, allowed)
         VALUES ('wxused', $2, (now() AT TIME ZONE 'Asia/Shanghai')::date, 1, 1))
       , roomy AS (UPDATE reconciliation_spending SET spent = 0, allowed = 100 WHERE api = $2)
       UPDATE shown_cards s SET appid = 'wxused', read_at = 'epoch' FROM orders o
        WHERE o.id = s.id AND o.order_id <> $1`,
      [orderId, GETINVOICEINFO],
    );
    expect((await reconcile()).counts.read_back).toBe(1);
    await query(world.databaseUrl, 'UPDATE shown_cards SET appid = $1', [REIMBURSER]);
  });

  test('a used-up quota of inserts holds the account: what waits is left alone, and settled the next day', async () => {
    const waiting = order();
    await world.post('/v1/orders', waiting).expect(202);
    await world.until(waiting.order_id, ['awaiting_authorization']);
    const stopped = order();
    await world.authorize(waiting.order_id, stopped.order_id);
    await world.control('POST', '/faults', { path: INSERT, mode: 'errcode', errcode: DAILY_QUOTA_REACHED });
    await world.post('/v1/orders', stopped).expect(202);
    const held = async () =>
      ((await world.get('/v1/admin/holds', ADMIN).expect(200)).body.items as Json[]).find((h) => h.appid === APPID);
    for (let n = 0; n < 200 && !(await held()); n += 1) await new Promise((resume) => setTimeout(resume, 50));
    expect(await held()).toMatchObject({ errcode: DAILY_QUOTA_REACHED });

    const before = (await world.requests(INSERT, waiting.order_id)).length;
    const run = await reconcile();
    expect([run.state, run.counts.brought_forward]).toEqual(['done', undefined]);
    expect((await world.requests(INSERT, waiting.order_id)).length).toBe(before);
    // Silence is not absence: it waits as it did, and nothing says that it has failed.
    expect((await world.order(waiting.order_id)).insertion.state).toBe('awaiting_authorization');

    await world.control('DELETE', '/faults');
    await query(world.databaseUrl, 'DELETE FROM reconciliation_spending');
    const { id } = (await held()) as Json;
    await fetch(`${world.service.url}/v1/admin/holds/${id}?reason=the+next+day`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    expect((await reconcile()).counts.brought_forward).toBeGreaterThan(0);
    for (const { order_id } of [waiting, stopped]) {
      await world.until(order_id, ['inserted']);
      expect(await world.cards(order_id)).toHaveLength(1);
    }
  });
});
