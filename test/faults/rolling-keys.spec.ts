import { loadConfig } from '../../src/config';
import { Sealer } from '../../src/data/sealed';
import { Service, startService } from '../../src/service';
import { makeLog } from '../../src/log';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { environment, Json, MASTER_KEY, World } from '../support/world';

const NEW_KEY = Buffer.alloc(32, 8).toString('base64');

describe('a process that lacks a key with which others seal already', () => {
  let api: World;
  const running: Service[] = [];
  beforeAll(async () => {
    api = await World.start({ env: { ROLE: 'api' } });
    await api.control('PUT', '/profile', { authorizations: 'implied' });
  });
  afterAll(async () => {
    await Promise.all(running.map((service) => service.close()));
    await api.end();
  });

  const start = async (env: Record<string, string>) => {
    const given = environment(api.databaseUrl, api.sandbox.url, env);
    const service = await startService(loadConfig(given), makeLog('silent'));
    running.push(service);
    return service;
  };
  const ready = async ({ url }: Service) => (await fetch(`${url}/readyz`)).status;
  const rowOf = async (id: string) =>
    (await query<Json>(api.databaseUrl, 'SELECT state, fence::integer FROM insertions WHERE id = $1', [id]))[0] as Json;

  it('is not ready, judges nothing and takes no order: they wait for those that have the key', async () => {
    // The new process answers merchants already; only the old worker, without its key, carries orders.
    const door = await start({ ROLE: 'api', MASTER_KEY: NEW_KEY, MASTER_KEY_PREVIOUS: MASTER_KEY });
    const post = async (url: string) => {
      const made = order();
      const given = { ...made, invoice: { ...(made.invoice as Json), remarks: 'sealed' } };
      const answer = await fetch(`${url}/v1/orders`, {
        method: 'POST',
        headers: {
          authorization: 'Bearer pk_test_8f3a61c4d27b90e5a1f6037bc95e24d8',
          'content-type': 'application/json',
        },
        body: JSON.stringify(given),
      });
      return { ...((await answer.json()) as { id: string }), order_id: made.order_id };
    };
    // What `start` would refuse now is an old process that was there before.
    await query(api.databaseUrl, 'DELETE FROM sealing_keys WHERE key_id = $1', [new Sealer(NEW_KEY).currentKeyId]);
    const old = await start({ ROLE: 'worker' });
    await query(api.databaseUrl, 'INSERT INTO sealing_keys (key_id) VALUES ($1)', [new Sealer(NEW_KEY).currentKeyId]);
    expect(await ready(old)).toBe(200);
    const sealedAnew = await post(door.url);
    while ((await ready(old)) === 200) await new Promise((resume) => setTimeout(resume, 20));
    expect(await (await fetch(`${old.url}/readyz`)).json()).toMatchObject({ code: 'sealing_key_missing' });
    while ((await rowOf(sealedAnew.id)).state !== 'accepted') await new Promise((resume) => setTimeout(resume, 20));
    const next = await post(api.service.url);
    const [before, events] = [await rowOf(sealedAnew.id), await api.timeline(sealedAnew.order_id)];
    expect(before).toEqual({ state: 'accepted', fence: 1 });
    expect(events.map(({ type }) => type)).toEqual(['accepted', 'accepted']);

    // The new worker carries both.
    await start({ ROLE: 'worker', MASTER_KEY: NEW_KEY, MASTER_KEY_PREVIOUS: MASTER_KEY });
    expect((await api.until(sealedAnew.order_id, ['inserted'])).insertion.attempts).toHaveLength(1);
    await api.until(next.order_id, ['inserted']);
    expect([(await rowOf(sealedAnew.id)).fence, (await rowOf(next.id)).fence]).toEqual([2, 1]);
  });
});
