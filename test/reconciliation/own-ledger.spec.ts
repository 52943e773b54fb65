import { query } from '../support/databases';
import { order } from '../support/orders';
import { APPID, Json, World } from '../support/world';

const ADMIN = 'admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const HOUR = 1;
const DAY = 24 * HOUR;

/** What only our own ledger can tell: orders that wait too long, and cards whose code nobody knows. */
describe('what reconciliation finds in our own ledger', () => {
  let world: World;
  let merchant: string;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    merchant = ((await query<Json>(world.databaseUrl, 'SELECT id FROM merchants'))[0] as Json).id as string;
  });
  afterAll(() => world.end());

  async function reconcile(scope: Json = {}): Promise<Json> {
    const { body } = await world.post('/v1/admin/reconciliations', scope, ADMIN).expect(201);
    for (let n = 0; n < 600; n += 1) {
      const { body: run } = await world.get(`/v1/admin/reconciliations/${body.id}?limit=200`, ADMIN).expect(200);
      if (run.state === 'done' || run.state === 'failed') return run as Json;
      await new Promise((resume) => setTimeout(resume, 30));
    }
    throw new Error('the run does not end');
  }

  const findings = async (filter: string) =>
    (await world.get(`/v1/admin/findings?limit=200&${filter}`, ADMIN).expect(200)).body.items as Json[];
  const about = (items: Json[], orderId: string) => items.filter(({ order_id }) => order_id === orderId);

  /** An order that has stood where it stands for so many hours; nothing but a due one is ever touched by a worker. */
  async function standing(orderId: string, state: string, hours: number, due = false): Promise<void> {
    await query(
      world.databaseUrl,
      `WITH o AS (
         INSERT INTO orders (merchant_id, id, appid, order_id, card_id, invoice_number, invoice, content_sha256, pdf_sha256, created_at)
         SELECT id, gen_random_uuid(), appid, $1, 'c', $1, '{"fee": 10600}', sha256('a'), sha256('b'),
                now() - make_interval(hours => $3) FROM merchants RETURNING merchant_id, id, created_at)
       INSERT INTO insertions (merchant_id, id, issuer_appid, created_at, updated_at, state, card_code, card_code_state, reason,
                               doubt_since, waiting_since, due_at)
       SELECT merchant_id, id, 'wx', created_at, created_at, $2, CASE WHEN $2 = 'inserted' THEN $1 END,
              CASE WHEN $2 = 'inserted' THEN 'known' ELSE 'none' END, CASE WHEN $2 = 'needs_human' THEN 'tries_used_up' END,
              CASE WHEN $2 IN ('in_doubt', 'likely_inserted') THEN created_at END,
              CASE WHEN $2 = 'awaiting_authorization' THEN created_at END, CASE WHEN $4 THEN created_at END FROM o`,
      [orderId, state, hours, due],
      'SET session_replication_role = replica',
    );
  }

  test('a cancellation that WeChat has not answered for a day is told, until it is', async () => {
    for (const [orderId, hours] of [
      ['uncancelled', 25],
      ['just asked', 23],
    ] as const) {
      await standing(orderId, 'inserted', 100);
      await query(
        world.databaseUrl,
        `INSERT INTO cancellations (merchant_id, id, state, requested_by, requested_at, due_at)
         SELECT merchant_id, id, 'pending', 'key x', now() - make_interval(hours => $2), now() + interval '1 day' FROM orders
          WHERE order_id = $1`,
        [orderId, hours],
      );
    }
    await reconcile();
    const open = await findings('class=aged&state=open');
    expect(about(open, 'just asked')).toEqual([]);
    expect(about(open, 'uncancelled')).toMatchObject([
      {
        explanation: expect.stringContaining('冲红'),
        suggestion_en: expect.stringContaining('let its user delete it'),
      },
    ]);
    await query(world.databaseUrl, `UPDATE cancellations SET state = 'done', due_at = NULL, ended_at = now()`);
    await reconcile();
    expect(about(await findings('class=aged&state=open'), 'uncancelled')).toEqual([]);
  });

  /** Each state, for how long it may stand, and what is suggested once it has stood longer. */
  const PATIENCE: [state: string, hours: number, zh: string, en: string][] = [
    ['awaiting_authorization', 3 * DAY, '提醒用户完成授权', 'Remind the user to authorise'],
    ['in_doubt', DAY, '切勿换订单号重发', 'never send it anew'],
    ['likely_inserted', DAY, '询问用户卡包中是否有此发票', 'Ask the user whether the invoice is in the wallet'],
    ['needs_human', DAY, '由运营处理', 'An operator must look'],
    ['accepted', DAY, '检查 worker 是否运行', 'See whether workers run'],
    ['uploaded', DAY, '账号是否被暂停', 'whether the account is held'],
  ];

  test('aged: each that waits longer than it may, with its age and what to do; none an hour before', async () => {
    // Held, so that no worker carries what is due.
    await world
      .post('/v1/admin/holds', { scope: 'merchant', merchant_id: merchant, reason: '核对中' }, ADMIN)
      .expect(201);
    for (const [state, hours] of PATIENCE) {
      const due = ['accepted', 'uploaded'].includes(state);
      await standing(`old-${state}`, state, hours + HOUR, due);
      await standing(`young-${state}`, state, hours - HOUR, due);
    }
    for (const state of ['inserted', 'refused', 'rejected', 'cancelled'])
      await standing(`ended-${state}`, state, 90 * DAY);
    // A run of another merchant, or of other days, sees nothing of them.
    const elsewhere = { name: '别家', appid: 'wxelse', issuer_appid: APPID };
    const { body: other } = await world.post('/v1/admin/merchants', elsewhere, ADMIN).expect(201);
    expect((await reconcile({ merchant: other.id as string })).counts.aged).toBeUndefined();
    const ago = (hours: number) => new Date(Date.now() - hours * 3600 * 1000).toISOString();
    expect((await reconcile({ to: ago(100 * DAY) })).counts.aged).toBeUndefined();
    const recent = await reconcile({ merchant, from: ago(2 * DAY), to: ago(0) });
    expect(recent).toMatchObject({ merchant, counts: { aged: PATIENCE.length - 1, opened: PATIENCE.length - 1 } });
    for (const wrong of [{ merchant: '00000000-0000-4000-8000-000000000000' }, { from: 'yesterday' }]) {
      await world.post('/v1/admin/reconciliations', wrong, ADMIN).expect(422);
    }
    expect((await reconcile()).counts).toMatchObject({ aged: PATIENCE.length, opened: 1 });

    const open = await findings('state=open&class=aged');
    expect(open.map(({ order_id }) => order_id as string).sort()).toEqual(
      PATIENCE.map(([state]) => `old-${state}`).sort(),
    );
    for (const [state, hours, zh, en] of PATIENCE) {
      const [finding] = about(open, `old-${state}`);
      expect(finding).toMatchObject({ source: 'ledger', ours: { state, fee: 10600 }, theirs: null });
      expect(finding?.explanation).toContain(state);
      expect(finding?.explanation_en).toContain(state);
      expect(finding?.suggestion).toContain(zh);
      expect(finding?.suggestion_en).toContain(en);
      expect(finding?.age_seconds).toBeGreaterThanOrEqual((hours + HOUR) * 3600);
      expect(finding?.age_seconds).toBeLessThan((hours + HOUR) * 3600 + 600);
    }
    expect(about(open, 'old-needs_human')[0]?.explanation).toContain('tries_used_up');
  });

  test('accepted with a reason it stays so, run after run; resolved though it still holds, it is opened anew', async () => {
    const [one, other] = ['old-in_doubt', 'old-needs_human'];
    const open = await findings('state=open&class=aged');
    const [accepted, resolved] = [one, other].map((id) => about(open, id)[0]?.id as string);
    const decide = (id: string | undefined, act: string, body: object) =>
      world.post(`/v1/admin/findings/${id}/${act}`, body, ADMIN);
    await decide(accepted, 'acceptance', { reason: '' }).expect(422);
    await decide(resolved, 'resolution', {}).expect(422);
    await decide(accepted, 'acceptance', { reason: '用户出差，下周答复' }).expect(200);
    const { body } = await decide(resolved, 'resolution', { reason: '已在电话中处理' }).expect(200);
    expect(body).toMatchObject({ state: 'resolved', decided_by: 'bootstrap administrator', reason: '已在电话中处理' });

    expect((await reconcile()).counts).toMatchObject({ aged: PATIENCE.length, opened: 1 });
    const now = await findings('class=aged');
    expect(about(now, one)).toMatchObject([{ id: accepted, state: 'accepted', reason: '用户出差，下周答复' }]);
    expect(about(now, other).map(({ state }) => state as string)).toEqual(['open', 'resolved']);

    const { body: trail } = await world.get('/v1/admin/audit?limit=200', ADMIN).expect(200);
    const acts = (trail.items as Json[]).filter(({ action }) => (action as string).startsWith('finding.'));
    expect(acts).toMatchObject([
      {
        action: 'finding.resolved',
        object: resolved,
        reason: '已在电话中处理',
        data: { class: 'aged', order_id: other },
      },
      {
        action: 'finding.accepted',
        object: accepted,
        reason: '用户出差，下周答复',
        data: { class: 'aged', order_id: one },
      },
    ]);
  });

  test('an order that has come to its end is no longer told as aged, accepted or not', async () => {
    await query(
      world.databaseUrl,
      `UPDATE insertions SET state = 'rejected', doubt_since = NULL, due_at = NULL`,
      [],
      'SET session_replication_role = replica',
    );
    expect((await reconcile()).counts.closed).toBe(PATIENCE.length);
    expect(await findings('state=open')).toEqual([]);
    expect(about(await findings('state=gone'), 'old-in_doubt')).toMatchObject([{ reason: '用户出差，下周答复' }]);
    const { body } = await world.get('/v1/admin/holds', ADMIN).expect(200);
    for (const { id } of body.items as Json[]) {
      await fetch(`${world.service.url}/v1/admin/holds/${id}?reason=done`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${ADMIN}` },
      });
    }
  });

  test('code_unknown: a card whose code was lost, until evidence tells it; then it can be cancelled', async () => {
    const lost = order();
    await world.authorize(lost.order_id);
    const rule = { path: '/card/invoice/insert', mode: 'success_without_code', order_id: lost.order_id };
    await world.control('POST', '/faults', rule);
    await world.post('/v1/orders', lost).expect(202);
    const { id } = await world.until(lost.order_id, ['inserted']);
    const known = order();
    await world.authorize(known.order_id);
    await world.post('/v1/orders', known).expect(202);
    await world.until(known.order_id, ['inserted']);

    expect((await reconcile()).counts).toMatchObject({ code_unknown: 1, opened: 1 });
    const open = await findings('state=open');
    expect(open).toMatchObject([{ class: 'code_unknown', source: 'ledger', order_id: lost.order_id, order: id }]);
    expect(open[0]?.explanation).toContain('无法冲红');
    expect(open[0]?.suggestion).toContain('请用户在卡包中出示该发票');
    expect(open[0]?.suggestion_en).toContain('let the user show the invoice');
    await world.post(`/v1/orders/${lost.order_id}/cancellation`, {}).expect(409, /card_code_unknown/);

    // Whoever saw the card tells its code.
    const [card] = await world.cards(lost.order_id);
    const told = { kind: 'confirm_inserted', reason: '用户出示了发票', card_code: card?.code as string };
    await world.post(`/v1/admin/orders/${id}/resolutions`, told, ADMIN).expect(201);
    const run = await reconcile();
    expect([run.counts.code_unknown, run.counts.closed]).toEqual([undefined, 1]);
    expect(await findings('state=open')).toEqual([]);
    await world.post(`/v1/orders/${lost.order_id}/cancellation`, {}).expect(200);
  });
});
