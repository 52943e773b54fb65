import { addIssuer, addMerchant } from '../support/merchants';
import { CARD_ID, World } from '../support/world';

export const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const SCOPES = ['orders:write', 'orders:read', 'invoices:check', 'webhooks:manage'];
const ELSEWHERE = 'wx2222222222222222';

/** A second merchant; its key. It issues under an account of its own, or under `issuer`. */
export async function addNeighbour(world: World, issuer?: string): Promise<string> {
  if (!issuer) await addIssuer(world, ADMIN, ELSEWHERE);
  const wanted = { name: '邻家', issuer: issuer ?? ELSEWHERE, cardId: CARD_ID, scopes: SCOPES };
  return (await addMerchant(world, ADMIN, wanted)).key;
}
