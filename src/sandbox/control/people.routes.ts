import type { FastifyInstance } from 'fastify';
import type { ReimburseStatus } from '../../wechat/wire';
import { encryptCodeOf } from '../state/cards';
import { announceStatus, decideByUser } from '../state/people';
import type { Order, UserAuthInfo } from '../state/orders';
import type { World } from '../state/world';
import { changeStatus, STATUSES } from '../wechat/status';
import { oneOrMany, Problem } from './problem';
import { shownOrder } from './ledger';

interface Decision {
  order_id: string;
  appid?: string;
  openid?: string;
  reject?: boolean;
  /** What the user fills in on the page of type 1. */
  user_auth_info?: UserAuthInfo;
}

/** What users and reimbursers do with their phones. */
export function peopleRoutes(app: FastifyInstance, world: World): void {
  app.post('/authorizations', { schema: { body: oneOrMany(DECISION) } }, (request) => {
    const body = request.body as Decision | Decision[];
    return Array.isArray(body) ? body.map((one) => decide(world, one)) : decide(world, body);
  });

  app.get('/cards/:code/encrypt-code', (request) => {
    const card = cardOf(world, request.params);
    return { card_id: card.card_id, code: card.code, encrypt_code: encryptCodeOf(card.code) };
  });

  app.put('/cards/:code/status', { schema: { body: STATUS } }, (request) => {
    const card = cardOf(world, request.params);
    const { reimburse_status, by = 'reimburser' } = request.body as { reimburse_status: ReimburseStatus; by?: string };
    const refusal = changeStatus(card, reimburse_status, by);
    if (refusal) throw new Problem(409, `${refusal.errcode}: ${refusal.errmsg}`);
    announceStatus(world, card);
    return { card_id: card.card_id, code: card.code, status: card.status };
  });
}

/** Saying the same twice changes nothing; a rejected order stays rejected and an inserted one inserted. */
function decide(world: World, decision: Decision): Record<string, unknown> {
  const order = orderOf(world, decision);
  const { state } = order;
  if (state === 'REJECTED' && !decision.reject)
    throw new Problem(409, `order ${order.order_id} was rejected, for good`);
  if (state === 'INSERTED' && decision.reject) throw new Problem(409, `order ${order.order_id} has its card already`);
  if (state === 'URL_ISSUED' || (state === 'AUTHED' && decision.reject)) decideByUser(world, order, decision);
  return shownOrder(order);
}

function orderOf(world: World, { order_id, appid }: Decision): Order {
  if (appid !== undefined) return world.orders.find(order_id, appid) ?? world.orders.open(order_id, appid);
  const known = world.orders.findAll(order_id);
  if (known.length > 1) throw new Problem(409, `order ${order_id} exists under several appids; name one in "appid"`);
  return known[0] ?? world.orders.open(order_id, null);
}

function cardOf(world: World, params: unknown) {
  const { code } = params as { code: string };
  const card = world.cards.get(code);
  if (!card) throw new Problem(404, `no card with code ${code}`);
  return card;
}

const name = { type: 'string', minLength: 1 };
const AUTH_INFO = {
  type: 'object',
  additionalProperties: false,
  properties: { user_field: { type: 'object' }, biz_field: { type: 'object' } },
};
const DECISION = {
  type: 'object',
  required: ['order_id'],
  additionalProperties: false,
  properties: { order_id: name, appid: name, openid: name, reject: { type: 'boolean' }, user_auth_info: AUTH_INFO },
};
const STATUS = {
  type: 'object',
  required: ['reimburse_status'],
  additionalProperties: false,
  properties: { reimburse_status: { type: 'string', enum: STATUSES }, by: name },
};
