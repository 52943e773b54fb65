import type { FastifyInstance } from 'fastify';
import { PROFILE_SCHEMA, type Profile } from '../state/profile';
import type { World } from '../state/world';
import type { FaultOrder } from '../weather/faults';
import { contradiction, FAULT_MODE_NAMES, FAULT_MODES } from '../weather/modes';
import { SCENARIOS } from '../weather/scenarios';
import { oneOrMany, Problem } from './problem';

/** What goes wrong, and how this WeChat behaves where its documents leave a choice. */
export function weatherRoutes(app: FastifyInstance, world: World): void {
  app.get('/faults', () => ({ items: world.faults.list() }));
  app.get('/faults/modes', () => ({ items: FAULT_MODE_NAMES.map((mode) => ({ mode, ...FAULT_MODES[mode] })) }));
  app.post('/faults', { schema: { body: oneOrMany(FAULT) } }, (request, reply) => {
    const orders = [request.body as FaultOrder | FaultOrder[]].flat();
    for (const { mode, applied } of orders) {
      const wrong = contradiction(mode, applied);
      if (wrong) throw new Problem(400, wrong);
    }
    return reply.code(201).send({ items: world.faults.add(orders, 'control') });
  });
  app.delete('/faults', () => ({ removed: world.faults.clear() }));
  app.delete('/faults/:id', (request) => {
    const { id } = request.params as { id: string };
    if (world.faults.clear(Number(id)) === 0) throw new Problem(404, `no fault ${id}`);
    return { removed: 1 };
  });

  app.get('/scenarios', () => ({ items: Object.entries(SCENARIOS).map(([name, { says }]) => ({ name, says })) }));
  app.post('/scenarios/:name', (request) => {
    const { name } = request.params as { name: string };
    if (!world.play(name)) {
      throw new Problem(404, `no scenario "${name}"; there are: ${Object.keys(SCENARIOS).join(', ')}`);
    }
    return { name, says: SCENARIOS[name]?.says, faults: world.faults.list(), profile: world.profile };
  });

  app.get('/profile', () => world.profile);
  app.put('/profile', { schema: { body: PROFILE_SCHEMA } }, (request) => {
    world.profile = { ...world.profile, ...(request.body as Partial<Profile>) };
    return world.profile;
  });
}

const text = { type: 'string', minLength: 1 };
const count = { type: 'integer', minimum: 0 };
const FAULT = {
  type: 'object',
  required: ['path', 'mode'],
  additionalProperties: false,
  properties: {
    path: { type: 'string', pattern: '^(/|\\*$)' },
    mode: { type: 'string', enum: FAULT_MODE_NAMES },
    probability: { type: 'number', minimum: 0, maximum: 1 },
    times: count,
    skip: count,
    appid: text,
    order_id: text,
    after_matching_order_id: text,
    once_per_order: { type: 'boolean' },
    for_seconds: count,
    applied: { type: 'boolean' },
    errcode: { type: 'integer' },
    errmsg: { type: 'string' },
    delay_ms: { type: 'integer', minimum: 0, maximum: 600_000 },
    status: { type: 'integer', minimum: 400, maximum: 599 },
  },
};
