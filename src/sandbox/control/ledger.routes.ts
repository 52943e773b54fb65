import type { FastifyInstance } from 'fastify';
import type { World } from '../state/world';
import { type LedgerFilter, ledgerStream, shownCard } from './ledger';

/** What this WeChat saw and did. */
export function ledgerRoutes(app: FastifyInstance, world: World): void {
  app.get('/ledger', { schema: { querystring: FILTER } }, (request, reply) => {
    const { after, limit, ...rest } = request.query as Record<string, string>;
    const filter: LedgerFilter = { ...rest };
    if (after !== undefined) filter.after = Number(after);
    if (limit !== undefined) filter.limit = Number(limit);
    return reply.type('application/json; charset=utf-8').send(ledgerStream(world, filter));
  });

  app.get('/ledger/cards', { schema: { querystring: CARDS } }, (request) => {
    const { order_id } = request.query as { order_id?: string };
    const cards = order_id === undefined ? [...world.cards.all()] : world.cards.ofOrder(order_id);
    return { cards: cards.map(shownCard) };
  });
}

const DIGITS = { type: 'string', pattern: '^\\d{1,15}$' };
const CARDS = { type: 'object', additionalProperties: false, properties: { order_id: { type: 'string' } } };
const FILTER = {
  type: 'object',
  additionalProperties: false,
  properties: { after: DIGITS, limit: DIGITS, path: { type: 'string' }, order_id: { type: 'string' } },
};
