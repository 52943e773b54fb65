import { query } from '../support/databases';
import { order } from '../support/orders';
import { Json, World } from '../support/world';
import { Receiver, verified } from './receiver';

describe('the secrets that sign a merchant’s webhooks', () => {
  let receiver: Receiver;
  let world: World;
  beforeAll(async () => {
    receiver = await Receiver.start();
    world = await World.start({ env: { WEBHOOK_ALLOW: receiver.place, WEBHOOK_SCHEDULE: '0s,1s,1s' } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
  });
  afterAll(async () => {
    await world.end();
    await receiver.close();
  });

  const add = async (path: string) => {
    const answer = await world.post('/v1/webhook_endpoints', { url: receiver.url(path) }).expect(201);
    return answer.body as Json & { id: string; secret: string };
  };
  const inserted = async () => {
    const given = order();
    await world.post('/v1/orders', given).expect(202);
    return world.until(given.order_id, ['inserted']);
  };

  it('are rotated: for a day both sign', async () => {
    const { id, secret: before } = await add('/rotated');
    const { body } = await world.post(`/v1/webhook_endpoints/${id}/secret_rotation`, {}).expect(201);
    const { secret: after, previous_secret_until: until } = body as Json;
    const hours = (new Date(until as string).getTime() - Date.now()) / 3_600_000;
    expect([Math.round(hours), after === before]).toEqual([24, false]);
    await world.post(`/v1/webhook_endpoints/${id}/test`, {}).expect(202);
    const [during] = await receiver.until('/rotated', 1);
    expect([verified(before, during!), verified(after as string, during!)]).toHaveLength(2);
    await query(world.databaseUrl, 'UPDATE webhook_endpoints SET previous_until = now()');
    await world.post(`/v1/webhook_endpoints/${id}/test`, {}).expect(202);
    const [, later] = await receiver.until('/rotated', 2);
    expect(verified(after as string, later!)).toMatchObject({ type: 'webhook.test' });
    expect(() => verified(before, later!)).toThrow(/signature/);
  });

  it('are told again where the answer was lost on its way: rotated once', async () => {
    const { id, secret: before } = await add('/lost');
    const rotate = () =>
      world.post(`/v1/webhook_endpoints/${id}/secret_rotation`, {}).set('idempotency-key', `lost-${id}`);
    const first = await rotate().expect(201);
    const again = await rotate().expect(201).expect('idempotent-replayed', 'true');
    expect(again.body).toEqual(first.body);
    // The process died after the commit: nothing is remembered of the answer.
    await query(world.databaseUrl, 'UPDATE idempotency_keys SET answer = NULL, running_until = now() WHERE key = $1', [
      `lost-${id}`,
    ]);
    expect((await rotate().expect(201)).body.secret).toBe(first.body.secret);
    await world.post(`/v1/webhook_endpoints/${id}/test`, {}).expect(202);
    const [heard] = await receiver.until('/lost', 1);
    expect([verified(before, heard!), verified(first.body.secret as string, heard!)]).toHaveLength(2);
    const acts = await query<Json>(world.databaseUrl, 'SELECT action FROM audit WHERE object = $1 ORDER BY seq', [id]);
    expect(acts.map(({ action }) => action as string)).toEqual(
      ['added', 'secret_rotated', 'tested'].map((verb) => `webhook_endpoint.${verb}`),
    );
  });

  it('of which one cannot be read keep no other endpoint’s messages waiting', async () => {
    const broken = await add('/broken');
    const whole = await add('/whole');
    await query(world.databaseUrl, `UPDATE webhook_endpoints SET secret = '\\x00' WHERE id = $1`, [broken.id]);
    const { order_id } = await inserted();
    const [heard] = await receiver.until('/whole', 1);
    expect(verified(whole.secret, heard!)).toMatchObject({ data: { order_id } });
  });
});
