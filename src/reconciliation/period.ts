import { Fault, fault } from '../domain/fault';
import { readInstantOrDate } from '../domain/instant';

export interface Period {
  from: Date | null;
  to: Date | null;
}

/** RFC 3339 with offset, or a date (00:00 +08:00). `where` comes before the names in pointers: `/` or `?`. */
export function readPeriod(given: { from?: string; to?: string }, where: '/' | '?', faults: Fault[]): Period {
  const from = given.from === undefined ? null : instantOf(given.from, `${where}from`, faults);
  const to = given.to === undefined ? null : instantOf(given.to, `${where}to`, faults);
  if (from && to && from >= to) {
    faults.push(fault('FIELD-VALUE', `${where}to`, 'to 须晚于 from。', 'Must be later than from.'));
  }
  return { from, to };
}

function instantOf(text: string, pointer: string, faults: Fault[]): Date | null {
  // A + that was not percent-encoded in a query arrives as a blank.
  const time = readInstantOrDate(text.replace(/ (?=\d\d:\d\d$)/, '+'));
  if (time) return time;
  faults.push(
    fault('FIELD-VALUE', pointer, '须为带时区的 RFC 3339 时间，或日期。', 'Must be RFC 3339 with offset, or a date.'),
  );
  return null;
}
