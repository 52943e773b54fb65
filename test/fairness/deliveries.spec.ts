import { ServerResponse } from 'node:http';
import { Response } from 'supertest';
import { query } from '../support/databases';
import { Json, KEY, World } from '../support/world';
import { answers, Receiver, until } from '../webhooks/receiver';
import { addNeighbour, ADMIN } from './neighbour';

const MESSAGES = 12;

/** One hand, and a receiver that answers only when it is let: quick or not is no question of the clock. */
describe('webhooks of two merchants', () => {
  let world: World;
  let receiver: Receiver;
  let neighbour: string;
  const held: ServerResponse[] = [];
  beforeAll(async () => {
    receiver = await Receiver.start();
    const env = { BOOTSTRAP_ADMIN_KEY: ADMIN, WEBHOOK_ALLOW: receiver.place, WEBHOOK_CONCURRENCY: '1' };
    world = await World.start({ env: { ...env, WEBHOOK_TIMEOUT_MS: '60000' } });
    neighbour = await addNeighbour(world);
  });
  afterAll(async () => {
    held.forEach((response) => response.destroy());
    await world.end();
    await receiver.close();
  });

  const endpoint = async (path: string, key: string) =>
    ((await world.post('/v1/webhook_endpoints', { url: receiver.url(path) }, key).expect(201)).body as Json)
      .id as string;
  const test = (id: string, key: string) => world.post(`/v1/webhook_endpoints/${id}/test`, {}, key);

  it('take turns: one message is not behind all of another merchant’s', async () => {
    receiver.behave('/busy', (response) => void held.push(response));
    receiver.behave('/small', answers.ok);
    const [busy, small] = [await endpoint('/busy', KEY), await endpoint('/small', neighbour)];
    for (let n = 0; n < MESSAGES; n += 1) await test(busy, KEY).expect(202);
    await until(() => Promise.resolve(held.length > 0));
    await test(small, neighbour).expect(202);
    for (let answered = 0; answered < MESSAGES; answered += 1) {
      const response = await until(() => Promise.resolve(held[answered]));
      response.writeHead(204).end();
      if (answered < 2) continue;
      expect(receiver.at('/small')).toHaveLength(1);
    }
  });

  it('that are sent for a test are counted, by the merchant: whoever goes on is told when to come again', async () => {
    const [busy, small] = await Promise.all([endpoint('/ok', KEY), endpoint('/fine', neighbour)]);
    receiver.behave('/ok', answers.ok);
    receiver.behave('/fine', answers.ok);
    // A minute may end meanwhile, and more than one on a slow machine.
    let refused: Response | undefined;
    for (let n = 0; n < 500 && !refused; n += 1) {
      const answer = await test(busy, KEY);
      if (answer.status === 429) refused = answer;
      else expect(answer.status).toBe(202);
    }
    expect(refused?.body).toMatchObject({ code: 'rate_limited' });
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused?.headers['retry-after'])).toBeLessThanOrEqual(60);
    await test(small, neighbour).expect(202);
    // A period later there is as much as at first.
    await query(world.databaseUrl, `UPDATE allowances SET since = since - interval '1 minute'`);
    await test(busy, KEY).expect(202);
  });

  it('that are sent again are counted, too; what was refused has changed nothing', async () => {
    const id = await endpoint('/again', KEY);
    receiver.behave('/again', answers.ok);
    await query(
      world.databaseUrl,
      `INSERT INTO webhook_deliveries (merchant_id, id, created_at, endpoint_id, type, occurred_at, data, state, order_uuid, sequence)
       SELECT merchant_id, gen_random_uuid(), clock_timestamp(), id, 'order.inserted', clock_timestamp(), '{}', 'delivered', gen_random_uuid(), 1
         FROM webhook_endpoints WHERE id = $1`,
      [id],
    );
    const range = {
      from: new Date(Date.now() - 60_000).toISOString(),
      to: new Date(Date.now() + 60_000).toISOString(),
    };
    const replay = () => world.post(`/v1/webhook_endpoints/${id}/replays`, range);
    expect((await replay().expect(202)).body).toMatchObject({ deliveries: 1 });
    await query(world.databaseUrl, `UPDATE allowances SET used = 200000 WHERE what = 'webhook messages replayed'`);
    await until(async () => receiver.at('/again').length === 1);
    const before = receiver.at('/again').length;
    const { body, headers } = await replay().expect(429);
    expect(body).toMatchObject({ code: 'rate_limited' });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    const [pending] = await query<Json>(
      world.databaseUrl,
      `SELECT count(*)::integer AS n FROM webhook_deliveries WHERE endpoint_id = $1 AND state = 'pending'`,
      [id],
    );
    expect(pending?.n).toBe(0);
    expect(receiver.at('/again')).toHaveLength(before);
  });
});
