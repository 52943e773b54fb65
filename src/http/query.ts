import { Fault, fault } from '../domain/fault';
import { readInstant, readInstantOrDate } from '../domain/instant';
import { UUID } from './patterns';

export type Query = Record<string, string | string[] | undefined>;

/** A place in a list that is ordered by (created_at, id). `createdAt` has all of PostgreSQL's digits. */
export interface Place {
  createdAt: string;
  id: string;
}

/** The value of a parameter that may be given once. */
export function one(query: Query, name: string, faults: Fault[]): string | undefined {
  const value = query[name];
  if (value === undefined || (typeof value === 'string' && value !== '' && !value.includes('\u0000'))) return value;
  faults.push(bad(name, '须给出一个非空的值。', 'Give one value that is not empty.'));
  return undefined;
}

export function oneOf<T extends string>(
  query: Query,
  name: string,
  values: readonly T[],
  faults: Fault[],
): T | undefined {
  const value = one(query, name, faults);
  if (value === undefined || (values as readonly string[]).includes(value)) return value as T | undefined;
  faults.push(bad(name, `只能是：${values.join(', ')}。`, `Must be one of: ${values.join(', ')}.`));
  return undefined;
}

export function uuid(query: Query, name: string, faults: Fault[]): string | undefined {
  const value = one(query, name, faults);
  if (value === undefined || isUuid(value)) return value;
  faults.push(name === 'cursor' ? badCursor() : bad(name, '须为 uuid。', 'Must be a uuid.'));
  return undefined;
}

export function isUuid(value: string): boolean {
  return UUID.test(value);
}

export function readLimit(query: Query, faults: Fault[]): number {
  const limit = one(query, 'limit', faults) ?? '50';
  if (/^\d{1,3}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 200) return Number(limit);
  faults.push(bad('limit', '须为 1 到 200 的整数。', 'Must be a whole number from 1 to 200.'));
  return 50;
}

/** RFC 3339 with offset, or a date (00:00 +08:00). */
export function instant(query: Query, name: string, faults: Fault[]): Date | undefined {
  const text = one(query, name, faults);
  if (text === undefined) return undefined;
  // A + that was not percent-encoded arrives as a blank.
  const time = readInstantOrDate(text.replace(/ (?=\d\d:\d\d$)/, '+'));
  if (time) return time;
  faults.push(bad(name, '须为带时区的 RFC 3339 时间，或日期。', 'Must be RFC 3339 with offset, or a date.'));
  return undefined;
}

export function unknownParameters(query: Query, known: string[]): Fault[] {
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

export function cursorOf({ createdAt, id }: Place): string {
  return Buffer.from(`${createdAt}|${id}`).toString('base64url');
}

export function readCursor(query: Query, faults: Fault[]): Place | undefined {
  const cursor = one(query, 'cursor', faults);
  if (cursor === undefined) return undefined;
  const [createdAt = '', id = '', ...more] = Buffer.from(cursor, 'base64url').toString().split('|');
  if (readInstant(createdAt) && isUuid(id) && more.length === 0) return { createdAt, id };
  faults.push(badCursor());
  return undefined;
}

export function badCursor(): Fault {
  return bad(
    'cursor',
    '游标无效，请使用上一页的 next_cursor。',
    'The cursor is not valid; use next_cursor of the page before.',
  );
}

function bad(name: string, message: string, messageEn: string): Fault {
  return fault('QUERY-PARAMETER', `?${name.slice(0, 64)}`, message, messageEn);
}
