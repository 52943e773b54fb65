import { Fault, fault } from '../domain/fault';
import { INSERTION_STATES } from '../domain/insertion';
import { Problem } from '../http/problems';
import { OrderFilter, OrderRow } from './orders.read';

export type Query = Record<string, string | string[] | undefined>;

const STATES: string[] = [...INSERTION_STATES, 'held'];
const LIST_PARAMETERS = ['state', 'invoice_number', 'created_from', 'created_to', 'limit', 'cursor'];

/** The filter of GET /v1/orders; throws the problem that names every fault. */
export function readOrderQuery(query: Query): OrderFilter {
  const faults = unknownParameters(query, LIST_PARAMETERS);
  const state = one(query, 'state', faults);
  if (state !== undefined && !STATES.includes(state)) {
    faults.push(bad('state', `只能是：${STATES.join(', ')}。`, `Must be one of: ${STATES.join(', ')}.`));
  }
  const filter: OrderFilter = {
    limit: readLimit(query, faults),
    state: state as OrderFilter['state'],
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
  return Buffer.from(`${row.created_at_text}|${row.id}`).toString('base64url');
}

function readCursor(query: Query, faults: Fault[]): OrderFilter['after'] {
  const cursor = one(query, 'cursor', faults);
  if (cursor === undefined) return undefined;
  const match = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d(?::\d\d)?)\|([0-9a-f-]{36})$/.exec(
    Buffer.from(cursor, 'base64url').toString(),
  );
  if (match) return { createdAt: match[1] as string, id: match[2] as string };
  faults.push(badCursor());
  return undefined;
}

function readLimit(query: Query, faults: Fault[]): number {
  const limit = one(query, 'limit', faults) ?? '50';
  if (/^\d{1,3}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 200) return Number(limit);
  faults.push(bad('limit', '须为 1 到 200 的整数。', 'Must be a whole number from 1 to 200.'));
  return 50;
}

function instant(query: Query, name: string, faults: Fault[]): Date | undefined {
  const text = one(query, name, faults);
  if (text === undefined) return undefined;
  // A + that was not percent-encoded arrives as a blank.
  const time = new Date(
    /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00+08:00` : text.replace(/ (?=\d\d:\d\d$)/, '+'),
  );
  if (/(Z|[+ -]\d\d:\d\d|^\d{4}-\d\d-\d\d)$/i.test(text) && !Number.isNaN(time.getTime())) return time;
  faults.push(bad(name, '须为带时区的 RFC 3339 时间，或日期。', 'Must be RFC 3339 with offset, or a date.'));
  return undefined;
}

function one(query: Query, name: string, faults: Fault[]): string | undefined {
  const value = query[name];
  if (value === undefined || (typeof value === 'string' && value !== '' && !value.includes('\u0000'))) return value;
  faults.push(bad(name, '须给出一个非空的值。', 'Give one value that is not empty.'));
  return undefined;
}

function unknownParameters(query: Query, known: string[]): Fault[] {
  return Object.keys(query)
    .filter((name) => !known.includes(name))
    .map((name) =>
      bad(
        name,
        `没有这个参数，可用：${known.join(', ')}。`,
        `There is no such parameter; there are: ${known.join(', ')}.`,
      ),
    );
}

function badCursor(): Fault {
  return bad(
    'cursor',
    '游标无效，请使用上一页的 next_cursor。',
    'The cursor is not valid; use next_cursor of the page before.',
  );
}

function bad(name: string, message: string, messageEn: string): Fault {
  return fault('QUERY-PARAMETER', `?${name.slice(0, 64)}`, message, messageEn);
}
