import { order } from '../support/orders';
import { World } from '../support/world';

const INSERT = '/card/invoice/insert';

describe('an answer that is not clear', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterEach(() => world.control('DELETE', '/faults'));
  afterAll(() => world.end());

  async function postUnder(faults: object[]) {
    const given = order();
    await world.authorize(given.order_id);
    await world.control(
      'POST',
      '/faults',
      faults.map((fault) => ({ path: INSERT, times: 1, order_id: given.order_id, ...fault })),
    );
    await world.post('/v1/orders', given).expect(202);
    return given.order_id;
  }

  it('lost after WeChat had made the card: the same order_id asks again, and there is one card', async () => {
    const id = await postUnder([{ mode: 'drop_after' }]);
    const settled = await world.until(id, ['inserted']);
    expect(settled.insertion).toMatchObject({ card_code_state: 'unknown' });
    expect(settled.insertion.card_code).toBeUndefined();
    expect(settled.insertion.attempts).toMatchObject([
      { kind: 'first', outcome: 'unclear' },
      { kind: 'probe', outcome: 'orderConsumed', errcode: 72056 },
    ]);
    expect(await world.cards(id)).toHaveLength(1);
  });

  it('lost before WeChat had read it: the probe makes the card, and its code is known', async () => {
    const id = await postUnder([{ mode: 'drop_before' }]);
    const settled = await world.until(id, ['inserted']);
    const [card] = await world.cards(id);
    expect(settled.insertion).toMatchObject({ card_code_state: 'known', card_code: card?.code });
    expect(settled.insertion.attempts.map(({ kind }) => kind)).toEqual(['first', 'probe']);
  });

  it.each([
    ['-1 though the card was made', { mode: 'errcode', errcode: -1, applied: true }],
    ['-1 and no card', { mode: 'errcode', errcode: -1, applied: false }],
    ['a gateway’s 502 after the card was made', { mode: 'http_status', status: 502, applied: true }],
    ['HTML with status 200', { mode: 'html_200' }],
    ['an empty body', { mode: 'empty_200' }],
    ['JSON that was cut', { mode: 'truncated_json' }],
    ['no answer within the deadline', { mode: 'timeout_after' }],
    ['a code nobody has documented', { mode: 'errcode', errcode: 72999, applied: false }],
    ['success without a code', { mode: 'success_without_code' }],
  ])('%s never ends as refused, and never makes a second card', async (_, fault) => {
    const id = await postUnder([fault]);
    const settled = await world.until(id, ['inserted', 'needs_human', 'refused', 'rejected']);
    expect(settled.state).toBe('inserted');
    expect(await world.cards(id)).toHaveLength(1);
    const timeline = await world.timeline(id);
    expect(timeline.map(({ type }) => type)).not.toContain('refused');
  });

  it('no probe leaves before the quiet period has passed', async () => {
    const id = await postUnder([{ mode: 'drop_after' }]);
    const settled = await world.until(id, ['inserted']);
    const [first, probe] = settled.insertion.attempts;
    const quiet = Date.parse(probe?.started_at as string) - Date.parse(first?.ended_at as string);
    expect(quiet).toBeGreaterThanOrEqual(1000);
  });

  it('an invoice that lies in a wallet after a doubt is likely this order’s: a second witness says so', async () => {
    const id = await postUnder([{ mode: 'drop_after' }, { mode: 'errcode', errcode: 72042, applied: false }]);
    const settled = await world.until(id, ['inserted', 'needs_human']);
    expect(settled).toMatchObject({ state: 'inserted', insertion: { card_code_state: 'unknown' } });
    expect((await world.timeline(id)).map(({ type }) => type)).toEqual([
      ...['accepted', 'uploaded', 'sending', 'in_doubt', 'sending', 'likely_inserted', 'sending', 'inserted'],
    ]);
    expect(settled.insertion.attempts).toMatchObject([
      { outcome: 'unclear' },
      { kind: 'probe', outcome: 'invoiceInWallet', errcode: 72042 },
      { kind: 'probe', outcome: 'orderConsumed', errcode: 72056 },
    ]);
    expect(await world.cards(id)).toHaveLength(1);
  });

  it('without that second witness it stays likely, and a person is asked: it may lie in somebody else’s', async () => {
    const id = await postUnder([
      { mode: 'drop_before' },
      { mode: 'errcode', errcode: 72042, applied: false, times: 10 },
    ]);
    const settled = await world.until(id, ['inserted', 'needs_human', 'refused']);
    expect(settled).toMatchObject({ state: 'needs_human', insertion: { reason: 'probes_exhausted' } });
    expect(settled.insertion.attempts.map(({ errcode }) => errcode ?? null)).toEqual([
      null,
      ...Array<number>(5).fill(72042),
    ]);
    expect(await world.cards(id)).toEqual([]);
  });

  it('a refusal that follows a doubt goes to a person, not to the merchant as a refusal', async () => {
    const id = await postUnder([{ mode: 'drop_after' }, { mode: 'errcode', errcode: 72031, applied: false }]);
    const settled = await world.until(id, ['needs_human', 'refused', 'inserted']);
    expect(settled).toMatchObject({ state: 'needs_human', insertion: { reason: 'contradiction' } });
  });

  it('with IN_DOUBT_POLICY=manual nothing is sent again; a person decides', async () => {
    const careful = await World.start({ env: { IN_DOUBT_POLICY: 'manual' } });
    try {
      const given = order();
      await careful.authorize(given.order_id);
      await careful.control('POST', '/faults', [{ path: INSERT, mode: 'drop_after', times: 1 }]);
      await careful.post('/v1/orders', given).expect(202);
      await careful.until(given.order_id, ['needs_human']);
      expect(await careful.requests(INSERT, given.order_id)).toHaveLength(1);
    } finally {
      await careful.end();
    }
  });
});

describe('a clear answer', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterEach(() => world.control('DELETE', '/faults'));
  afterAll(() => world.end());

  it.each([
    [72040, 'refused', 'wechat_72040'],
    [72031, 'refused', 'wechat_72031'],
    [72035, 'rejected', 'wechat_72035'],
    [72042, 'needs_human', 'invoice_in_a_wallet'],
    [72056, 'needs_human', 'order_consumed_elsewhere'],
  ])('%i without a doubt before it ends as %s', async (errcode, state, reason) => {
    const given = order();
    await world.authorize(given.order_id);
    await world.control('POST', '/faults', [{ path: INSERT, mode: 'errcode', errcode, applied: false }]);
    await world.post('/v1/orders', given).expect(202);
    const settled = await world.until(given.order_id, ['refused', 'rejected', 'needs_human', 'inserted']);
    expect(settled).toMatchObject({ state, insertion: { reason } });
    expect(settled.insertion.advice).toMatch(/\p{Script=Han}/u);
    expect(await world.requests(INSERT, given.order_id)).toHaveLength(1);
    expect(await world.cards(given.order_id)).toEqual([]);
  });

  it('an order nobody authorised waits for its user', async () => {
    const given = order();
    await world.post('/v1/orders', given).expect(202);
    const waiting = await world.until(given.order_id, ['awaiting_authorization']);
    expect(waiting.insertion.next_attempt_at).toBeDefined();
    expect(waiting.insertion.attempts).toMatchObject([{ outcome: 'awaitingAuthorization', errcode: 72038 }]);
  });

  it('busy (72036) is tried again and becomes a card', async () => {
    const given = order();
    await world.authorize(given.order_id);
    await world.control('POST', '/faults', [
      { path: '/card/invoice/platform/setpdf', mode: 'errcode', errcode: -1, applied: false, times: 2 },
    ]);
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['inserted']);
    expect(await world.cards(given.order_id)).toHaveLength(1);
  });

  it('a token that somebody else superseded costs the order nothing, and the PDF is sent again whole', async () => {
    const given = order();
    await world.authorize(given.order_id);
    await world.control('POST', '/rotate-token', { appid: 'wxc0b84a53ed8e8d29', family: 'stable' });
    await world.post('/v1/orders', given).expect(202);
    const inserted = await world.until(given.order_id, ['inserted']);
    expect(inserted.insertion.attempts.at(-1)).toMatchObject({ outcome: 'inserted' });
    expect(await world.cards(given.order_id)).toHaveLength(1);
  });
});
