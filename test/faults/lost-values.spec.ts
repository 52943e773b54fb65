import pino from 'pino';
import { loadConfig } from '../../src/config';
import { Sealer } from '../../src/data/sealed';
import { Service, startService } from '../../src/service';
import { ADMIN, ENVIRONMENT } from '../callbacks/pushes';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { environment, Json, MASTER_KEY, World } from '../support/world';

const KEY_ID = new Sealer(MASTER_KEY).currentKeyId;
const REASON = 'sealed_value_lost';

/** Bit rot: the last byte of a sealed value is another one. */
const rotten = (column: string) =>
  `${column} = set_byte(${column}, octet_length(${column}) - 1, get_byte(${column}, octet_length(${column}) - 1) # 1)`;

describe('an order whose sealed data cannot be opened', () => {
  let api: World;
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  beforeAll(async () => {
    api = await World.start({ env: { ROLE: 'api', ...ENVIRONMENT } });
    await api.control('PUT', '/profile', { authorizations: 'implied' });
  });
  afterAll(() => api.end());

  let running: Service | null = null;
  const worker = async () => {
    const env = environment(api.databaseUrl, api.sandbox.url, { ROLE: 'worker', ...ENVIRONMENT });
    return (running = await startService(loadConfig(env), log));
  };
  afterEach(() => running?.close());
  const damage = (id: string, set: string) =>
    query(api.databaseUrl, `UPDATE orders SET ${set} WHERE id = $1`, [id], 'SET session_replication_role = replica');
  const post = async () => {
    const made = order();
    const invoice: Json = { ...(made.invoice as Json), remarks: `备注 ${made.order_id}` };
    const given = { ...made, invoice };
    const { id } = (await api.post('/v1/orders', given).expect(202)).body as { id: string };
    return { ...given, id };
  };
  type Posted = Awaited<ReturnType<typeof post>>;

  it.each([
    ['is damaged', rotten('person'), KEY_ID],
    ['is of a key that is gone', `person = set_byte(person, 1, 0)`, null],
  ])('%s: it goes to a person alone, the other nine of its batch become cards at once', async (_, set, keyId) => {
    const posted: Posted[] = [];
    for (let n = 0; n < 10; n += 1) posted.push(await post());
    const [lost, ...others] = posted as [Posted, ...Posted[]];
    await damage(lost.id, set);
    lines.length = 0;
    const service = await worker();
    for (const { order_id } of others) await api.until(order_id, ['inserted']);
    const seen = await api.until(lost.order_id, ['needs_human']);
    await service.close();

    // One claim each: nobody waited for a lease to run out.
    const fences = await query<Json>(
      api.databaseUrl,
      'SELECT DISTINCT fence::integer FROM insertions WHERE id = ANY ($1)',
      [posted.map(({ id }) => id)],
    );
    expect(fences).toEqual([{ fence: 1 }]);
    expect(seen).toMatchObject({ unreadable: ['invoice'], insertion: { reason: REASON, attempts: [] } });
    expect([seen.insertion.advice, seen.insertion.advice_en]).toEqual([
      expect.stringMatching(/无法解密/),
      expect.stringMatching(/cannot be opened/),
    ]);
    expect(await api.requests('/card/invoice/insert', lost.order_id)).toEqual([]);
    // The log says which value and which key, never what it says.
    const told = lines.map((line) => JSON.parse(line) as Json).filter(({ value }) => value === `orders|${lost.id}`);
    expect(told[0]).toMatchObject({ key: keyId ?? expect.stringMatching(/^[0-9a-f]{8}$/), why: 'damaged' });
    expect(lines.join('')).not.toContain(lost.invoice.remarks);
    // It neither hides the others nor itself, and a repetition of the post is answered.
    const list = (await api.get('/v1/orders?limit=100').expect(200)).body as { items: Json[] };
    expect(list.items.map(({ order_id }) => order_id as string)).toEqual(
      expect.arrayContaining(posted.map((p) => p.order_id)),
    );
    const { id: __, ...again } = lost;
    expect((await api.post('/v1/orders', again).expect(200)).body).toMatchObject({ unreadable: ['invoice'] });
    const other = { ...again, invoice: { ...again.invoice, remarks: '另一备注' } };
    expect((await api.post('/v1/orders', other).expect(409)).body).toMatchObject({ code: REASON });
  });

  it('is begun anew with the data given again, and with nothing less', async () => {
    const lost = await post();
    await damage(lost.id, rotten('person'));
    let service = await worker();
    await api.until(lost.order_id, ['needs_human']);
    await service.close();
    const path = `/v1/admin/orders/${lost.id}`;
    const reinsert = (changes: Json) => api.post(`${path}/reinsertions`, { reason: 'from the backup', changes }, ADMIN);
    const refused = (await reinsert({ card_id: 'pjZ8Yt9WoOePThU0NfUKz5-tBEWV' }).expect(422)).body as Json;
    expect(refused.errors).toMatchObject([{ pointer: '/changes/invoice', code: 'FIELD-MISSING' }]);
    await reinsert({ invoice: lost.invoice }).expect(201);
    const story = (await api.get(path, ADMIN).expect(200)).body as Json;
    expect(story.revisions).toMatchObject([{ revision: 1, unreadable: ['invoice'] }]);
    service = await worker();
    const seen = await api.until(lost.order_id, ['inserted']);
    await service.close();
    expect([seen.invoice.remarks, seen.unreadable]).toEqual([lost.invoice.remarks, undefined]);
    const [sent] = await api.requests('/card/invoice/insert', lost.order_id);
    expect(JSON.stringify(sent?.body)).toContain(lost.invoice.remarks);
  });

  it('of which only the holder is lost is shown without him', async () => {
    const given = await post();
    const service = await worker();
    await api.until(given.order_id, ['inserted']);
    await service.close();
    await query(api.databaseUrl, `UPDATE insertions SET ${rotten('person')} WHERE id = $1`, [given.id]);
    const seen = await api.order(given.order_id);
    expect(seen).toMatchObject({
      state: 'inserted',
      unreadable: ['holder'],
      invoice: { remarks: given.invoice.remarks },
    });
    expect(seen.insertion.openid).toBeUndefined();
  });
});
