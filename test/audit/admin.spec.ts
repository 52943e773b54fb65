import { Json, KEY, World } from '../support/world';
import { query } from '../support/databases';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';

describe('operators read the audit trail', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    for (let n = 0; n < 5; n += 1) {
      const url = `https://hooks.example.com/secret-path-${n}`;
      await world.post('/v1/webhook_endpoints', { url }).expect(201);
    }
    await world.post('/v1/admin/holds', { scope: 'account', appid: 'wx1', reason: 'moving house' }, ADMIN).expect(201);
  });
  afterAll(() => world.end());

  const list = async (filter: string) =>
    (await world.get(`/v1/admin/audit?${filter}`, ADMIN).expect(200)).body as Json & { items: Json[] };

  it('newest first, filtered, in pages, without a secret', async () => {
    const [latest] = (await list('limit=1')).items;
    expect(latest).toMatchObject({
      merchant_id: null,
      actor: 'bootstrap administrator',
      action: 'hold.placed',
      reason: 'moving house',
    });
    const seen: number[] = [];
    for (let cursor = ''; ;) {
      const page = await list(`action=webhook_endpoint.added&limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ seq }) => seq as number));
      expect(JSON.stringify(page)).not.toMatch(/secret-path|whsec_/);
      if (!page.has_more) break;
      cursor = page.next_cursor as string;
    }
    expect(seen).toEqual([5, 4, 3, 2, 1]);
    expect((await list('actor=nobody')).items).toEqual([]);
    expect((await list('to=2026-01-01')).items).toEqual([]);
    await world.get('/v1/admin/audit?cursor=x&limit=0&who=me', ADMIN).expect(422);
    await world.get('/v1/admin/audit', KEY).expect(401);
    await world.get('/v1/admin/audit/verification', KEY).expect(401);
  });

  it('and have it checked: a row that was changed behind the service is named', async () => {
    await world.get('/v1/admin/audit/verification', ADMIN).expect(404);
    await world.get('/v1/admin/audit/verifications/0', ADMIN).expect(404);
    const check = async () => {
      const asked = await world.post('/v1/admin/audit/verifications', {}, ADMIN).expect(202);
      for (;;) {
        const { body } = await world.get(asked.headers.location as string, ADMIN).expect(200);
        if (body.state !== 'queued') return body as Json;
        await new Promise((resume) => setTimeout(resume, 50));
      }
    };
    const { result, ...run } = await check();
    expect(run).toMatchObject({ state: 'done', requested_by: 'bootstrap administrator', error: null });
    expect(result).toMatchObject({ intact: true, chains: 2, findings: [] });
    await query(
      world.databaseUrl,
      `UPDATE audit SET actor = 'key other' WHERE action = 'webhook_endpoint.added' AND seq = 3`,
      [],
      'SET session_replication_role = replica',
    );
    const broken = (await check()).result as Json;
    expect(broken).toMatchObject({
      intact: false,
      findings: [{ merchant_id: expect.any(String) as string, seq: 3, kind: 'edited' }],
    });
    expect((await world.get('/v1/admin/audit/verification', ADMIN).expect(200)).body).toMatchObject(broken);
    await world.post('/v1/admin/audit/verifications', {}, KEY).expect(401);
  });

  it('nobody can take a name that the trail gives to keys or to the service itself', async () => {
    for (const name of ['piaoka', 'Schedule', ' bootstrap administrator', 'key 0190', 'Reconciliation']) {
      const { body } = await world.post('/v1/admin/operators', { name, role: 'viewer' }, ADMIN).expect(422);
      expect(body.errors).toMatchObject([{ pointer: '/name' }]);
    }
    await world.post('/v1/admin/operators', { name: 'Keyes', role: 'viewer' }, ADMIN).expect(201);
  });
});
