import { toShanghai } from '../domain/shanghai';
import { cursorOf } from '../http/query';
import { DeliveryAttemptRow, DeliveryRow } from './deliveries';
import { EndpointRow } from './endpoints';
import { WebhookAttemptView, WebhookDeliveryPage, WebhookDeliveryView, WebhookEndpointView } from './webhooks.api';

export function endpointView(row: EndpointRow): WebhookEndpointView {
  const { id, url, description, types, disabled_at, disabled_reason, failing_since, previous_until, created_at } = row;
  return {
    id,
    url,
    description,
    types,
    state: disabled_at ? 'disabled' : 'enabled',
    ...(disabled_reason ? { disabled_reason } : {}),
    ...at('disabled_at', disabled_at),
    ...at('failing_since', failing_since),
    ...(previous_until && previous_until > new Date() ? at('previous_secret_until', previous_until) : {}),
    created_at: toShanghai(created_at),
  };
}

export function deliveryPage(rows: DeliveryRow[], limit: number): WebhookDeliveryPage {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit;
  return {
    items: page.map(deliveryView),
    next_cursor: hasMore && last ? cursorOf({ createdAt: last.created_at_text, id: last.id }) : null,
    has_more: hasMore,
  };
}

export function deliveryView(row: DeliveryRow): WebhookDeliveryView {
  const { id, endpoint_id, type, data, sequence, occurred_at, state, next_attempt_at, delivered_at, created_at } = row;
  return {
    id,
    endpoint_id,
    type,
    data,
    sequence,
    occurred_at: toShanghai(occurred_at),
    state,
    ...at('next_attempt_at', next_attempt_at),
    ...at('delivered_at', delivered_at),
    attempts: row.attempts.map(attemptView),
    created_at: toShanghai(created_at),
  };
}

function attemptView({ n, result, http_status, started_at, ended_at }: DeliveryAttemptRow): WebhookAttemptView {
  return {
    n,
    result,
    ...(http_status === null ? {} : { http_status }),
    started_at: toShanghai(started_at),
    ended_at: toShanghai(ended_at),
  };
}

function at<Name extends string>(name: Name, time: Date | null): Partial<Record<Name, string>> {
  return time ? ({ [name]: toShanghai(time) } as Record<Name, string>) : {};
}
