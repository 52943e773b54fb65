import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { Fault } from '../domain/fault';
import { Problem } from '../http/problems';
import { instant, one, oneOf, Query, readCursor, readLimit, unknownParameters, uuid } from '../http/query';
import { DeliveryFilter } from './deliveries';
import { TEST_TYPE, WEBHOOK_TYPES } from './message';

export const DELIVERY_STATES = ['pending', 'delivered', 'exhausted', 'missed', 'dropped'] as const;
const PARAMETERS = ['endpoint_id', 'state', 'type', 'order_id', 'created_from', 'created_to', 'limit', 'cursor'];

/** The same for merchants and operators. */
export const DeliveryParameters = () =>
  applyDecorators(
    ApiQuery({ name: 'endpoint_id', required: false }),
    ApiQuery({ name: 'state', required: false, enum: DELIVERY_STATES }),
    ApiQuery({ name: 'type', required: false }),
    ApiQuery({ name: 'order_id', required: false }),
    ApiQuery({ name: 'created_from', required: false, description: 'RFC 3339 with offset, or a date (00:00 +08:00)' }),
    ApiQuery({ name: 'created_to', required: false, description: 'exclusive' }),
    ApiQuery({ name: 'limit', required: false }),
    ApiQuery({ name: 'cursor', required: false }),
  );

/** Which messages; `more` are parameters of the door itself, `found` what was wrong with them. */
export function readFilter(query: Query, more: readonly string[] = [], found: Fault[] = []): DeliveryFilter {
  const faults = [...found, ...unknownParameters(query, [...PARAMETERS, ...more])];
  const filter: DeliveryFilter = {
    endpointId: uuid(query, 'endpoint_id', faults),
    state: oneOf(query, 'state', DELIVERY_STATES, faults),
    type: oneOf(query, 'type', [...WEBHOOK_TYPES, TEST_TYPE], faults),
    orderId: one(query, 'order_id', faults),
    createdFrom: instant(query, 'created_from', faults),
    createdTo: instant(query, 'created_to', faults),
    limit: readLimit(query, faults),
    after: readCursor(query, faults),
  };
  if (faults.length > 0) throw new Problem('invalid_query', { faults });
  return filter;
}
