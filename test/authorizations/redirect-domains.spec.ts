import request from 'supertest';
import { mayReturnTo } from '../../src/merchants/redirect-domains';
import { Program } from '../drop-in/program';
import { APPID, Json, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const DOMAINS = ['shop.example', '*.pages.example'];

test.each([
  ['https://shop.example/thanks?x=1#y', true],
  ['http://SHOP.example', true],
  ['https://shop.example:8443/', true],
  ['https://a.pages.example/', true],
  ['https://a.b.pages.example/', true],
  ['https://pages.example/', false],
  ['https://www.shop.example/', false],
  ['https://shop.example.evil.example/', false],
  ['https://evilpages.example/', false],
  ['https://shop.example@evil.example/', false],
  ['https://shop.example:x@evil.example/', false],
  ['https://evil.example\\@shop.example/', false],
  ['https://shop.example\\.evil.example/', false],
  ['https://evil.example/ https://shop.example/', false],
  ['https://shop.example.\nevil.example/', false],
  ['javascript://shop.example/%0aalert(1)', false],
  ['//shop.example/', false],
])('%s: %s', (address, may) => {
  expect(mayReturnTo(DOMAINS, address)).toBe(may);
});

describe('where a merchant’s users go after they have authorised', () => {
  let world: World;
  let shop: string;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api', BOOTSTRAP_ADMIN_KEY: ADMIN } });
    await admin('put', `/accounts/${APPID}/attributes/contact`, { phone: '021-88888888', time_out: 12345 }).expect(200);
    const { body } = await world.get('/v1/admin/merchants', ADMIN).expect(200);
    shop = (body.items as Json[])[0]?.id as string;
  });
  afterAll(() => world.end());

  const admin = (method: 'put' | 'patch', path: string, body: Json) =>
    request(world.service.url)[method](`/v1/admin${path}`).set('authorization', `Bearer ${ADMIN}`).send(body);
  const ask = (order_id: string, redirect_url: string) =>
    world.post('/v1/authorizations', { order_id, fee: 100, source: 'web', type: 0, redirect_url });

  it('is anywhere until domains are registered, and then nowhere else', async () => {
    await ask('R1', 'https://evil.example/').expect(201);
    const changed = await admin('patch', `/merchants/${shop}`, { redirect_domains: DOMAINS }).expect(200);
    expect(changed.body).toMatchObject({ redirect_domains: DOMAINS });
    const { body } = await ask('R2', 'https://evil.example/').expect(422);
    expect(body.errors).toMatchObject([{ pointer: '/redirect_url', code: 'FIELD-VALUE' }]);
    await ask('R2', 'https://shop.example/thanks').expect(201);
    await ask('R3', 'https://m.pages.example/').expect(201);
    // WeChat's own path is no way around it.
    const program = await Program.login(world);
    const asking = async (url: string) =>
      program.post('getauthurl', await program.asking(`P-${url.length}`, { redirect_url: url, type: 0 }));
    expect(await asking('https://evil.example/')).toMatchObject({
      errcode: 72031,
      errmsg: expect.stringContaining('registered domain') as string,
    });
    expect(await asking('https://shop.example/')).toMatchObject({ errcode: 0 });
    await admin('patch', `/merchants/${shop}`, { redirect_domains: [] }).expect(200);
    await ask('R4', 'https://evil.example/').expect(201);
  });

  it('is registered as a host’s name, and the trail has it', async () => {
    for (const wrong of ['https://shop.example', 'Shop.example', 'shop.example/x', '*', '**.x', 'a.*.x', '']) {
      const { body } = await admin('patch', `/merchants/${shop}`, { redirect_domains: [wrong] }).expect(422);
      expect([wrong, body.errors]).toMatchObject([wrong, [{ pointer: '/redirect_domains/0' }]]);
    }
    const trail = (await world.get('/v1/admin/audit?action=merchant.changed&limit=1', ADMIN).expect(200)).body;
    expect(trail.items[0].data).toEqual({ redirect_domains: { from: DOMAINS, to: [] } });
  });
});
