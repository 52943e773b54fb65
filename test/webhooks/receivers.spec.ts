import { createServer } from 'node:https';
import { AddressInfo } from 'node:net';
import { query } from '../support/databases';
import { Json, World } from '../support/world';
import { answers, Receiver, until } from './receiver';

describe('receivers of every kind', () => {
  let receiver: Receiver;
  let world: World;
  const tls = createServer();
  let tlsPlace: string;
  beforeAll(async () => {
    receiver = await Receiver.start();
    tls.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
    tlsPlace = `127.0.0.1:${(tls.address() as AddressInfo).port}`;
    const env = { WEBHOOK_ALLOW: `${receiver.place},${tlsPlace},127.0.0.1:9`, WEBHOOK_TIMEOUT_MS: '1500' };
    world = await World.start({ env: { ...env, WEBHOOK_SCHEDULE: '0s,30m' } });
  });
  afterAll(async () => {
    await world.end();
    await receiver.close();
    tls.close();
  });

  const EVIL = [
    ['never answers', answers.never, 'timeout', null],
    ['drips a body', answers.drip, 'timeout', null],
    ['sends headers without end', answers.hugeHeaders, 'unreachable', null],
    ['speaks no HTTP', answers.nonsense, 'unreachable', null],
    ['hangs up', answers.hangUp, 'unreachable', null],
    ['redirects', answers.redirect('/all'), 'http_error', 307],
    ['says 500', answers.status(500), 'http_error', 500],
    ['says 404', answers.status(404), 'http_error', 404],
    ['says 410', answers.status(410), 'gone', 410],
    // A success is a success, however much follows: no more than 64 KiB of it is read.
    ['floods', answers.flood, 'delivered', 200],
    ['is well', answers.ok, 'delivered', 204],
  ] as const;

  it('a bad one is told as what it is and waits for its next try; it delays no good one', async () => {
    const add = async (url: string) =>
      ((await world.post('/v1/webhook_endpoints', { url }).expect(201)).body as Json).id as string;
    const kinds = EVIL.map(([name, behaviour, result, status], n) => ({
      name,
      behaviour,
      result,
      status,
      path: `/evil/${n}`,
    }));
    const ids = new Map<string, string>();
    for (const { name, behaviour, path } of kinds) {
      receiver.behave(path, behaviour);
      ids.set(name, await add(receiver.url(path)));
    }
    ids.set('has no certificate', await add(`https://${tlsPlace}/`));
    ids.set('speaks http where https is due', await add(receiver.url('/').replace('http:', 'https:')));
    ids.set('does not listen', await add('http://127.0.0.1:9/'));
    for (const id of ids.values()) await world.post(`/v1/webhook_endpoints/${id}/test`, {}).expect(202);
    const attempts = await until(async () => {
      const rows = await query<Json>(
        world.databaseUrl,
        `SELECT d.endpoint_id, a.result, a.http_status, d.state FROM webhook_attempts a JOIN webhook_deliveries d USING (id)`,
      );
      return rows.length >= ids.size && rows;
    });
    const seen = (name: string) => attempts.find(({ endpoint_id }) => endpoint_id === ids.get(name));
    for (const { name, result, status } of kinds) {
      expect({ name, ...seen(name) }).toMatchObject({
        name,
        result,
        http_status: status,
        state: result === 'delivered' ? 'delivered' : 'pending',
      });
    }
    expect(seen('has no certificate')).toMatchObject({ result: 'tls_error' });
    expect(seen('speaks http where https is due')?.result).toMatch(/^(tls_error|unreachable)$/);
    expect(seen('does not listen')).toMatchObject({ result: 'unreachable' });
    // No good receiver waited for the deadline of a bad one.
    const good = receiver.at(kinds.find(({ name }) => name === 'is well')!.path)[0]!;
    const [{ created_at: made }] = (await query<Json>(
      world.databaseUrl,
      'SELECT created_at FROM webhook_deliveries WHERE id = $1',
      [good.id],
    )) as [Json];
    expect(good.at - (made as Date).getTime()).toBeLessThan(10_000);
    const metrics = (await world.get('/metrics')).text;
    expect(metrics).toMatch(/piaoka_webhook_deliveries_total\{result="timeout"\} 2/);
    expect(metrics).toMatch(/piaoka_queue_depth\{task="webhook"\} 0/);
  });

  it('a schedule is a list: after its last wait the message is given up, and stays to be sent by hand', async () => {
    receiver.behave('/scheduled', answers.status(503));
    const { body } = await world.post('/v1/webhook_endpoints', { url: receiver.url('/scheduled') }).expect(201);
    const test = await world.post(`/v1/webhook_endpoints/${(body as Json).id}/test`, {}).expect(202);
    const { id } = test.body as Json;
    const row = async () =>
      (
        await query<Json>(
          world.databaseUrl,
          `SELECT state, failures, next_attempt_at, now() AS now FROM webhook_deliveries WHERE id = $1`,
          [id],
        )
      )[0] as Json;
    const failed = await until(async () => ((await row()).failures === 1 ? row() : false));
    const minutes = ((failed.next_attempt_at as Date).getTime() - (failed.now as Date).getTime()) / 60_000;
    expect(minutes).toBeGreaterThan(29);
    expect(minutes).toBeLessThan(36.1);
    await query(world.databaseUrl, 'UPDATE webhook_deliveries SET next_attempt_at = now() WHERE id = $1', [id]);
    await until(async () => (await row()).state === 'exhausted');
    receiver.behave('/scheduled', answers.ok);
    await world.post(`/v1/webhook_deliveries/${id}/redelivery`, {}).expect(202);
    await until(async () => (await row()).state === 'delivered');
    expect(new Set(receiver.at('/scheduled').map((one) => one.id))).toEqual(new Set([id]));
  });
});
