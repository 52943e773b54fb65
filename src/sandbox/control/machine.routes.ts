import type { FastifyInstance } from 'fastify';
import { type EventFields, pushEvent } from '../events';
import { CALLBACK_SCHEMA, type CallbackTarget } from '../state/profile';
import type { TokenFamily } from '../state/tokens';
import type { World } from '../state/world';

const OVERLAP_MS = 300_000;

/** The clock, the tokens, the pushes and the memory of this WeChat. */
export function machineRoutes(app: FastifyInstance, world: World): void {
  const time = () => ({ now: new Date(world.clock.now()).toISOString(), offset_seconds: world.clock.offsetSeconds });
  app.get('/clock', time);
  app.post('/clock', { schema: { body: CLOCK } }, (request) => {
    world.clock.advance((request.body as { advance_seconds: number }).advance_seconds);
    return time();
  });

  app.post('/rotate-token', { schema: { body: ROTATION } }, (request) => {
    const {
      appid,
      family = 'plain',
      at_once,
    } = request.body as { appid: string; family?: TokenFamily; at_once?: boolean };
    const kills = at_once ?? family === 'stable';
    const { gen } = world.tokens.rotate(appid, family, kills ? 0 : OVERLAP_MS);
    return { appid, family, gen, previous_dies: kills ? 'now' : 'in 300 seconds' };
  });

  app.post('/events', { schema: { body: EVENT } }, (request) => {
    const {
      event,
      fields = {},
      attempts,
      ...target
    } = request.body as CallbackTarget & {
      event: string;
      fields?: EventFields;
      attempts?: number;
    };
    const CreateTime = world.clock.seconds();
    const head = { ToUserName: 'gh_fc0a06a20993', FromUserName: 'ojZ8Ytz4lESgdWZ34L_R1TvB2Kds', CreateTime };
    return pushEvent(target, { ...head, MsgType: 'event', Event: event, ...fields }, CreateTime, attempts);
  });

  app.post('/reset', { schema: { body: RESET } }, (request) => {
    world.reset((request.body as { keep_tokens?: boolean } | null)?.keep_tokens ?? false);
    return { reset: true };
  });
}

const text = { type: 'string', minLength: 1 };
const CLOCK = {
  type: 'object',
  required: ['advance_seconds'],
  additionalProperties: false,
  properties: { advance_seconds: { type: 'number', minimum: 0, maximum: 86_400 * 3650 } },
};
const ROTATION = {
  type: 'object',
  required: ['appid'],
  additionalProperties: false,
  properties: { appid: text, family: { type: 'string', enum: ['plain', 'stable'] }, at_once: { type: 'boolean' } },
};
const EVENT = {
  type: 'object',
  required: ['url', 'event'],
  additionalProperties: false,
  properties: {
    ...CALLBACK_SCHEMA,
    event: text,
    fields: { type: 'object', additionalProperties: { type: ['string', 'number'] } },
    attempts: { type: 'integer', minimum: 1, maximum: 3 },
  },
};
const RESET = {
  type: ['object', 'null'],
  additionalProperties: false,
  properties: { keep_tokens: { type: 'boolean' } },
};
