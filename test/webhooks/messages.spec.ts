import { noteReimbursement } from '../../src/insertion/reimbursement-event';
import { connect } from '../../src/data/data-source';
import { asEngine } from '../../src/data/statement';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { Json, KEY, World } from '../support/world';
import { Receiver, until, verified } from './receiver';

const INSERT = '/card/invoice/insert';

describe('what a merchant is told', () => {
  let receiver: Receiver;
  let world: World;
  let secret: string;
  beforeAll(async () => {
    receiver = await Receiver.start();
    world = await World.start({ env: { WEBHOOK_ALLOW: receiver.place, PROBE_SCHEDULE: '0s,1s' } });
    const { body } = await world.post('/v1/webhook_endpoints', { url: receiver.url('/all') }).expect(201);
    secret = (body as Json).secret as string;
    const types = ['invoice.card.inserted', 'invoice.card.refused'];
    await world.post('/v1/webhook_endpoints', { url: receiver.url('/ends'), types }).expect(201);
  });
  afterEach(() => world.control('DELETE', '/faults'));
  afterAll(async () => {
    await world.end();
    await receiver.close();
  });

  const post = async (authorized = true) => {
    const given = order();
    if (authorized) await world.authorize(given.order_id);
    await world.post('/v1/orders', given, KEY).expect(202);
    return given.order_id;
  };
  /** The messages about an order in the order of their sequence, once the last one is there. */
  const told = (orderId: string, last: string, path = '/all') =>
    until(async () => {
      const heard = receiver.at(path).filter(({ body }) => body.data.order_id === orderId);
      const messages = heard.map((one) => (path === '/all' ? verified(secret, one) : one.body));
      messages.sort((a, b) => a.data.sequence - b.data.sequence);
      return messages.at(-1)?.type === last && messages;
    });
  const brief = (messages: Json[]) =>
    messages.map(({ type, data }) => [
      data.sequence as number,
      (type as string).replace('invoice.card.', ''),
      data.state as string,
    ]);

  it('a card: one message, with its code', async () => {
    const id = await post();
    expect(brief(await told(id, 'invoice.card.inserted'))).toEqual([[1, 'inserted', 'inserted']]);
  });

  it('a wait for the user, once however often WeChat is asked; then the card, which the types that were chosen hear alone', async () => {
    const id = await post(false);
    await told(id, 'invoice.card.awaiting_authorization');
    // Only while no worker has it: a lease that ended under a busy one would begin its step again and again.
    const askAgainUntil = (there: () => Promise<boolean>) =>
      until(async () => {
        await query(
          world.databaseUrl,
          `UPDATE insertions SET due_at = now() WHERE state = 'awaiting_authorization' AND claimed_by IS NULL`,
        );
        return there();
      });
    const asked = async () => {
      const text = `SELECT authorization_checks AS asked FROM insertions JOIN orders USING (merchant_id, id) WHERE order_id = $1`;
      return (await query<Json>(world.databaseUrl, text, [id]))[0]?.asked as number;
    };
    const before = await asked();
    await askAgainUntil(async () => (await asked()) >= before + 2);
    await world.authorize(id);
    await askAgainUntil(async () => (await world.order(id)).state === 'inserted');
    expect(brief(await told(id, 'invoice.card.inserted'))).toEqual([
      [1, 'awaiting_authorization', 'awaiting_authorization'],
      [2, 'inserted', 'inserted'],
    ]);
    expect(brief(await told(id, 'invoice.card.inserted', '/ends'))).toEqual([[1, 'inserted', 'inserted']]);
  });

  it('a doubt as unresolved, never as refused; and its end', async () => {
    await world.control('POST', '/faults', [{ path: INSERT, mode: 'errcode', errcode: -1, applied: false, times: 1 }]);
    const id = await post();
    expect(brief(await told(id, 'invoice.card.inserted'))).toEqual([
      [1, 'unresolved', 'in_doubt'],
      [2, 'inserted', 'inserted'],
    ]);
  });

  it('a refusal with its errcode; the same refusal again when the order was begun anew', async () => {
    await world.control('POST', '/faults', [
      { path: INSERT, mode: 'errcode', errcode: 72045, applied: false, times: 1 },
    ]);
    const id = await post();
    const [refusal] = await told(id, 'invoice.card.refused');
    expect(refusal?.data).toMatchObject({ state: 'refused', errcode: 72045, card_code: null, card_code_state: 'none' });
    expect(refusal?.data.reason).toEqual((await world.order(id)).insertion.reason);
    await transition(id, 'accepted');
    await transition(id, 'refused', refusal?.data.reason as string);
    expect(
      brief(
        await until(
          async () => (await told(id, 'invoice.card.refused')).length === 2 && told(id, 'invoice.card.refused'),
        ),
      ),
    ).toEqual([
      [1, 'refused', 'refused'],
      [2, 'refused', 'refused'],
    ]);
  });

  it('an order a person gave up after a doubt stays unresolved; without a doubt it is refused', async () => {
    await world.control('POST', '/faults', [{ path: INSERT, mode: 'errcode', errcode: -1, applied: false }]);
    const doubtful = await post();
    await told(doubtful, 'invoice.card.unresolved');
    await world.until(doubtful, ['needs_human'], 30_000);
    await transition(doubtful, 'rejected', 'abandoned');
    const messages = await until(async () => {
      const all = await told(doubtful, 'invoice.card.unresolved');
      return all.at(-1)?.data.state === 'rejected' && all;
    });
    expect(messages.map(({ type }) => type as string)).toEqual(messages.map(() => 'invoice.card.unresolved'));
    await world.control('DELETE', '/faults');
    const plain = await post(false);
    await told(plain, 'invoice.card.awaiting_authorization');
    await transition(plain, 'rejected', 'abandoned');
    expect(brief(await told(plain, 'invoice.card.refused')).at(-1)).toEqual([2, 'refused', 'rejected']);
  });

  it('a cancellation, and a change of the reimbursement', async () => {
    const id = await post();
    await told(id, 'invoice.card.inserted');
    const dataSource = await connect(world.databaseUrl);
    const [row] = await query<Json>(world.databaseUrl, 'SELECT merchant_id, id FROM orders WHERE order_id = $1', [id]);
    await asEngine(dataSource, (client) =>
      noteReimbursement(
        client,
        { merchantId: row!.merchant_id as string, id: row!.id as string },
        'INVOICE_REIMBURSE_LOCK',
        'callback',
      ),
    );
    await dataSource.destroy();
    const messages = await told(id, 'invoice.card.reimbursement_changed');
    expect(messages.at(-1)?.data).toMatchObject({
      sequence: 2,
      state: 'inserted',
      reimburse_status: 'INVOICE_REIMBURSE_LOCK',
    });
    await transition(id, 'cancelled');
    expect(brief(await told(id, 'invoice.card.cancelled')).at(-1)).toEqual([3, 'cancelled', 'cancelled']);
  });

  it('never anything about the person, and nothing at all where there is no endpoint', async () => {
    const [{ text }] = (await query<Json>(
      world.databaseUrl,
      `SELECT coalesce(string_agg(data::text, ''), '') AS text FROM webhook_deliveries`,
    )) as [Json];
    const people = await world.control('GET', '/ledger/cards');
    for (const { openid } of people.cards as Json[]) expect(text).not.toContain(openid);
    await query(world.databaseUrl, 'DELETE FROM webhook_endpoints');
    const [before] = await query(world.databaseUrl, 'SELECT count(*) FROM webhook_deliveries');
    await world.until(await post(), ['inserted']);
    expect(await query(world.databaseUrl, 'SELECT count(*) FROM webhook_deliveries')).toEqual([before]);
  });

  /** A transition as the service records it: state and event in one statement. */
  async function transition(orderId: string, state: string, reason: string | null = null): Promise<void> {
    await query(
      world.databaseUrl,
      `WITH moved AS (
         UPDATE insertions i SET state = $2, reason = $3, doubt_since = NULL, due_at = NULL, claimed_by = NULL, fence = fence + 1, events = events + 1
           FROM orders o WHERE o.order_id = $1 AND o.id = i.id RETURNING i.merchant_id, i.id, i.events)
       INSERT INTO events (merchant_id, id, seq, at, type) SELECT merchant_id, id, events, clock_timestamp(), $2 FROM moved`,
      [orderId, state, reason],
      'SET ROLE piaoka_engine',
    );
  }
});
