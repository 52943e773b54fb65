import { Problem } from '../http/problems';
import { instant, one, oneOf, Query, readCursor, readLimit, unknownParameters, uuid } from '../http/query';
import { DeliveryFilter } from './deliveries';
import { TEST_TYPE, WEBHOOK_TYPES } from './message';

export const DELIVERY_STATES = ['pending', 'delivered', 'exhausted', 'missed', 'dropped'] as const;
const PARAMETERS = ['endpoint_id', 'state', 'type', 'order_id', 'created_from', 'created_to', 'limit', 'cursor'];

/** Which messages; `more` are parameters of the door itself. */
export function readFilter(query: Query, more: readonly string[] = []): DeliveryFilter {
  const faults = unknownParameters(query, [...PARAMETERS, ...more]);
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
