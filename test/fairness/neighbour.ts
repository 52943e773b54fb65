import { CARD_ID, Json, World } from '../support/world';

export const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const SCOPES = ['orders:write', 'orders:read', 'invoices:check', 'webhooks:manage'];

/** A second merchant; its key. It issues under an account of its own, or under `issuer`. */
export async function addNeighbour(world: World, issuer?: string): Promise<string> {
  const appid = 'wx2222222222222222';
  if (!issuer)
    await world.post('/v1/admin/accounts', { appid, role: 'issuer', secret: 'x'.repeat(32) }, ADMIN).expect(201);
  const asked = { name: '邻家', appid, issuer_appid: issuer ?? appid, card_id: CARD_ID };
  const { body } = await world.post('/v1/admin/merchants', asked, ADMIN).expect(201);
  const path = `/v1/admin/merchants/${(body as Json).id as string}/keys`;
  const key = await world.post(path, { label: 'ERP', scopes: SCOPES }, ADMIN).expect(201);
  return (key.body as Json).key as string;
}
