/** A time as a program wrote it. `offset` in minutes; null: the text has none, so it names no instant. */
export interface WrittenTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  offset: number | null;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const CLOCK = '(\\d{1,2}):(\\d\\d)(?::(\\d\\d)(?:[.,]\\d{1,12})?)?';

/**
 * Z, UTC and GMT, or hours and minutes before or after them, at the end. What may follow tells nothing more: the name of
 * the zone, as Go, Java and browsers add it.
 */
const OFFSET =
  /\s*(?:(?:UTC|GMT)?([+\-\u2212])(\d{1,2})(?::?([0-5]\d)(?::?\d\d)?)?|Z|UTC|GMT)(?:\s+(?:[A-Z]{3,5}|[+-]\d\d))?\s*(?:\[[\w/+-]+\]|\([^()]*\))?$/i;
/** A name is no offset: CST is China's and Central America's. */
const ZONE_NAME = /\s*(?:\[[\w/+-]+\]|\b[A-Z]{3,5})$/;

type Fields = (number | string | undefined)[];
type Form = [pattern: RegExp, read: (found: Fields) => Fields];

/** Year, month, day and clock, in the forms of ISO 8601, RFC 2822 and those that languages write by themselves. */
const FORMS: Form[] = [
  // 2026-11-20T10:00:00.123, 20261120T100000, 2026-11-20 10
  [/^(\d{4})(-?)(\d\d)\2(\d\d)(?:(?:T|\s+)(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,]\d{1,12})?)?)?)?$/i, omit(1)],
  // 20261120100000
  [/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:[.,]\d{1,12})?$/, same],
  // 2026-324T10:00 and 2026-W47-5T10:00: day of the year, day of the week
  [/^(\d{4})-?(\d{3})(?:T(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,]\d{1,12})?)?)?)?$/i, ordinal],
  [/^(\d{4})-?W(\d\d)-?([1-7])(?:T(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,]\d{1,12})?)?)?)?$/i, ofWeek],
  // 2026/11/20 10:00:00
  [new RegExp(`^(\\d{4})/(\\d{1,2})/(\\d{1,2})[T ]${CLOCK}$`, 'i'), same],
  // Fri, 20 Nov 2026 10:00:00
  [new RegExp(`^(?:[a-z]{3,9}, ?)?(\\d{1,2})[ -]([a-z]{3})[ -](\\d{4}|\\d\\d) ${CLOCK}$`, 'i'), dayFirst],
  // Fri Nov 20 2026 10:00:00
  [new RegExp(`^(?:[a-z]{3} )?([a-z]{3}) +(\\d{1,2}) (\\d{4}) ${CLOCK}$`, 'i'), monthFirst],
  // Fri Nov 20 10:00:00 2026
  [new RegExp(`^(?:[a-z]{3} )?([a-z]{3}) +(\\d{1,2}) ${CLOCK} (\\d{4})$`, 'i'), yearLast],
];

/** What was written, or null where it is no time in any known form. */
export function readWrittenTime(text: string): WrittenTime | null {
  // Go adds what its process's own clock said, Java and Ruby put the offset before the year.
  const written = text
    .replace(/ m=[+-][\d.]+$/, '')
    .replace(/^(\w{3} \w{3} +\d+ [\d:]+) (\S+(?: \w+)?) (\d{4})$/, '$1 $3 $2');
  const zoned = OFFSET.exec(written);
  const withOffset = zoned && read(written.slice(0, zoned.index), offsetOf(zoned));
  return withOffset ?? read(written, null) ?? read(written.replace(ZONE_NAME, ''), null);
}

function read(local: string, offset: number | null): WrittenTime | null {
  for (const [pattern, fields] of FORMS) {
    const found = pattern.exec(local);
    if (!found) continue;
    const [year, month, day, hour, minute, second] = fields(found.slice(1)).map((field) => Number(field ?? 0));
    return { year, month, day, hour, minute, second, offset } as WrittenTime;
  }
  return null;
}

function offsetOf([, sign, hours, minutes]: RegExpExecArray): number {
  if (sign === undefined) return 0;
  return (sign === '+' ? 1 : -1) * (Number(hours) * 60 + Number(minutes ?? 0));
}

function same(fields: Fields): Fields {
  return fields;
}

function omit(index: number) {
  return (fields: Fields) => fields.filter((_, at) => at !== index);
}

function ordinal([year, day, ...clock]: Fields): Fields {
  return fromDay(new Date(Date.UTC(Number(year), 0, Number(day))), Number(year), clock);
}

/** Week 1 is the one with 4 January in it; weeks begin on Monday. A week is of the year of its Thursday. */
function ofWeek([year, week, weekday, ...clock]: Fields): Fields {
  const fourth = new Date(Date.UTC(Number(year), 0, 4));
  const monday = 4 - ((fourth.getUTCDay() + 6) % 7) + (Number(week) - 1) * 7;
  const thursday = new Date(Date.UTC(Number(year), 0, monday + 3));
  const date = new Date(Date.UTC(Number(year), 0, monday + Number(weekday) - 1));
  return fromDay(date, Number(year) === thursday.getUTCFullYear() ? date.getUTCFullYear() : NaN, clock);
}

/** A day that its year does not have is written with month 0, which no year has. */
function fromDay(date: Date, year: number, clock: Fields): Fields {
  const month = date.getUTCFullYear() === year ? date.getUTCMonth() + 1 : 0;
  return [date.getUTCFullYear(), month, date.getUTCDate(), ...clock];
}

function dayFirst([day, month, year, ...clock]: Fields): Fields {
  return [String(year).length === 2 ? 2000 + Number(year) : year, monthOf(month), day, ...clock];
}

function monthFirst([month, day, year, ...clock]: Fields): Fields {
  return [year, monthOf(month), day, ...clock];
}

function yearLast([month, day, hour, minute, second, year]: Fields): Fields {
  return [year, monthOf(month), day, hour, minute, second];
}

/** 0 where it is none: no date has it. */
function monthOf(name: Fields[number]): number {
  return MONTHS.indexOf(String(name).toLowerCase()) + 1;
}
