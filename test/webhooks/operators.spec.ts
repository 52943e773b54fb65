import { query } from '../support/databases';
import { order } from '../support/orders';
import { Json, World } from '../support/world';
import { answers, Receiver } from './receiver';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';

describe('operators help a merchant whose webhooks were down', () => {
  let receiver: Receiver;
  let world: World;
  let merchant: string;
  beforeAll(async () => {
    receiver = await Receiver.start();
    const env = { WEBHOOK_ALLOW: receiver.place, WEBHOOK_SCHEDULE: '0s', WEBHOOK_TIMEOUT_MS: '1000' };
    world = await World.start({ env: { ...env, BOOTSTRAP_ADMIN_KEY: ADMIN } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
    merchant = ((await query<Json>(world.databaseUrl, 'SELECT id FROM merchants'))[0] as Json).id as string;
  });
  afterAll(async () => {
    await world.end();
    await receiver.close();
  });

  const admin = (path: string, body: Json, key = ADMIN) => world.post(`/v1/admin/${path}`, body, key);
  const reason = '商户来电，接收端已修复';

  it('find its messages, enable the endpoint, replay a time and send one again, each with a reason on record', async () => {
    let isGone = true;
    receiver.behave('/hook', (response) => (isGone ? answers.status(410) : answers.ok)(response));
    const { body: endpoint } = await world.post('/v1/webhook_endpoints', { url: receiver.url('/hook') }).expect(201);
    const from = new Date().toISOString();
    const given = order();
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['inserted']);
    await receiver.until('/hook', 1);
    const disabled = async () =>
      ((await world.get('/v1/admin/webhook_endpoints?state=disabled', ADMIN).expect(200)).body as Json).items as Json[];
    while ((await disabled()).length === 0) await new Promise((resume) => setTimeout(resume, 50));
    const metrics = async () => (await (await fetch(`${world.service.url}/metrics`)).text()).split('\n');
    expect(await metrics()).toContain('piaoka_webhook_endpoints_disabled_total{reason="gone"} 1');

    const seen = await world.get(`/v1/admin/webhook_deliveries?merchant_id=${merchant}`, ADMIN).expect(200);
    const [message] = (seen.body as Json).items as Json[];
    expect(message).toMatchObject({ endpoint_id: endpoint.id, data: { order_id: given.order_id } });
    expect((await world.get('/v1/admin/webhook_deliveries', ADMIN).expect(422)).body.errors).toMatchObject([
      { pointer: '?merchant_id' },
    ]);

    const again = `webhook_deliveries/${message?.id as string}/redelivery`;
    expect((await admin(again, { reason }).expect(409)).body).toMatchObject({ code: 'endpoint_disabled' });
    expect((await admin(`webhook_endpoints/${endpoint.id}/activation`, {}).expect(422)).body.errors).toMatchObject([
      { pointer: '/reason' },
    ]);
    isGone = false;
    await admin(`webhook_endpoints/${endpoint.id}/activation`, { reason }).expect(200);
    await admin(again, { reason }).expect(202);
    await receiver.until('/hook', 2);
    const range = { from, to: new Date(Date.now() + 60_000).toISOString() };
    const { body } = await admin(`webhook_endpoints/${endpoint.id}/replays`, { ...range, reason }).expect(202);
    expect(body).toEqual({ endpoint_id: endpoint.id, deliveries: 1 });
    const heard = await receiver.until('/hook', 3);
    expect(new Set(heard.map(({ id }) => id))).toEqual(new Set([message?.id]));

    const acts = await query<Json>(
      world.databaseUrl,
      `SELECT actor, action, reason FROM audit WHERE actor = 'bootstrap administrator' AND action LIKE 'webhook%' ORDER BY at`,
    );
    expect(acts).toEqual(
      ['endpoint.enabled', 'delivery.redelivered', 'endpoint.replayed'].map((verb) => ({
        actor: 'bootstrap administrator',
        action: `webhook_${verb}`,
        reason,
      })),
    );
  });

  it('only those who may act; what is not there is not found', async () => {
    const name = '访客';
    const { key } = (await admin('operators', { name, role: 'viewer' }).expect(201)).body as { key: string };
    const none = '00000000-0000-4000-8000-000000000000';
    for (const path of [`webhook_endpoints/${none}/activation`, `webhook_deliveries/${none}/redelivery`]) {
      await admin(path, { reason }, key).expect(403);
      await admin(path, { reason }).expect(404);
    }
    await world.get(`/v1/admin/webhook_deliveries?merchant_id=${merchant}`, key).expect(200);
    const { body } = await world.get('/v1/admin/webhook_deliveries?merchant_id=x&limit=0&nope=1', key).expect(422);
    expect((body.errors as Json[]).map(({ pointer }) => pointer as string).sort()).toEqual([
      '?limit',
      '?merchant_id',
      '?nope',
    ]);
  });
});
