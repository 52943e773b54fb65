import { Json, World } from './world';

export interface AddedMerchant {
  id: string;
  key: string;
}

/** One more merchant with a key of its own, as an administrator makes them; `admin` is his key. */
export async function addMerchant(
  world: World,
  admin: string,
  { name, issuer, cardId, scopes = ['orders:write', 'orders:read'] }: NewMerchant,
): Promise<AddedMerchant> {
  const settings = { name, appid: issuer, issuer_appid: issuer, card_id: cardId };
  const { id } = (await world.post('/v1/admin/merchants', settings, admin).expect(201)).body as { id: string };
  const wanted = { label: 'ERP', scopes };
  const made = await world.post(`/v1/admin/merchants/${id}/keys`, wanted, admin).expect(201);
  return { id, key: (made.body as Json).key as string };
}

interface NewMerchant {
  name: string;
  /** The appid of the account that issues for it, and of its orders. */
  issuer: string;
  cardId: string;
  scopes?: string[];
}

/** An issuing account, whose secret the sandbox takes. */
export async function addIssuer(world: World, admin: string, appid: string): Promise<void> {
  await world.post('/v1/admin/accounts', { appid, role: 'issuer', secret: 'sandbox-secret' }, admin).expect(201);
}
