import { createHash, randomUUID } from 'node:crypto';
import request from 'supertest';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { APPID, Json, KEY, World } from '../support/world';
import { answers, Receiver, until, verified } from './receiver';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const OTHER_KEY = 'pk_other_8f3a61c4d27b90e5a1f6037bc95e24d8';

describe('a merchant’s webhook endpoints', () => {
  let receiver: Receiver;
  let world: World;
  beforeAll(async () => {
    receiver = await Receiver.start();
    const env = { WEBHOOK_ALLOW: receiver.place, WEBHOOK_SCHEDULE: '0s,1s,1s', WEBHOOK_TIMEOUT_MS: '1000' };
    world = await World.start({ env: { ...env, BOOTSTRAP_ADMIN_KEY: ADMIN } });
    const merchant = randomUUID();
    await query(
      world.databaseUrl,
      `INSERT INTO merchants (id, name, appid, card_id, issuer_appid) VALUES ($1, 'other', $2, 'pOther', $2)`,
      [merchant, APPID],
    );
    await query(
      world.databaseUrl,
      `INSERT INTO merchant_keys (id, merchant_id, key_sha256, label, scopes) VALUES ($1, $2, $3, 'other', '{webhooks:manage}')`,
      [randomUUID(), merchant, createHash('sha256').update(OTHER_KEY).digest()],
    );
  });
  afterEach(async () => {
    for (const { id } of (await endpoints()).items as Json[]) await remove(id as string).expect(204);
  });
  afterAll(async () => {
    await world.end();
    await receiver.close();
  });

  const endpoints = async () => (await world.get('/v1/webhook_endpoints').expect(200)).body as Json;
  const remove = (id: string, key = KEY) =>
    request(world.service.url).delete(`/v1/webhook_endpoints/${id}`).set('authorization', `Bearer ${key}`);
  const add = async (path: string, more: object = {}) => {
    const answer = await world.post('/v1/webhook_endpoints', { url: receiver.url(path), ...more }).expect(201);
    return answer.body as Json & { id: string; secret: string };
  };
  const inserted = async () => {
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    return world.until(given.order_id, ['inserted']);
  };
  const deliveries = async (filter: string) =>
    (await world.get(`/v1/webhook_deliveries?${filter}`).expect(200)).body as Json;

  it('hear of a card, signed; the secret is shown once', async () => {
    const endpoint = await add('/first', { description: 'orders system' });
    expect(endpoint.secret).toMatch(/^whsec_[0-9A-Za-z+/]{43}=$/);
    const card = await inserted();
    const [heard] = await receiver.until('/first', 1);
    expect(verified(endpoint.secret, heard!)).toEqual({
      type: 'invoice.card.inserted',
      timestamp: expect.stringMatching(/\+08:00$/) as string,
      data: {
        order_id: card.order_id,
        appid: APPID,
        state: 'inserted',
        card_code_state: 'known',
        card_code: card.insertion.card_code,
        reason: null,
        errcode: null,
        occurred_at: heard!.body.timestamp as string,
        sequence: 1,
      },
    });
    expect(() => verified(`whsec_${Buffer.alloc(32).toString('base64')}`, heard!)).toThrow(/signature/);
    const { secret, ...shown } = endpoint;
    expect((await endpoints()).items).toEqual([shown]);
    expect((await world.get(`/v1/webhook_endpoints/${endpoint.id}`).expect(200)).body).toEqual(shown);
    const stored = await query<Json>(world.databaseUrl, 'SELECT * FROM webhook_endpoints');
    expect(JSON.stringify(stored)).not.toContain(secret.slice(6));
  });

  it('are asked again under the same id, by the schedule, by hand and for a time', async () => {
    let refusals = 1;
    receiver.behave('/again', (response) => answers[refusals-- > 0 ? 'hangUp' : 'ok'](response));
    const { id, secret } = await add('/again');
    const from = new Date().toISOString();
    const { order_id } = await inserted();
    await receiver.until('/again', 2);
    const [delivery] = (await deliveries(`order_id=${order_id}`)).items as [Json];
    await untilDelivered(delivery.id as string);
    await world.post(`/v1/webhook_deliveries/${delivery.id}/redelivery`, {}).expect(202);
    await receiver.until('/again', 3);
    await untilDelivered(delivery.id as string);
    const range = { from, to: new Date(Date.now() + 60_000).toISOString() };
    const replays = `/v1/webhook_endpoints/${id}/replays`;
    expect((await world.post(replays, range).expect(202)).body).toEqual({ endpoint_id: id, deliveries: 1 });
    const heard = await receiver.until('/again', 4);
    expect(new Set(heard.map((one) => one.id))).toEqual(new Set([delivery.id]));
    expect(new Set(heard.map((one) => JSON.stringify(verified(secret, one)))).size).toBe(1);
    const refused = { ...range, types: ['invoice.card.refused'] };
    expect((await world.post(replays, refused).expect(202)).body).toMatchObject({ deliveries: 0 });
    const [told] = (await deliveries(`endpoint_id=${id}&state=delivered`)).items as [Json];
    expect((told.attempts as Json[]).map(({ result }) => result as string).slice(0, 2)).toEqual([
      'unreachable',
      'delivered',
    ]);
  });

  it('that say 410 are disabled at once; what is missed meanwhile waits for a replay', async () => {
    receiver.behave('/gone', answers.status(410));
    const { id } = await add('/gone');
    const from = new Date().toISOString();
    await inserted();
    await receiver.until('/gone', 1);
    const disabled = await until(async () => ((await endpoints()).items as Json[]).find((e) => e.state === 'disabled'));
    expect(disabled).toMatchObject({ disabled_reason: 'gone' });
    const admin = await world.get('/v1/admin/webhook_endpoints?state=disabled', ADMIN).expect(200);
    expect((admin.body as Json).items).toMatchObject([{ id, merchant_id: expect.any(String) as string }]);
    expect(
      await query(world.databaseUrl, `SELECT object, data ->> 'reason' AS reason FROM audit WHERE actor = 'piaoka'`),
    ).toEqual([{ object: id, reason: 'gone' }]);
    const missed = await inserted();
    await world.post(`/v1/webhook_endpoints/${id}/test`, {}).expect(409);
    expect(((await deliveries(`order_id=${missed.order_id}`)).items as Json[])[0]).toMatchObject({ state: 'missed' });
    expect(receiver.at('/gone')).toHaveLength(1);

    receiver.behave('/gone', answers.ok);
    await world.post(`/v1/webhook_endpoints/${id}/activation`, {}).expect(200);
    await receiver.until('/gone', 2);
    const range = { from, to: new Date(Date.now() + 60_000).toISOString() };
    await world.post(`/v1/webhook_endpoints/${id}/replays`, range).expect(202);
    const heard = await receiver.until('/gone', 4);
    expect(heard.map(({ body }) => body.data.order_id as string)).toContain(missed.order_id);
  });

  it('that fail for five days are disabled, with a notice; shorter or after a silence they are not', async () => {
    receiver.behave('/failing', answers.status(500));
    const { id } = await add('/failing');
    const age = (since: string, last: string) =>
      query(
        world.databaseUrl,
        `UPDATE webhook_endpoints SET failing_since = now() - $1::interval, last_failed_at = now() - $2::interval`,
        [since, last],
      );
    const failOnce = async () => {
      const { body } = await world.post(`/v1/webhook_endpoints/${id}/test`, {}).expect(202);
      await until(async () => {
        const [row] = await query<Json>(world.databaseUrl, 'SELECT attempts FROM webhook_deliveries WHERE id = $1', [
          body.id,
        ]);
        return (row?.attempts as number) >= 1;
      });
      await new Promise((resume) => setTimeout(resume, 200));
      return ((await endpoints()).items as Json[])[0] as Json;
    };
    await age('4 days 23 hours', '1 hour');
    expect(await failOnce()).toMatchObject({ state: 'enabled' });
    await age('6 days', '2 days');
    expect(await failOnce()).toMatchObject({ state: 'enabled' });
    await age('5 days 1 hour', '1 hour');
    await world.post(`/v1/webhook_endpoints/${id}/test`, {});
    const disabled = await until(async () => ((await endpoints()).items as Json[]).find((e) => e.state === 'disabled'));
    expect(disabled).toMatchObject({ disabled_reason: 'failing' });
    expect(
      await query(
        world.databaseUrl,
        `SELECT data ->> 'reason' AS reason FROM audit WHERE action = 'webhook_endpoint.disabled' AND object = $1`,
        [id],
      ),
    ).toEqual([{ reason: 'failing' }]);
  });

  it('belong to one merchant; bad ones are named by pointer; acts are in the audit trail', async () => {
    const { id } = await add('/mine');
    for (const [method, path] of [
      ['get', `/v1/webhook_endpoints/${id}`],
      ['delete', `/v1/webhook_endpoints/${id}`],
      ['post', `/v1/webhook_endpoints/${id}/secret_rotation`],
      ['post', `/v1/webhook_endpoints/${id}/test`],
      ['post', `/v1/webhook_endpoints/${id}/activation`],
      ['post', `/v1/webhook_deliveries/${randomUUID()}/redelivery`],
    ] as const) {
      const answer = await request(world.service.url)[method](path).set('authorization', `Bearer ${OTHER_KEY}`);
      expect([path, answer.status]).toEqual([path, 404]);
    }
    expect(((await world.get('/v1/webhook_endpoints', OTHER_KEY).expect(200)).body as Json).items).toEqual([]);
    const faults = async (body: object) => {
      const problem = (await world.post('/v1/webhook_endpoints', body).expect(422)).body as Json;
      return (problem.errors as Json[]).map(({ pointer, code }) => `${pointer} ${code}`);
    };
    expect(await faults({ url: 'http://example.com/' })).toEqual(['/url URL-SCHEME']);
    expect(await faults({ url: 'https://user:pw@example.com/' })).toEqual(['/url URL-USER']);
    expect(await faults({ url: 'https://example.com:8443/' })).toEqual(['/url URL-PORT']);
    expect(await faults({ url: 'https://8.8.8.8/' })).toEqual(['/url URL-ADDRESS']);
    expect(await faults({ url: 'nowhere', types: ['all'] })).toEqual(['/types/0 FIELD-VALUE']);
    expect(await faults({ types: [] })).toEqual(expect.arrayContaining(['/url FIELD-MISSING', '/types FIELD-VALUE']));
    await world.get('/v1/webhook_deliveries?state=lost&limit=0').expect(422);
    await world.post(`/v1/webhook_endpoints/${id}/replays`, { from: 'then', to: '2026-01-01' }).expect(422);
    const ages = { from: '-200000-01-01T00:00:00Z', to: '+275000-01-01T00:00:00Z' };
    await world.post(`/v1/webhook_endpoints/${id}/replays`, ages).expect(422);
    await remove(id).expect(204);
    await remove(id).expect(404);
    const acts = await query<Json>(
      world.databaseUrl,
      `SELECT actor, action FROM audit WHERE object = $1 ORDER BY seq`,
      [id],
    );
    expect(acts).toEqual(
      ['added', 'removed'].map((verb) => ({
        actor: expect.stringMatching(/^key [0-9a-f-]{36}$/) as string,
        action: `webhook_endpoint.${verb}`,
      })),
    );
  });

  it('are twenty at most; deliveries come in pages', async () => {
    const made = await Promise.all(
      Array.from({ length: 25 }, (_, n) =>
        world.post('/v1/webhook_endpoints', { url: receiver.url(`/many/${n}`) }).then(({ status }) => status),
      ),
    );
    expect([made.filter((status) => status === 201).length, made.filter((status) => status === 409).length]).toEqual([
      20, 5,
    ]);
    const { order_id } = await inserted();
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const page = await deliveries(`order_id=${order_id}&limit=7${cursor && `&cursor=${cursor}`}`);
      seen.push(...(page.items as Json[]).map(({ id }) => id as string));
      if (!page.has_more) break;
      cursor = page.next_cursor as string;
    }
    expect([seen.length, new Set(seen).size]).toEqual([20, 20]);
  });

  const untilDelivered = (id: string) =>
    until(async () => {
      const rows = await query(
        world.databaseUrl,
        `SELECT 1 FROM webhook_deliveries WHERE id = $1 AND state = 'delivered'`,
        [id],
      );
      return rows.length > 0;
    });
});
