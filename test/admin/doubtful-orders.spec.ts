import { order } from '../support/orders';
import { Json, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const INSERT = '/card/invoice/insert';

describe('a doubtful order before an operator', () => {
  let world: World;
  beforeAll(async () => {
    // A request that hangs is on its way for seconds, and is not asked about again within the test.
    const env = { BOOTSTRAP_ADMIN_KEY: ADMIN, WECHAT_TIMEOUT_MS: '4000', LEASE_SECONDS: '20', PROBE_SCHEDULE: '0s,1h' };
    world = await World.start({ env: { ...env, IN_DOUBT_QUIET_SECONDS: '5' } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
  });
  afterAll(() => world.end());

  const detail = async (id: string) => (await world.get(`/v1/admin/orders/${id}`, ADMIN).expect(200)).body as Json;
  const act = (id: string, kind: 'reinsertions' | 'resolutions', body: Json) =>
    world.post(`/v1/admin/orders/${id}/${kind}`, { reason: '核实', ...body }, ADMIN);

  /** An order whose inserts are answered so, one after another. */
  async function posted(...faults: Json[]): Promise<Json & { order_id: string }> {
    const given = order();
    await world.control(
      'POST',
      '/faults',
      faults.map((fault) => ({ path: INSERT, times: 1, order_id: given.order_id, ...fault })),
    );
    await world.post('/v1/orders', given).expect(202);
    return given;
  }
  /** Its card was made and the answer lost; the probe was refused, which contradicts it. */
  const contradictory = () => posted({ mode: 'drop_after' }, { mode: 'errcode', errcode: 72031, applied: false });

  it('shows on one answer what is known: each attempt with WeChat’s words, the events, the evidence, the question', async () => {
    const given = await contradictory();
    const { id } = await world.until(given.order_id, ['needs_human']);
    const seen = await detail(id);
    const [first, probe] = seen.insertion.attempts as [Json, Json];
    // No answer, no errcode.
    expect(first).toMatchObject({ n: 1, kind: 'first' });
    expect(first.errcode).toBeUndefined();
    expect(probe).toMatchObject({ n: 2, kind: 'probe', errcode: 72031 });
    expect(probe.errmsg).toBeTruthy();
    expect(probe.hint).toBeTruthy();
    for (const attempt of [first, probe]) {
      expect(new Date(attempt.ended_at as string) >= new Date(attempt.started_at as string)).toBe(true);
    }
    const events = seen.events as Json[];
    expect(events).toEqual(await world.timeline(given.order_id));
    const types = events.map(({ type }) => type as string);
    expect(types).toEqual(expect.arrayContaining(['accepted', 'in_doubt', 'needs_human']));
    expect(types.indexOf('in_doubt')).toBeLessThan(types.indexOf('needs_human'));
    expect(seen).toMatchObject({ evidence: [], reinsertions: [], resolutions: [] });

    // Ready to be sent to the user: which invoice, of how much, in whose name, and where to look.
    const { number, fee, title } = given.invoice as { number: string; fee: number; title: string };
    const yuan = (fee / 100).toFixed(2);
    for (const part of ['卡包', number, `¥${yuan}`, title]) expect(seen.question).toContain(part);
    for (const part of ['Cards & Offers', number, `¥${yuan}`, title]) expect(seen.question_en).toContain(part);
  });

  it('is confirmed as inserted without the code, which stays unknown until somebody has read it', async () => {
    const given = await contradictory();
    const { id } = await world.until(given.order_id, ['needs_human']);
    await act(id, 'resolutions', { kind: 'confirm_inserted', evidence: '用户电话确认' }).expect(201);
    const { insertion } = await world.order(given.order_id);
    expect(insertion).toMatchObject({ state: 'inserted', card_code_state: 'unknown' });
    expect(insertion.card_code).toBeUndefined();
    // Once more without a code says nothing new; with it, it can be cancelled.
    const again = await act(id, 'resolutions', { kind: 'confirm_inserted' }).expect(409);
    expect(again.body).toMatchObject({ code: 'order_inserted' });
    expect((await detail(id)).question).toContain((given.invoice as Json).number);
    const [card] = await world.cards(given.order_id);
    await act(id, 'resolutions', { kind: 'confirm_inserted', card_code: card?.code as string }).expect(201);
    expect((await world.order(given.order_id)).insertion).toMatchObject({
      card_code: card?.code,
      card_code_state: 'known',
    });
    expect((await detail(id)).question).toBeNull();
    await world.post(`/v1/orders/${given.order_id}/cancellation`, {}).expect(200);
    expect(await world.requests(INSERT, given.order_id)).toHaveLength(2);
  });

  it('is decided by nobody while a request is on its way, and denied by nobody while it may still arrive', async () => {
    const given = await posted({ mode: 'hang' }, { mode: 'hang' });
    const { id } = await world.until(given.order_id, ['sending']);
    const refusals = async () => {
      const codes: string[] = [];
      for (const kind of ['confirm_inserted', 'confirm_not_inserted', 'abandon']) {
        codes.push((await act(id, 'resolutions', { kind }).expect(409)).body.code as string);
      }
      codes.push((await act(id, 'reinsertions', {}).expect(409)).body.code as string);
      return codes;
    };
    expect(await refusals()).toEqual(Array(4).fill('order_under_way'));
    expect((await detail(id)).allowed_acts).toEqual([]);
    expect(await world.requests(INSERT, given.order_id)).toHaveLength(1);

    // In doubt, and the request may still arrive: nobody may say yet that there is no card.
    await world.until(given.order_id, ['in_doubt']);
    const doubtful = await detail(id);
    expect(doubtful.allowed_acts).toEqual(['confirm_inserted']);
    const denial = await act(id, 'resolutions', { kind: 'confirm_not_inserted' }).expect(409);
    expect(denial.body).toMatchObject({ code: 'quiet_period' });
    expect((await act(id, 'reinsertions', {}).expect(409)).body).toMatchObject({ code: 'order_in_doubt' });
    expect(doubtful.resolutions).toEqual([]);
  });
});
