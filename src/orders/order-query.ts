import { INSERTION_STATES } from '../domain/insertion';
import { Problem } from '../http/problems';
import {
  badCursor,
  cursorOf as cursorOfPlace,
  instant,
  one,
  oneOf,
  Query,
  readCursor,
  readLimit,
  unknownParameters,
} from '../http/query';
import { OrderFilter, OrderRow } from './orders.read';

const STATES = [...INSERTION_STATES, 'held'] as const;
const LIST_PARAMETERS = ['state', 'invoice_number', 'created_from', 'created_to', 'limit', 'cursor'];

/** The filter of GET /v1/orders; throws the problem that names every fault. */
export function readOrderQuery(query: Query): OrderFilter {
  const faults = unknownParameters(query, LIST_PARAMETERS);
  const filter: OrderFilter = {
    limit: readLimit(query, faults),
    state: oneOf(query, 'state', STATES, faults),
    invoiceNumber: one(query, 'invoice_number', faults),
    createdFrom: instant(query, 'created_from', faults),
    createdTo: instant(query, 'created_to', faults),
    after: readCursor(query, faults),
  };
  if (faults.length > 0) throw new Problem('invalid_query', { faults });
  return filter;
}

/** The page of GET /v1/orders/{order_id}/events: its cursor is a sequence number. */
export function readEventQuery(query: Query): { after: number; limit: number; appid?: string } {
  const faults = unknownParameters(query, ['limit', 'cursor', 'appid']);
  const limit = readLimit(query, faults);
  const cursor = one(query, 'cursor', faults);
  if (cursor !== undefined && !/^\d{1,9}$/.test(cursor)) faults.push(badCursor());
  const appid = one(query, 'appid', faults);
  if (faults.length > 0) throw new Problem('invalid_query', { faults });
  return { after: Number(cursor ?? 0), limit, appid };
}

/** `?appid=` where one order_id is used under several. */
export function readAppid(query: Query, further: string[] = []): string | undefined {
  const faults = unknownParameters(query, ['appid', ...further]);
  const appid = one(query, 'appid', faults);
  if (faults.length > 0) throw new Problem('invalid_query', { faults });
  return appid;
}

export function cursorOf(row: OrderRow): string {
  return cursorOfPlace({ createdAt: row.created_at_text, id: row.id });
}
