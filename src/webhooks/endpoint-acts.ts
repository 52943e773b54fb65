import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { audit } from '../audit/audit';
import { Allowance, useAllowance } from '../data/allowances';
import { asEngine } from '../data/statement';
import { fault } from '../domain/fault';
import { readInstant } from '../domain/instant';
import { Problem } from '../http/problems';
import { isUuid } from '../http/query';
import { Caller } from '../merchants/merchants';
import { DeliveryRow, endpointOf, redeliver, replay } from './deliveries';
import { EndpointRow, findEndpoint } from './endpoints';
import { WebhookReplayRequest, WebhookReplayView } from './webhooks.api';

/**
 * Who acts on one merchant's endpoints and messages: a key of that merchant, or an operator with a reason. Each act changes
 * its rows first and writes its audit row last, as deliveries do when they disable an endpoint: else two would wait for
 * each other.
 */
export interface Actor {
  merchantId: string;
  actor: string;
  reason: string | null;
}

export function actorOf({ merchantId, keyId }: Caller): Actor {
  return { merchantId, actor: `key ${keyId}`, reason: null };
}

export async function redeliverOne(dataSource: DataSource, by: Actor, id: string): Promise<DeliveryRow> {
  if (!isUuid(id)) throw new Problem('not_found');
  return asEngine(dataSource, async (client) => {
    const endpointId = await endpointOf(client, by.merchantId, id);
    const endpoint = endpointId && (await findEndpoint(client, by.merchantId, endpointId));
    if (!endpoint) throw new Problem('not_found');
    if (endpoint.disabled_at) throw new Problem('endpoint_disabled');
    if (by.reason === null) await allow(client, by.merchantId, 'redelivery');
    const delivery = await redeliver(client, by.merchantId, id);
    await audit(client, { ...by, action: 'webhook_delivery.redelivered', object: id, data: {} });
    return delivery;
  });
}

/** What a merchant may have sent again, or sent for a test; its receivers and everybody's hands are no toy. */
const ALLOWED = {
  test: { what: 'webhook tests', most: 30, periodSeconds: 60 },
  redelivery: { what: 'webhook redeliveries', most: 300, periodSeconds: 60 },
  replay: { what: 'webhook replays', most: 12, periodSeconds: 60 },
  replayed: { what: 'webhook messages replayed', most: 200_000, periodSeconds: 3600 },
} as const satisfies Record<string, Allowance>;

/** Throws where the merchant has used up what it has of this; whatever was done with it is then undone. */
export async function allow(
  client: PoolClient,
  merchantId: string,
  act: keyof typeof ALLOWED,
  amount = 1,
): Promise<void> {
  const { over, endsIn } = await useAllowance(client, merchantId, ALLOWED[act], amount);
  if (over) throw new Problem('rate_limited', { retryAfter: Math.ceil(endsIn) });
}

/** Makes the messages of a time due again. */
export async function replayTime(
  client: PoolClient,
  by: Actor,
  endpoint: EndpointRow,
  { from, to, types }: WebhookReplayRequest,
): Promise<WebhookReplayView> {
  const period = { from: readInstant(from) as Date, to: readInstant(to) as Date };
  const deliveries = await replay(client, endpoint, { ...period, types });
  if (deliveries === null) throw new Problem('replay_too_large');
  if (by.reason === null) await allow(client, by.merchantId, 'replayed', deliveries);
  await note(client, by, 'replayed', endpoint, { from, to, types: types ?? null, deliveries });
  return { endpoint_id: endpoint.id, deliveries };
}

export function requireTimes(request: WebhookReplayRequest): void {
  const faults = (['from', 'to'] as const)
    .filter((name) => !readInstant(request[name]))
    .map((name) => fault('FIELD-VALUE', `/${name}`, '须为带时区的 RFC 3339 时间。', 'Must be RFC 3339 with offset.'));
  if (faults.length > 0) throw new Problem('invalid_request', { faults });
}

/** The host only: a path may hold what the merchant takes for a secret. */
export async function note(client: PoolClient, by: Actor, verb: string, endpoint: EndpointRow, data: object = {}) {
  const { host } = new URL(endpoint.url);
  await audit(client, { ...by, action: `webhook_endpoint.${verb}`, object: endpoint.id, data: { host, ...data } });
}
