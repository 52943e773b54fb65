import { query } from '../support/databases';
import { order } from '../support/orders';
import { APPID, Json, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const OTHER_APPID = 'wxotherappid0001';

describe('operators search the orders of all merchants', () => {
  let world: World;
  let other: Json;
  /** By a name for each: its order_id, its invoice's number, its uuid. */
  const orders: Record<string, { id: string; orderId: string; number: string }> = {};

  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api', BOOTSTRAP_ADMIN_KEY: ADMIN } });
    const merchant = { name: '别家', appid: OTHER_APPID, card_id: 'pOther', issuer_appid: APPID };
    other = (await world.post('/v1/admin/merchants', merchant, ADMIN).expect(201)).body as Json;
    const request = { label: 'ERP', scopes: ['orders:write'] };
    const { body } = await world.post(`/v1/admin/merchants/${other.id}/keys`, request, ADMIN).expect(201);
    await posted('carded');
    await posted('refused');
    await posted('foreign', (body as Json).key as string);
    const carded = `, state = 'inserted', card_code = '112233', card_code_state = 'known', due_at = NULL`;
    await made('carded', '2026-11-20T00:00:00+08:00', carded);
    await made('refused', '2026-11-21T00:00:00+08:00', `, state = 'refused', reason = 'wechat_72031', due_at = NULL`);
    await made('foreign', '2026-11-22T00:00:00+08:00');
    await query(
      world.databaseUrl,
      `INSERT INTO attempts (merchant_id, id, n, kind, outcome, sent, errcode, errmsg, hint, classifier_version, request_sha256,
                             started_at, ended_at)
       SELECT merchant_id, id, 1, 'first', 'refused', 'yes', 72031, 'invalid', 'hint-of-one', 1, sha256('r'), now(), now()
         FROM orders WHERE id = $1`,
      [orders.refused?.id],
    );
    const hold = { scope: 'merchant', merchant_id: other.id as string, reason: '核对中' };
    await world.post('/v1/admin/holds', hold, ADMIN).expect(201);
  });
  afterAll(() => world.end());

  async function posted(name: string, key?: string): Promise<void> {
    const { card_id: _, appid: __, ...given } = order();
    const { body } = await world.post('/v1/orders', given, key).expect(202);
    const { number } = given.invoice as { number: string };
    orders[name] = { id: (body as Json).id as string, orderId: given.order_id, number };
  }

  /** As it lies there long after. */
  async function made(name: string, at: string, present = ''): Promise<void> {
    for (const statement of [
      'UPDATE orders SET created_at = $2 WHERE id = $1',
      `UPDATE insertions SET created_at = $2 ${present} WHERE id = $1`,
    ]) {
      await query(world.databaseUrl, statement, [orders[name]?.id, at], 'SET session_replication_role = replica');
    }
  }

  const found = async (search: Record<string, string>): Promise<string[]> => {
    const text = new URLSearchParams(search).toString();
    const { body } = await world.get(`/v1/admin/orders?${text}`, ADMIN).expect(200);
    return (body.items as Json[]).map(
      ({ id }) => Object.entries(orders).find(([, one]) => one.id === id)?.[0] ?? String(id),
    );
  };

  it('sees all of them, newest first, whose each is', async () => {
    expect(await found({})).toEqual(['foreign', 'refused', 'carded']);
    const { body } = await world.get('/v1/admin/orders', ADMIN).expect(200);
    expect(body.items).toMatchObject([
      { merchant_id: other.id, merchant_name: '别家', issuer_appid: APPID, state: 'held' },
      { merchant_name: 'bootstrap', state: 'refused' },
      { merchant_name: 'bootstrap', state: 'inserted' },
    ]);
  });

  it('finds exactly what each filter says, and nothing by another value', async () => {
    const of = (name: string) => orders[name] as { orderId: string; number: string };
    const cases: [Record<string, string>, string[]][] = [
      [{ merchant: other.id as string }, ['foreign']],
      [{ merchant: '0192aaaa-0000-7000-8000-000000000000' }, []],
      [{ appid: OTHER_APPID }, ['foreign']],
      [{ appid: APPID }, ['refused', 'carded']],
      [{ order_id: of('carded').orderId }, ['carded']],
      [{ order_id: 'nobody' }, []],
      [{ state: 'held' }, ['foreign']],
      [{ state: 'refused' }, ['refused']],
      [{ state: 'cancelled' }, []],
      [{ reason: 'wechat_72031' }, ['refused']],
      [{ reason: 'wechat_72032' }, []],
      [{ invoice_number: of('foreign').number }, ['foreign']],
      [{ invoice_number: '00000000000000000000' }, []],
      [{ card_code: '112233' }, ['carded']],
      [{ card_code: '11223' }, []],
      [{ errcode: '72031' }, ['refused']],
      [{ errcode: '72030' }, []],
      [{ hint: 'hint-of-one' }, ['refused']],
      [{ hint: 'hint-of' }, []],
      // From a moment on, and up to a moment without it.
      [{ created_from: '2026-11-21' }, ['foreign', 'refused']],
      [{ created_to: '2026-11-21' }, ['carded']],
      [{ created_from: '2026-11-21', created_to: '2026-11-22T00:00:00+08:00' }, ['refused']],
      [{ created_from: '2026-11-21', state: 'inserted' }, []],
      [{ merchant: other.id as string, state: 'held', appid: OTHER_APPID }, ['foreign']],
    ];
    for (const [search, names] of cases) expect([search, await found(search)]).toEqual([search, names]);
  });

  it('in pages across merchants, each once', async () => {
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await world.get(`/v1/admin/orders?limit=1${cursor}`, ADMIN).expect(200);
      seen.push(...(body.items as Json[]).map(({ id }) => id as string));
      if (!body.has_more) break;
      cursor = `&cursor=${body.next_cursor as string}`;
    }
    expect(seen).toEqual(['foreign', 'refused', 'carded'].map((name) => orders[name]?.id));
  });
});
